/**
 * Demands between leaves whose packets take all equal-cost paths: counted for each two leaves, and laid over the links when rates
 * are asked for. A ring's many hops between the same two leaves so cost no more than one, and a link that comes or goes costs
 * only the leaves to which it can matter.
 */

import type { HopTable } from "../network/hop-tables.ts";
import type { Router } from "../network/index.ts";
import { KeptSpread, spreadUnit } from "../network/kept-spread.ts";
import { type Spread, Spreader } from "../network/spread.ts";
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
  /** How a hop spreads: kept up to date, or found anew each time; undefined when routing does not join the two. */
  spread: KeptSpread | Spread | undefined;
  /** Links between switches so far above the two leaves, or farther, make no difference. */
  reach: number;
  /** Whether routing has changed since `spread` was found, and where; undefined when everything is to be found anew. */
  isStale: boolean;
  changes: number[] | undefined;
}

/** With more changed links than that a spread is found anew. */
const changesMax = 64;

export class SpreadDemands {
  readonly #router: Router;
  readonly #spreader: Spreader;
  readonly #adaptive: boolean;
  readonly #tally: RowTally;
  /** Hops of each variable whose leaves routing cannot join; shared with the owner. */
  readonly #cuts: Int32Array;
  readonly #pairs = new Map<string, LeafPair>();
  readonly #pairsOfLeaf = new Map<number, Set<LeafPair>>();
  readonly #dirty = new Set<LeafPair>();
  /** Pairs to which every link can matter: without a path up and then down. */
  readonly #farReaching = new Set<LeafPair>();
  /** Whether every link between switches leads one tier up. */
  readonly #isLevel: boolean;
  /** Shares of a resource, in whole units, while two spreads are compared. */
  readonly #sums: Float64Array;

