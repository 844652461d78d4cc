/** The path of a flow: at each switch one of the equal-cost links, chosen by the flow's hash. */

import { linkScore } from "./flow-hash.ts";
import { HopTable, unreachableHops } from "./hop-tables.ts";
import { downwards, upwards } from "./network.ts";
import type { NetworkState } from "./network-state.ts";

/** From a link of one endpoint to a link of another (an endpoint is server x rails + rail; its links are sides 0 and 1). */
export interface Flow {
  readonly source: number;
  readonly sourceSide: number;
  readonly destination: number;
  readonly destinationSide: number;
  /** From {@link flowIdentity}: flows of one identity and ends take one path. */
  readonly identity: number;
}

/** Resources of a path at most: detours after many failures are longer than the six of three tiers. */
export const pathLengthMax = 64;

export class Router {
  readonly state: NetworkState;
  readonly #tables = new Map<number, HopTable>();
  readonly #path = new Int32Array(pathLengthMax);

  constructor(state: NetworkState) {
    this.state = state;
  }

  /** Hops to a leaf (switch index) from every switch, as all switches know them now. */
  table(leaf: number): HopTable {
    let table = this.#tables.get(leaf);
    if (table === undefined) {
      table = new HopTable(this.state, leaf);
      this.#tables.set(leaf, table);
    } else table.update();
    return table;
  }

  /** Whether routing has a path from a link of one endpoint to a link of another. */
  reaches(source: number, sourceSide: number, destination: number, destinationSide: number): boolean {
    const { accessLink, linksPerEndpoint, links } = this.state.network.fabric;
    const first = accessLink[source * linksPerEndpoint + sourceSide]!;
    const last = accessLink[destination * linksPerEndpoint + destinationSide]!;
    if (first < 0 || last < 0) return false;
    return this.joins(links.upperSwitch[first]!, links.upperSwitch[last]!);
  }

  /** Whether routing has a path from a leaf to another (switch indices). */
  joins(from: number, to: number): boolean {
    if (from === to) return true;
    const table = this.table(to);
    return table.hops(from) < unreachableHops || table.anyway()[from]! < pathLengthMax - 2;
  }

  /**
   * The resources that a flow crosses, in order: its access link upwards, links between switches, the access link
   * downwards. Undefined when no path is left in routing's eyes. The path may lead into a dead link that routing does
   * not yet know of, or that has no equal-cost neighbour: then it carries nothing.
   */
  route(flow: Flow): Int32Array | undefined {
    const length = this.routeInto(flow, this.#path, 0);
    return length < 0 ? undefined : this.#path.slice(0, length);
  }

  /** Writes the path into `path` from `start` on, which has room for {@link pathLengthMax}; returns its length, -1 for none. */
  routeInto(flow: Flow, path: Int32Array, start: number): number {
    const { accessLink, linksPerEndpoint, links } = this.state.network.fabric;
    const first = accessLink[flow.source * linksPerEndpoint + flow.sourceSide]!;
    const last = accessLink[flow.destination * linksPerEndpoint + flow.destinationSide]!;
    if (first < 0 || last < 0) return -1;
    const from = links.upperSwitch[first]!;
    const to = links.upperSwitch[last]!;
    let at = start;
    path[at++] = upwards(first);
    if (from !== to) {
      const table = this.table(to);
      const reached =
        table.hops(from) < unreachableHops
          ? this.#upDown(table, from, to, flow.identity, path, at)
          : this.#anyway(table, from, to, flow.identity, path, at);
      if (reached < 0) return -1;
      at = reached;
    }
    path[at++] = downwards(last);
    return at - start;
  }

  #upDown(table: HopTable, from: number, to: number, identity: number, path: Int32Array, start: number): number {
    const { offsets, split, fabric } = this.state.network;
    const { lowerSwitch, upperSwitch } = fabric.links;
    const { down, upDown } = table;
    let at = start;
    let node = from;
    let rising = true;
    while (node !== to) {
      const hops = rising ? table.hops(node) : down[node]!;
      let best = -1;
      if (rising) best = this.#best(offsets[node]!, split[node]!, identity, best, upperSwitch, upDown, hops - 1);
      if (down[node] === hops)
        best = this.#best(split[node]!, offsets[node + 1]!, identity, best, lowerSwitch, down, hops - 1);
      const goesUp = lowerSwitch[best] === node;
      path[at++] = goesUp ? upwards(best) : downwards(best);
      rising = goesUp;
      node = goesUp ? upperSwitch[best]! : lowerSwitch[best]!;
    }
    return at;
  }

  #anyway(table: HopTable, from: number, to: number, identity: number, path: Int32Array, start: number): number {
    const { offsets, split, fabric } = this.state.network;
    const { lowerSwitch, upperSwitch } = fabric.links;
    const hopsOf = table.anyway();
    if (hopsOf[from]! >= pathLengthMax - 2) return -1;
    let at = start;
    for (let node = from; node !== to; ) {
      const hops = hopsOf[node]! - 1;
      let best = this.#best(offsets[node]!, split[node]!, identity, -1, upperSwitch, hopsOf, hops);
      best = this.#best(split[node]!, offsets[node + 1]!, identity, best, lowerSwitch, hopsOf, hops);
      const goesUp = lowerSwitch[best] === node;
      path[at++] = goesUp ? upwards(best) : downwards(best);
      node = goesUp ? upperSwitch[best]! : lowerSwitch[best]!;
    }
    return at;
  }

  /**
   * Of a switch's links from `start` to `end` that lead (by `ends`) to a switch `hops` from the destination, and the best
   * so far: the one with the highest score, those in use at this end before those that are not; -1 when there is none.
   */
  #best(
    start: number,
    end: number,
    identity: number,
    before: number,
    ends: Int32Array,
    hopsOf: Uint8Array,
    hops: number,
  ): number {
    const { state } = this;
    const { linksOf } = state.network;
    let best = before;
    let bestScore = before < 0 ? -1 : linkScore(identity, before);
    let bestUsable = before >= 0 && !state.isAvoidedNearby(before);
    for (let at = start; at < end; at++) {
      const link = linksOf[at]!;
      if (hopsOf[ends[link]!] !== hops || state.isAvoidedEverywhere(link)) continue;
      const usable = !state.isAvoidedNearby(link);
      if (bestUsable && !usable) continue;
      const score = linkScore(identity, link);
      if (score <= bestScore && usable === bestUsable) continue;
      best = link;
      bestScore = score;
      bestUsable = usable;
    }
    return best;
  }
}
