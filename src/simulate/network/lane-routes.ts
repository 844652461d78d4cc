/** The paths of one lane of a set of connections, kept up to date while links and sides come and go. */

import type { Fabric } from "../../fabric/types.ts";
import type { Connections } from "./connections.ts";
import { flowIdentity } from "./flow-hash.ts";
import type { Footprint, Loads } from "./loads.ts";
import type { RoutingPolicy } from "./policy.ts";
import { pathLengthMax, type Router } from "./router.ts";
import { chooseSides, noSides, type SideRules } from "./sides.ts";
import type { SpreadTable } from "./spread-table.ts";

/** What every lane needs to know to find its paths. */
export interface RoutingContext {
  readonly router: Router;
  readonly policy: RoutingPolicy;
  readonly rules: SideRules;
  /** A bit for each side of each endpoint that may carry. */
  readonly usable: Uint8Array;
  readonly loads: Loads;
  readonly spreads: SpreadTable;
  /** Seed of the flows' identities. */
  readonly seed: number;
}

/** Resources of a path that are kept in the flat column: all that paths without detours need. */
const stride = 8;
const end = -1;
/** Fewer connections are routed as they come. */
const sortedFrom = 256;

export class LaneRoutes {
  readonly connections: Connections;
  readonly lane: number;
  /** Sides of each connection. */
  readonly sides: Uint8Array;
  /** Connections that have no path at all in routing's eyes. */
  cutCount = 0;
  readonly #context: RoutingContext;
  readonly #flows: number;
  /** Path of flow f of connection c from (c x flows + f) x stride on; empty with spreading. */
  readonly #paths: Int32Array;
  /** Paths longer than the column is wide. */
  readonly #detours = new Map<number, Int32Array>();
  /** Connections that do not take the paths of an unharmed network, or may not. */
  readonly #displaced = new Set<number>();

  constructor(context: RoutingContext, connections: Connections, lane: number, isNetworkWhole: boolean) {
    this.#context = context;
    this.connections = connections;
    this.lane = lane;
    this.sides = new Uint8Array(connections.count).fill(noSides);
    this.#flows = context.policy.kind === "ecmp" ? context.policy.flowsPerConnection : 0;
    this.#paths = new Int32Array(connections.count * this.#flows * stride);
    this.cutCount = connections.count;
    for (const connection of byDestinationLeaf(context.router.state.network.fabric, connections)) {
      this.#chooseSides(connection);
      this.#route(connection);
      if (!isNetworkWhole) this.#displaced.add(connection);
    }
  }

