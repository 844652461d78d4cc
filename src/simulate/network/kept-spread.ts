/**
 * The spread of one unit of traffic from a leaf to another over all shortest up-down paths, kept while links come and go: when
 * a link changes, only the switches at its ends, and those behind them whose share is another, are worked out again. Shares
 * are whole numbers of {@link spreadUnit}, so that the result is the same bits as when it is worked out anew.
 */

import { type HopTable, unreachableHops } from "./hop-tables.ts";
import { downwards, upwards } from "./network.ts";
import type { NetworkState } from "./network-state.ts";

/** Whole units of a share: sums of them are exact in a double. */
export const spreadUnit = 2 ** -50;
const whole = 1 / spreadUnit;

/** Told of every resource whose share is another: before and after, in whole units. */
export type OnShare = (resource: number, before: number, after: number) => void;

export class KeptSpread {
  /** Links up, and as many down: links between switches so far above the two leaves, or farther, make no difference. */
  readonly height: number;
  readonly #state: NetworkState;
  readonly #table: HopTable;
  readonly #adaptive: boolean;
  /** The table's structure when {@link #serves} was found. */
  #structure = -1;
  /** Switches that paths can lead over, level by level: what comes to one comes from the level before. */
  readonly #nodes: Int32Array;
  readonly #levels: Uint8Array;
  /** Place of each switch in {@link #nodes}. */
  readonly #placeOf: Map<number, number>;
  /** 1 for switches that are as near to the destination as shortest paths need. */
  readonly #serves: Uint8Array;
  /** What is at each switch, in whole units. */
  readonly #share: Float64Array;
  /** Links of the switch at place p to the next level: from starts[p] up to starts[p + 1]. */
  readonly #starts: Int32Array;
  /** Place of the switch that each leads to. */
  readonly #ends: Int32Array;
  /** Links of all possible paths, in the direction of the traffic; each stands once. */
  readonly resources: Int32Array;
  /** Share of each of {@link resources} in whole units; 0 for those that are not used now. */
  readonly units: Float64Array;
  /** 1 for places that are to be worked out again. */
  readonly #isStale: Uint8Array;

  /**
   * The paths from a leaf to the leaf of the table, in a network in which every link between switches leads one tier up;
   * undefined when no path up and then down is left.
   */
  static between(state: NetworkState, table: HopTable, from: number, adaptive: boolean): KeptSpread | undefined {
    const hops = table.hops(from);
    return hops >= unreachableHops ? undefined : new KeptSpread(state, table, from, hops / 2, adaptive);
  }

