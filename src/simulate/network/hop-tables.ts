/**
 * Hops from every switch to one destination leaf over what all switches know to be usable: going down only, and going up
 * first. Up-down paths (valley-free) are what leaf-spine and tree fabrics route; where none is left but the switches are
 * still joined, the shortest paths of any shape count instead.
 */

import { type NetworkState, routingChangesMax } from "./network-state.ts";

/** More hops than any path has; no path. */
export const unreachableHops = 255;
const unknown = 254;
/** With more changed links than that, counting anew is cheaper than looking what has changed. */
const changesFewMax = routingChangesMax / 4;

export class HopTable {
  /** Hops down from each switch to the destination. */
  readonly down: Uint8Array;
  /** Hops from each switch over shortest up-down paths, known for those that {@link hops} was asked for and, of theirs, the next. */
  readonly upDown: Uint8Array;
  /** Hops over any links, for pairs without an up-down path. */
  #anyway: Uint8Array | undefined;
  /** By group of switches with the same above them: the fewest hops from one of those above, known when asked for. */
  readonly #above: Uint8Array;
  readonly #state: NetworkState;
  /** State of routing that this tells. */
  #version: number;
  #downLinks: readonly Int32Array[] | undefined;
  #structure = 0;
  /** Switch index of the leaf that hops are counted to. */
  readonly destination: number;

  constructor(state: NetworkState, destination: number) {
    this.#state = state;
    this.destination = destination;
    this.#version = state.routingVersion;
    const { switches } = state.network.fabric;
    this.down = new Uint8Array(switches.count);
    this.upDown = new Uint8Array(switches.count);
    this.#above = new Uint8Array(state.upGroups.count);
    this.down.fill(unreachableHops);
    this.#climb();
  }

  /**
   * Takes in what routing has learnt since. A link changes the ways down only of tables of the switches below it, and the ways
   * up only of switches below it.
   */
  update(): void {
    const { routingVersion, below, network } = this.#state;
    if (this.#version === routingVersion) return;
    const since = this.#version;
    this.#version = routingVersion;
    this.#anyway = undefined;
    this.#above.fill(unknown);
    if (routingVersion - since > changesFewMax) {
      this.#climb();
      return;
    }
    const { lowerSwitch, upperSwitch } = network.fabric.links;
    for (let version = since; version < routingVersion; version++) {
      const link = this.#state.routingChange(version);
      const { switches } = below.of(lowerSwitch[link]!);
      if (switches.includes(this.destination)) {
        this.#downLinks = undefined;
        if (!this.#isRight(upperSwitch[link]!)) {
          this.#climb();
          return;
        }
      }
      for (let at = 0; at < switches.length; at++) this.upDown[switches[at]!] = unknown;
    }
  }

  /** Whether a switch is one hop farther than the nearest below it. Where all are that have changed, all hops down are right. */
  #isRight(node: number): boolean {
    const { offsets, split, linksOf, fabric } = this.#state.network;
    let best = node === this.destination ? 0 : unreachableHops;
    for (let at = split[node]!; at < offsets[node + 1]!; at++) {
      const hops = this.down[fabric.links.lowerSwitch[linksOf[at]!]!]! + 1;
      if (hops < best && !this.#state.isAvoidedEverywhere(linksOf[at]!)) best = hops;
    }
    return best === this.down[node];
  }

  #climb(): void {
    const { offsets, split, linksOf, neighbours } = this.#state.network;
    const before = this.down.slice();
    this.down.fill(unreachableHops);
    this.upDown.fill(unknown);
    this.#above.fill(unknown);
    this.#downLinks = undefined;
    const queue = [this.destination];
    this.down[this.destination] = 0;
    for (const node of queue) {
      for (let at = offsets[node]!; at < split[node]!; at++) {
        const above = neighbours[at]!;
        if (this.down[above] !== unreachableHops || this.#state.isAvoidedEverywhere(linksOf[at]!)) continue;
        this.down[above] = this.down[node]! + 1;
        queue.push(above);
      }
    }
    for (let node = 0; node < before.length; node++)
      if (this.down[node] !== before[node]) {
        this.#structure++;
        break;
      }
  }

  /** Grows when a switch is nearer or farther going down. */
  get structure(): number {
    return this.#structure;
  }

  /** Links on the ways down: at index h those from switches h hops above the destination to ones h - 1 above. */
  downLinks(): readonly Int32Array[] {
    if (this.#downLinks !== undefined) return this.#downLinks;
    const { offsets, split, linksOf, fabric } = this.#state.network;
    const levels: Int32Array[] = [new Int32Array(0)];
    for (let nodes = [this.destination], hops = 1; nodes.length > 0; hops++) {
      const links: number[] = [];
      const above = new Set<number>();
      for (const node of nodes)
        for (let at = offsets[node]!; at < split[node]!; at++) {
          const link = linksOf[at]!;
          const upper = fabric.links.upperSwitch[link]!;
          if (this.down[upper] !== hops || this.#state.isAvoidedEverywhere(link)) continue;
          links.push(link);
          above.add(upper);
        }
      levels.push(Int32Array.from(links));
      nodes = [...above];
    }
    this.#downLinks = levels;
    return levels;
  }

  /** Hops from a switch that may still go up; {@link unreachableHops} when no up-down path is left. */
  hops(node: number): number {
    const known = this.upDown[node]!;
    if (known !== unknown) return known;
    let best = this.down[node]!;
    if (best > 1) {
      const above = this.#hopsAbove(node);
      if (above < unreachableHops && above + 1 < best) best = above + 1;
    }
    this.upDown[node] = best;
    return best;
  }

  /** Fewest hops from one of the switches above, which are known afterwards. */
  #hopsAbove(node: number): number {
    const { network, upGroups } = this.#state;
    const { offsets, split, linksOf, neighbours } = network;
    const group = this.#state.isAvoidedAbove(node) ? -1 : upGroups.of[node]!;
    if (group >= 0 && this.#above[group] !== unknown) return this.#above[group]!;
    let best = unreachableHops;
    for (let at = offsets[node]!; at < split[node]!; at++) {
      if (this.#state.isAvoidedEverywhere(linksOf[at]!)) continue;
      const hops = this.hops(neighbours[at]!);
      if (hops < best) best = hops;
    }
    if (group >= 0) this.#above[group] = best;
    return best;
  }

  /** Hops from each switch over links of any direction. */
  anyway(): Uint8Array {
    if (this.#anyway !== undefined) return this.#anyway;
    const { offsets, linksOf, fabric } = this.#state.network;
    const hops = new Uint8Array(this.down.length).fill(unreachableHops);
    const queue = [this.destination];
    hops[this.destination] = 0;
    for (const node of queue) {
      if (hops[node]! >= unknown - 1) break;
      for (let at = offsets[node]!; at < offsets[node + 1]!; at++) {
        const link = linksOf[at]!;
        const lower = fabric.links.lowerSwitch[link]!;
        const next = lower === node ? fabric.links.upperSwitch[link]! : lower;
        if (hops[next] !== unreachableHops || this.#state.isAvoidedEverywhere(link)) continue;
        hops[next] = hops[node]! + 1;
        queue.push(next);
      }
    }
    this.#anyway = hops;
    return hops;
  }
}
