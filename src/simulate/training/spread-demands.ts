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
  /** What was laid last. */
  laid: { readonly spread: Spread | undefined; readonly counts: ReadonlyMap<number, number> } | undefined;
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
  readonly #spreads = new Map<number, Spread | undefined>();

  constructor(router: Router, adaptive: boolean, tally: RowTally, cuts: Int32Array) {
    this.#router = router;
    this.#adaptive = adaptive;
    this.#tally = tally;
    this.#cuts = cuts;
  }

  /** Adds a hop of a variable between two leaves (switch indices), or takes one away. */
  change(from: number, to: number, variable: number, shift: number, by: 1 | -1): void {
    if (from === to) return;
    const key = `${from},${to},${shift}`;
    let pair = this.#pairs.get(key);
    if (pair === undefined) {
      pair = { from, to, shift, wanted: new Map(), laid: undefined };
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

  /** What routing knows of a link between switches, or what the link carries, has changed. */
  linkChanged(link: number): void {
    const { tier, lowerSwitch } = this.#router.state.network.fabric.links;
    this.#spreads.clear();
    const leaf = lowerSwitch[link]!;
    const isWide = tier[link] !== 1 || this.#router.state.network.fabric.switches.tier[leaf] !== 0;
    const pairs = isWide ? this.#pairs.values() : (this.#pairsOfLeaf.get(leaf) ?? []);
    for (const pair of pairs) this.#dirty.add(pair);
  }

  /** Brings the tally up to date. */
  lay(): void {
    for (const pair of this.#dirty) {
      this.#apply(pair, -1);
      pair.laid = { spread: this.#spreadOf(pair.from, pair.to), counts: new Map(pair.wanted) };
      this.#apply(pair, 1);
    }
    this.#dirty.clear();
  }

  #apply({ laid, shift }: LeafPair, sign: 1 | -1): void {
    if (laid === undefined) return;
    for (const [variable, count] of laid.counts) {
      if (count === 0) continue;
      if (laid.spread === undefined) {
        this.#cuts[variable]! += sign;
        continue;
      }
      const { resources, shares } = laid.spread;
      for (let at = 0; at < resources.length; at++)
        this.#tally.add(resources[at]! + shift, variable, sign * count * shares[at]!);
    }
  }

  /** Undefined when routing does not join the two. */
  #spreadOf(from: number, to: number): Spread | undefined {
    const key = from * this.#router.state.network.fabric.switches.count + to;
    if (this.#spreads.has(key)) return this.#spreads.get(key);
    const spread = this.#router.joins(from, to)
      ? spreadTo(this.#router.state, this.#router.table(to), from, this.#adaptive)
      : undefined;
    this.#spreads.set(key, spread);
    return spread;
  }
}