  /** Finds new paths for the connections that use a marked link (1 in `links`); returns whether there were any. */
  leaveLinks(links: Uint8Array): boolean {
    let moved = false;
    for (let connection = 0; connection < this.connections.count; connection++) {
      if (!this.#uses(connection, links)) continue;
      this.#displaced.add(connection);
      this.#chooseSides(connection);
      this.#route(connection);
      moved = true;
    }
    return moved;
  }

  /** Finds new paths for all connections that do not take those of an unharmed network; returns whether there were any. */
  comeBack(isNetworkWhole: boolean): boolean {
    if (this.#displaced.size === 0) return false;
    for (const connection of this.#displaced) {
      this.#chooseSides(connection);
      this.#route(connection);
    }
    if (isNetworkWhole) this.#displaced.clear();
    return true;
  }

  /** Chooses sides anew for the connections of marked endpoints (1 in `endpoints`); returns whether any changed. */
  changeSides(endpoints: Uint8Array): boolean {
    const { source, destination, count } = this.connections;
    let changed = false;
    for (let connection = 0; connection < count; connection++) {
      if (endpoints[source[connection]!] === 0 && endpoints[destination[connection]!] === 0) continue;
      const before = this.sides[connection]!;
      this.#chooseSides(connection);
      if (this.sides[connection] === before) continue;
      this.#displaced.add(connection);
      this.#route(connection);
      changed = true;
    }
    return changed;
  }

  /** What the lane asks of the network for every byte of it; undefined when a connection has no path and all wait for it. */
  footprint(): Footprint | undefined {
    if (this.cutCount > 0) return undefined;
    const { loads, spreads, router } = this.#context;
    const { count, share } = this.connections;
    const paths = this.#paths;
    const hasDetours = this.#detours.size > 0;
    for (let connection = 0; connection < count; connection++) {
      const amount = share === undefined ? 1 : share[connection]!;
      if (this.#flows === 0) {
        const { source, destination } = this.connections;
        const sides = this.sides[connection]!;
        spreads.add(loads, router, source[connection]!, sides >> 1, destination[connection]!, sides & 1, amount);
        continue;
      }
      const each = amount / this.#flows;
      for (let flow = connection * this.#flows; flow < (connection + 1) * this.#flows; flow++) {
        const detour = hasDetours ? this.#detours.get(flow) : undefined;
        if (detour !== undefined) for (const resource of detour) loads.add(resource, each);
        else
          for (let at = flow * stride; at < (flow + 1) * stride && paths[at] !== end; at++) loads.add(paths[at]!, each);
      }
    }
    return loads.take();
  }

  #chooseSides(connection: number): void {
    const { router, rules, usable } = this.#context;
    const { source, destination } = this.connections;
    const before = this.sides[connection]!;
    const sides = chooseSides(router, rules, usable, source[connection]!, destination[connection]!, this.lane);
    this.sides[connection] = sides;
    this.cutCount += (sides === noSides ? 1 : 0) - (before === noSides ? 1 : 0);
  }

  #route(connection: number): void {
    const { router, seed } = this.#context;
    const { source, destination, number } = this.connections;
    const sides = this.sides[connection]!;
    const from = source[connection]!;
    const to = destination[connection]!;
    for (let flow = 0; flow < this.#flows; flow++) {
      const slot = connection * this.#flows + flow;
      const at = slot * stride;
      if (this.#detours.size > 0) this.#detours.delete(slot);
      this.#paths[at] = end;
      if (sides === noSides || from === to) continue;
      const identity = flowIdentity(
        2 * from + (sides >> 1),
        2 * to + (sides & 1),
        (number === undefined ? 0 : number[connection]!) * this.#flows + flow,
        seed,
      );
      const length = router.routeInto(from, sides >> 1, to, sides & 1, identity, scratch);
      if (length > stride) this.#detours.set(slot, scratch.slice(0, length));
      else {
        for (let step = 0; step < length; step++) this.#paths[at + step] = scratch[step]!;
        if (length < stride) this.#paths[at + length] = end;
      }
    }
  }

  #uses(connection: number, links: Uint8Array): boolean {
    const sides = this.sides[connection]!;
    if (sides === noSides) return false;
    if (this.#flows === 0) return true;
    for (let flow = connection * this.#flows; flow < (connection + 1) * this.#flows; flow++) {
      const detour = this.#detours.get(flow);
      if (detour?.some((resource) => links[resource >> 1] === 1)) return true;
      for (let at = flow * stride; at < (flow + 1) * stride && this.#paths[at] !== end; at++)
        if (links[this.#paths[at]! >> 1] === 1) return true;
    }
    return false;
  }
}

/** The connections, those to one leaf side by side: routing reads one table for each destination leaf. */
function byDestinationLeaf(fabric: Fabric, { count, destination }: Connections): Int32Array {
  const order = new Int32Array(count);
  if (count < sortedFrom) {
    for (let connection = 0; connection < count; connection++) order[connection] = connection;
    return order;
  }
  const { accessLink, linksPerEndpoint, links, switches } = fabric;
  const leafOf = (connection: number) => {
    const link = accessLink[destination[connection]! * linksPerEndpoint]!;
    return link < 0 ? 0 : links.upperSwitch[link]!;
  };
  const places = new Int32Array(switches.count + 1);
  for (let connection = 0; connection < count; connection++) places[leafOf(connection) + 1]!++;
  for (let leaf = 0; leaf < switches.count; leaf++) places[leaf + 1]! += places[leaf]!;
  for (let connection = 0; connection < count; connection++) order[places[leafOf(connection)]!++] = connection;
  return order;
}

const scratch = new Int32Array(pathLengthMax);
