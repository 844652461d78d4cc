/** The path of a flow: at each switch one of the equal-cost links, chosen by the flow's hash. */

import { linkScore } from "./flow-hash.ts";
import { HopTable, unreachableHops } from "./hop-tables.ts";
import { downwards, upwards } from "./network.ts";
import { everywhere, type NetworkState, nearby } from "./network-state.ts";

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
  /** By switch. */
  readonly #tables: (HopTable | undefined)[];
  readonly #path = new Int32Array(pathLengthMax);

  constructor(state: NetworkState) {
    this.state = state;
    this.#tables = new Array(state.network.fabric.switches.count).fill(undefined);
  }

  /** Hops to a leaf (switch index) from every switch, as all switches know them now. */
  table(leaf: number): HopTable {
    let table = this.#tables[leaf];
    if (table === undefined) {
      table = new HopTable(this.state, leaf);
      this.#tables[leaf] = table;
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
    const { source, sourceSide, destination, destinationSide, identity } = flow;
    const length = this.routeInto(source, sourceSide, destination, destinationSide, identity, this.#path);
    return length < 0 ? undefined : this.#path.slice(0, length);
  }

  /** As {@link route}, into `path`, which has room for {@link pathLengthMax}; returns the path's length, -1 for none. */
  routeInto(
    source: number,
    sourceSide: number,
    destination: number,
    destinationSide: number,
    identity: number,
    path: Int32Array,
  ): number {
    const { accessLink, linksPerEndpoint, links } = this.state.network.fabric;
    const first = accessLink[source * linksPerEndpoint + sourceSide]!;
    const last = accessLink[destination * linksPerEndpoint + destinationSide]!;
    if (first < 0 || last < 0) return -1;
    const from = links.upperSwitch[first]!;
    const to = links.upperSwitch[last]!;
    let at = 0;
    path[at++] = upwards(first);
    if (from !== to) {
      const table = this.table(to);
      const reached =
        table.hops(from) < unreachableHops
          ? this.#upDown(table, from, to, identity, path, at)
          : this.#anyway(table, from, to, identity, path, at);
      if (reached < 0) return -1;
      at = reached;
    }
    path[at++] = downwards(last);
    return at;
  }

  #upDown(table: HopTable, from: number, to: number, identity: number, path: Int32Array, start: number): number {
    const { offsets, split, linksOf, neighbours } = this.state.network;
    const { down, upDown } = table;
    let at = start;
    let node = from;
    let rising = true;
    while (node !== to) {
      const hops = rising ? table.hops(node) : down[node]!;
      let best = -1;
      if (rising) best = this.#best(offsets[node]!, split[node]!, identity, best, upDown, hops - 1);
      if (down[node] === hops) best = this.#best(split[node]!, offsets[node + 1]!, identity, best, down, hops - 1);
      rising = best < split[node]!;
      path[at++] = rising ? upwards(linksOf[best]!) : downwards(linksOf[best]!);
      node = neighbours[best]!;
    }
    return at;
  }

  #anyway(table: HopTable, from: number, to: number, identity: number, path: Int32Array, start: number): number {
    const { offsets, split, linksOf, neighbours } = this.state.network;
    const hopsOf = table.anyway();
    if (hopsOf[from]! >= pathLengthMax - 2) return -1;
    let at = start;
    for (let node = from; node !== to; ) {
      const best = this.#best(offsets[node]!, offsets[node + 1]!, identity, -1, hopsOf, hopsOf[node]! - 1);
      path[at++] = best < split[node]! ? upwards(linksOf[best]!) : downwards(linksOf[best]!);
      node = neighbours[best]!;
    }
    return at;
  }

  /**
   * Of a switch's links, by place in its row from `start` to `end`, that lead to a switch `hops` from the destination, and the
   * best so far: the one with the highest score, those in use at this end before those that are not; -1 when there is none.
   */
  #best(start: number, end: number, identity: number, before: number, hopsOf: Uint8Array, hops: number): number {
    const { network, avoided } = this.state;
    const { linksOf, neighbours } = network;
    let best = before;
    let bestScore = before < 0 ? -1 : linkScore(identity, linksOf[before]!);
    let bestUsable = before >= 0 && (avoided[linksOf[before]!]! & nearby) === 0;
    for (let at = start; at < end; at++) {
      if (hopsOf[neighbours[at]!] !== hops) continue;
      const link = linksOf[at]!;
      const bits = avoided[link]!;
      if (bits >= everywhere) continue;
      const usable = bits === 0;
      if (bestUsable && !usable) continue;
      const score = linkScore(identity, link);
      if (score <= bestScore && usable === bestUsable) continue;
      best = at;
      bestScore = score;
      bestUsable = usable;
    }
    return best;
  }
}
