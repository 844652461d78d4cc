/**
 * Demands between leaves whose packets take all equal-cost paths: counted for each two leaves, and laid over the links when rates
 * are asked for. A ring's many hops between the same two leaves so cost no more than one.
 */

import type { Router } from "../network/index.ts";
import { type Spread, spreadTo } from "../network/spread.ts";
import type { RowTally } from "./row-tally.ts";

interface LeafPair {
  readonly from: number;
  readonly to: number;
  /** Added to every resource: second copies load stand-ins of the links. */
  readonly shift: number;
  /** Hops of each variable. */
  readonly wanted: Map<number, number>;
  /** Hops of each variable that are laid over the links now. */
  readonly laid: Map<number, number>;
  /** How a hop spreads; undefined when routing does not join the two. */
  spread: Spread | undefined;
  /** Whether routing has changed since `spread` was found. */
  isStale: boolean;
}

export class SpreadDemands {
  readonly #router: Router;
  readonly #adaptive: boolean;
  readonly #tally: RowTally;
  /** Hops of each variable whose leaves routing cannot join; shared with the owner. */
  readonly #cuts: Int32Array;
  readonly #pairs = new Map<string, LeafPair>();
  readonly #pairsOfLeaf = new Map<number, Set<LeafPair>>();
  readonly #dirty = new Set<LeafPair>();

  constructor(router: Router, adaptive: boolean, tally: RowTally, cuts: Int32Array) {
    this.#router = router;
    this.#adaptive = adaptive;
    this.#tally = tally;
    this.#cuts = cuts;
  }

  /** Adds a hop of a variable between two leaves (switch indices), or takes one away. */
  change(from: number, to: number, variable: number, shift: number, by: 1 | -1): void {
    if (from === to) return;
    const key = keyOf(from, to, shift);
    let pair = this.#pairs.get(key);
    if (pair === undefined) {
      pair = { from, to, shift, wanted: new Map(), laid: new Map(), spread: undefined, isStale: true };
      this.#pairs.set(key, pair);
      for (const leaf of [from, to]) {
        const found = this.#pairsOfLeaf.get(leaf);
        if (found === undefined) this.#pairsOfLeaf.set(leaf, new Set([pair]));
        else found.add(pair);
      }
    }
    pair.wanted.set(variable, (pair.wanted.get(variable) ?? 0) + by);
    this.#dirty.add(pair);
  }

  /** What routing knows of a link between switches has changed. */
  routingChanged(link: number): void {
    const { tier, lowerSwitch } = this.#router.state.network.fabric.links;
    const leaf = lowerSwitch[link]!;
    const isWide = tier[link] !== 1 || this.#router.state.network.fabric.switches.tier[leaf] !== 0;
    const pairs = isWide ? this.#pairs.values() : (this.#pairsOfLeaf.get(leaf) ?? []);
    for (const pair of pairs) {
      pair.isStale = true;
      this.#dirty.add(pair);
    }
  }

  /** What a link between switches carries has changed. */
  capacityChanged(link: number): void {
    if (this.#adaptive) this.routingChanged(link);
  }

  /** Brings the tally up to date. */
  lay(): void {
    for (const pair of this.#dirty) {
      if (pair.isStale) {
        for (const [variable, count] of pair.laid) this.#load(pair, variable, -count);
        pair.laid.clear();
        if (this.#isIdle(pair)) {
          this.#forget(pair);
          continue;
        }
        pair.spread = this.#router.joins(pair.from, pair.to)
          ? spreadTo(this.#router.state, this.#router.table(pair.to), pair.from, this.#adaptive)
          : undefined;
        pair.isStale = false;
      }
      for (const [variable, count] of pair.wanted) {
        this.#load(pair, variable, count - (pair.laid.get(variable) ?? 0));
        pair.laid.set(variable, count);
      }
      if (this.#isIdle(pair)) this.#forget(pair);
    }
    this.#dirty.clear();
  }

  #isIdle({ wanted }: LeafPair): boolean {
    for (const count of wanted.values()) if (count !== 0) return false;
    return true;
  }

  /** Two leaves between which nothing runs any more cost nothing any more. */
  #forget(pair: LeafPair): void {
    this.#pairs.delete(keyOf(pair.from, pair.to, pair.shift));
    for (const leaf of [pair.from, pair.to]) this.#pairsOfLeaf.get(leaf)?.delete(pair);
  }

  #load({ spread, shift }: LeafPair, variable: number, count: number): void {
    if (count === 0) return;
    if (spread === undefined) {
      this.#cuts[variable]! += count;
      return;
    }
    const { resources, shares } = spread;
    for (let at = 0; at < resources.length; at++) this.#tally.add(resources[at]! + shift, variable, shares[at]!, count);
  }
}

function keyOf(from: number, to: number, shift: number): string {
  return `${from},${to},${shift}`;
}