  constructor(router: Router, adaptive: boolean, tally: RowTally, cuts: Int32Array) {
    const { network } = router.state;
    this.#router = router;
    this.#spreader = new Spreader(router.state, adaptive);
    this.#adaptive = adaptive;
    this.#tally = tally;
    this.#cuts = cuts;
    const { links, switches } = network.fabric;
    this.#isLevel = links.lowerSwitch.every(
      (lower, link) => lower < 0 || switches.tier[links.upperSwitch[link]!]! === switches.tier[lower]! + 1,
    );
    this.#sums = new Float64Array(2 * links.count);
  }

  /** Adds a hop of a variable between two leaves (switch indices), or takes one away. */
  change(from: number, to: number, variable: number, shift: number, by: 1 | -1): void {
    if (from === to) return;
    const key = keyOf(from, to, shift);
    let pair = this.#pairs.get(key);
    if (pair === undefined) {
      pair = {
        from,
        to,
        shift,
        wanted: new Map(),
        laid: new Map(),
        spread: undefined,
        reach: 0,
        isStale: true,
        changes: undefined,
      };
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

  /** What routing knows of a link between switches has changed. It matters to those below it, up to the height of their paths. */
  routingChanged(link: number): void {
    const { network, below } = this.#router.state;
    const { switches, depths } = below.of(network.fabric.links.lowerSwitch[link]!);
    for (let at = 0; at < switches.length; at++)
      for (const pair of this.#pairsOfLeaf.get(switches[at]!) ?? [])
        if (depths[at]! < pair.reach) this.#outdate(pair, link);
    for (const pair of this.#farReaching) this.#outdate(pair, link);
  }

  /** What a link between switches carries has changed. */
  capacityChanged(link: number): void {
    if (this.#adaptive) this.routingChanged(link);
  }

  /** Brings the tally up to date. */
  lay(): void {
    for (const pair of this.#dirty) {
      if (pair.isStale && !this.#isIdle(pair)) this.#renew(pair);
      for (const [variable, count] of pair.wanted) {
        const more = count - (pair.laid.get(variable) ?? 0);
        if (more === 0) continue;
        this.#load(pair, variable, more);
        pair.laid.set(variable, count);
      }
      if (this.#isIdle(pair)) this.#forget(pair);
    }
    this.#dirty.clear();
  }

  #outdate(pair: LeafPair, link: number): void {
    pair.isStale = true;
    pair.changes?.push(link);
    this.#dirty.add(pair);
  }

  /** Finds how a pair spreads now, and moves what is laid. */
  #renew(pair: LeafPair): void {
    const { from, to, shift, laid, spread: before, changes } = pair;
    pair.isStale = false;
    pair.changes = [];
    // The table is brought up to date before what is kept looks at it.
    const table = this.#router.table(to);
    if (before instanceof KeptSpread && changes !== undefined && changes.length <= changesMax && before.isRight) {
      before.update(changes, (resource, less, more) => {
        const units = this.#units(more) - this.#units(less);
        if (units === 0) return;
        for (const [variable, count] of laid) this.#tally.addUnits(resource + shift, variable, units * count);
      });
      return;
    }
    const after = this.#router.joins(from, to) ? this.#spread(from, table) : undefined;
    if (before !== undefined && after !== undefined) this.#move(before, after, laid, shift);
    else {
      for (const [variable, count] of laid) this.#load(pair, variable, -count);
      laid.clear();
    }
    pair.spread = after;
    const isKept = after instanceof KeptSpread;
    pair.reach = isKept ? after.height : 0;
    if (isKept) this.#farReaching.delete(pair);
    else this.#farReaching.add(pair);
  }

  #spread(from: number, table: HopTable): KeptSpread | Spread {
    const kept = this.#isLevel ? KeptSpread.between(this.#router.state, table, from, this.#adaptive) : undefined;
    return kept ?? this.#spreader.between(from, table);
  }

  /** Moves what is laid to another spread: only links whose share is another. */
  #move(
    before: KeptSpread | Spread,
    after: KeptSpread | Spread,
    laid: ReadonlyMap<number, number>,
    shift: number,
  ): void {
    const sums = this.#sums;
    this.#each(after, (resource, units) => {
      sums[resource]! += units;
    });
    this.#each(before, (resource, units) => {
      sums[resource]! -= units;
    });
    for (const { resources } of [before, after])
      for (const resource of resources) {
        const more = sums[resource]!;
        if (more === 0) continue;
        sums[resource] = 0;
        for (const [variable, count] of laid) this.#tally.addUnits(resource + shift, variable, more * count);
      }
  }

  #each(spread: KeptSpread | Spread, take: (resource: number, units: number) => void): void {
    const { resources } = spread;
    for (let at = 0; at < resources.length; at++) {
      const units =
        spread instanceof KeptSpread ? this.#units(spread.units[at]!) : this.#tally.unitsOf(spread.shares[at]!);
      if (units !== 0) take(resources[at]!, units);
    }
  }

  /** Units of the tally for those of a kept spread. */
  #units(units: number): number {
    return this.#tally.unitsOf(units * spreadUnit);
  }

  #isIdle({ wanted }: LeafPair): boolean {
    for (const count of wanted.values()) if (count !== 0) return false;
    return true;
  }

  /** Two leaves between which nothing runs any more cost nothing any more. */
  #forget(pair: LeafPair): void {
    this.#pairs.delete(keyOf(pair.from, pair.to, pair.shift));
    this.#farReaching.delete(pair);
    for (const leaf of [pair.from, pair.to]) this.#pairsOfLeaf.get(leaf)?.delete(pair);
  }

  #load({ spread, shift }: LeafPair, variable: number, count: number): void {
    if (count === 0) return;
    if (spread === undefined) {
      this.#cuts[variable]! += count;
      return;
    }
    this.#each(spread, (resource, units) => this.#tally.addUnits(resource + shift, variable, units * count));
  }
}

function keyOf(from: number, to: number, shift: number): string {
  return `${from},${to},${shift}`;
}
