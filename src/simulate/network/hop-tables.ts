/**
 * Hops from every switch to one destination leaf over what all switches know to be usable: going down only, and going up
 * first. Up-down paths (valley-free) are what leaf-spine and tree fabrics route; where none is left but the switches are
 * still joined, the shortest paths of any shape count instead.
 */

import type { NetworkState } from "./network-state.ts";

/** More hops than any path has; no path. */
export const unreachableHops = 255;
const unknown = 254;

export class HopTable {
  /** Hops down from each switch to the destination. */
  readonly down: Uint8Array;
  /** Hops from each switch over shortest up-down paths, known for those that {@link hops} was asked for and, of theirs, the next. */
  readonly upDown: Uint8Array;
  /** Hops over any links, for pairs without an up-down path. */
  #anyway: Uint8Array | undefined;
  readonly #state: NetworkState;
  /** Switch index of the leaf that hops are counted to. */
  readonly destination: number;

  constructor(state: NetworkState, destination: number) {
    this.#state = state;
    this.destination = destination;
    const { switches } = state.network.fabric;
    this.down = new Uint8Array(switches.count).fill(unreachableHops);
    this.upDown = new Uint8Array(switches.count).fill(unknown);
    this.#climb();
  }

  #climb(): void {
    const { offsets, split, linksOf, fabric } = this.#state.network;
    const queue = [this.destination];
    this.down[this.destination] = 0;
    for (const node of queue) {
      for (let at = offsets[node]!; at < split[node]!; at++) {
        const link = linksOf[at]!;
        const above = fabric.links.upperSwitch[link]!;
        if (this.down[above] !== unreachableHops || this.#state.isAvoidedEverywhere(link)) continue;
        this.down[above] = this.down[node]! + 1;
        queue.push(above);
      }
    }
  }

  /** Hops from a switch that may still go up; {@link unreachableHops} when no up-down path is left. */
  hops(node: number): number {
    const known = this.upDown[node]!;
    if (known !== unknown) return known;
    const { offsets, split, linksOf, fabric } = this.#state.network;
    let best = this.down[node]!;
    for (let at = offsets[node]!; at < split[node]! && best > 1; at++) {
      const link = linksOf[at]!;
      if (this.#state.isAvoidedEverywhere(link)) continue;
      const through = this.hops(fabric.links.upperSwitch[link]!);
      if (through < unreachableHops && through + 1 < best) best = through + 1;
    }
    this.upDown[node] = best;
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