  private constructor(state: NetworkState, table: HopTable, from: number, height: number, adaptive: boolean) {
    this.#state = state;
    this.#table = table;
    this.#adaptive = adaptive;
    this.height = height;
    const { offsets, split, linksOf, fabric } = state.network;
    const { lowerSwitch, upperSwitch } = fabric.links;
    const rising = tiersAbove(state, from, height);
    const falling = tiersAbove(state, table.destination, height);
    const levels = [...rising.slice(0, height), rising[height]!.filter(isIn(falling[height]!))];
    for (let above = height - 1; above >= 0; above--) levels.push(falling[above]!);
    this.#nodes = Int32Array.from(levels.flat());
    this.#levels = Uint8Array.from(levels.flatMap((nodes, level) => nodes.map(() => level)));
    this.#placeOf = new Map(Array.from(this.#nodes, (node, place) => [node, place]));
    const starts: number[] = [];
    const resources: number[] = [];
    const ends: number[] = [];
    for (const [place, node] of this.#nodes.entries()) {
      starts.push(resources.length);
      const level = this.#levels[place]!;
      const rises = level < height;
      const last = rises ? split[node]! : offsets[node + 1]!;
      for (let at = rises ? offsets[node]! : split[node]!; at < last; at++) {
        const link = linksOf[at]!;
        const end = this.#placeOf.get(rises ? upperSwitch[link]! : lowerSwitch[link]!);
        if (end === undefined || this.#levels[end] !== level + 1) continue;
        resources.push(rises ? upwards(link) : downwards(link));
        ends.push(end);
      }
    }
    this.#starts = Int32Array.from([...starts, resources.length]);
    this.resources = Int32Array.from(resources);
    this.#ends = Int32Array.from(ends);
    this.units = new Float64Array(resources.length);
    this.#share = new Float64Array(this.#nodes.length);
    this.#share[0] = whole;
    this.#serves = new Uint8Array(this.#nodes.length);
    this.#isStale = new Uint8Array(this.#nodes.length);
    this.update([], () => {});
  }

  /** Whether the shortest paths are as long as they were; otherwise the spread is to be made anew. */
  get isRight(): boolean {
    return this.#table.hops(this.#nodes[0]!) === 2 * this.height;
  }

  /** Takes in that these links between switches have changed, in what routing knows of them or what they carry. */
  update(links: readonly number[], onShare: OnShare): void {
    const { lowerSwitch, upperSwitch } = this.#state.network.fabric.links;
    let isSame = this.#structure === this.#table.structure;
    for (const link of links) {
      const lower = this.#placeOf.get(lowerSwitch[link]!);
      const upper = this.#placeOf.get(upperSwitch[link]!);
      if (lower !== undefined) {
        this.#isStale[lower] = 1;
        if (this.#serves[lower] !== this.#servesNow(lower)) isSame = false;
      }
      if (upper !== undefined) this.#isStale[upper] = 1;
    }
    if (!isSame) {
      this.#structure = this.#table.structure;
      this.#isStale.fill(1);
      for (let place = 0; place < this.#nodes.length; place++) this.#serves[place] = this.#servesNow(place);
    }
    for (let place = 0; place < this.#nodes.length; place++) {
      if (this.#isStale[place] === 0) continue;
      this.#isStale[place] = 0;
      this.#divide(place, onShare);
    }
  }

  #servesNow(place: number): 0 | 1 {
    const level = this.#levels[place]!;
    const node = this.#nodes[place]!;
    const hops = level < this.height ? this.#table.hops(node) : this.#table.down[node]!;
    return hops === 2 * this.height - level ? 1 : 0;
  }

  /** Shares out what is at a switch over its links to the next level. */
  #divide(place: number, onShare: OnShare): void {
    const state = this.#state;
    const first = this.#starts[place]!;
    const last = this.#starts[place + 1]!;
    let candidates = 0;
    let inUse = 0;
    let capacity = 0;
    for (let at = first; at < last; at++) {
      const link = this.resources[at]! >> 1;
      if (this.#serves[this.#ends[at]!] === 0 || state.isAvoidedEverywhere(link)) continue;
      candidates++;
      if (state.isAvoidedNearby(link)) continue;
      inUse++;
      if (this.#adaptive) capacity += state.capacity(this.resources[at]!);
    }
    const share = this.#share[place]!;
    const toAll = candidates === 1 || inUse === 0;
    const each = Math.round(share / (toAll ? candidates : inUse));
    for (let at = first; at < last; at++) {
      const resource = this.resources[at]!;
      const end = this.#ends[at]!;
      let units = 0;
      if (this.#serves[end] === 1 && !state.isAvoidedEverywhere(resource >> 1)) {
        if (toAll) units = each;
        else if (!state.isAvoidedNearby(resource >> 1))
          units = capacity > 0 ? Math.round((share * state.capacity(resource)) / capacity) : each;
      }
      const before = this.units[at]!;
      if (units === before) continue;
      this.units[at] = units;
      this.#share[end]! += units - before;
      this.#isStale[end] = 1;
      onShare(resource, before, units);
    }
  }
}

/** The switches above a leaf, tier by tier up to a height, whatever their links' health. */
function tiersAbove({ network }: NetworkState, leaf: number, height: number): number[][] {
  const { offsets, split, linksOf, fabric } = network;
  const tiers = [[leaf]];
  for (let above = 0; above < height; above++) {
    const next = new Set<number>();
    for (const node of tiers[above]!)
      for (let at = offsets[node]!; at < split[node]!; at++) next.add(fabric.links.upperSwitch[linksOf[at]!]!);
    tiers.push([...next]);
  }
  return tiers;
}

function isIn(nodes: readonly number[]): (node: number) => boolean {
  const set = new Set(nodes);
  return (node) => set.has(node);
}
