/**
 * Lays hops onto the network: which side of the two link pairs a hop takes, by the switching mode and by what lives, and
 * over which links. The rules are those of the audit (docs/audit.md): in load-balancing both sides carry, each at the rate
 * of its own sub-ring; in active-standby the primary does; in duplication both carry everything; where one side does not
 * serve, the other takes over, or the first serving pair of different sides.
 */

import type { Cluster } from "../../cluster/types.ts";
import { type Flow, flowIdentity, Loads, pathLengthMax, type Router } from "../network/index.ts";
import { networkPayloadShare } from "./bandwidths.ts";
import { linkDelaysS } from "./delays.ts";
import type { DelayOf, Hops } from "./plan.ts";

export interface LayerOptions {
  /** Flows of each hop and side, each with a hash of its own (NCCL_IB_QPS_PER_CONNECTION). Default 1. */
  readonly connections?: number | undefined;
  /** Seed of the hash. Default 0. */
  readonly seed?: number | undefined;
  /** Share of a link that carries payload. Default {@link networkPayloadShare}. */
  readonly payloadShare?: number | undefined;
}

/** What one side of a channel loads for every byte that it carries. */
export interface LaidLane {
  readonly side: 0 | 1;
  readonly resources: Int32Array;
  readonly coefficients: Float64Array;
}

export interface LaidChannel {
  readonly lanes: readonly LaidLane[];
  /** A source and a destination that no path joins; undefined when all hops have one. */
  readonly cutOff: readonly [number, number] | undefined;
}

type Sides = readonly [source: 0 | 1, destination: 0 | 1];

export class HopLayer {
  readonly router: Router;
  readonly #sides: 1 | 2;
  readonly #mode: Cluster["switching"]["mode"];
  /** Pairs of sides in the order in which they are tried when not both serve. */
  readonly #order: readonly Sides[];
  readonly #connections: number;
  readonly #seed: number;
  readonly #payloadShare: number;
  readonly #loads: readonly [Loads, Loads];
  readonly #paths: readonly [Int32Array, Int32Array];
  /** Filled anew for every path. */
  readonly #flow: { -readonly [Key in keyof Flow]: Flow[Key] } = {
    source: 0,
    sourceSide: 0,
    destination: 0,
    destinationSide: 0,
    identity: 0,
  };
  readonly #linkDelaysS: Float64Array;
  readonly #delays = new Map<number, number>();

  constructor(router: Router, cluster: Cluster, options: LayerOptions = {}) {
    this.router = router;
    const { network } = router.state;
    const { mode, primary } = cluster.switching;
    this.#sides = network.fabric.linksPerEndpoint;
    this.#mode = mode;
    const first = this.#sides === 2 && mode === "active-standby" && primary === 2 ? 1 : 0;
    const second = first === 0 ? 1 : 0;
    const both: readonly Sides[] = [
      [first, first],
      [second, second],
      [first, second],
      [second, first],
    ];
    this.#order = this.#sides === 1 ? [[0, 0]] : both;
    this.#connections = options.connections ?? 1;
    this.#seed = options.seed ?? 0;
    this.#payloadShare = options.payloadShare ?? networkPayloadShare;
    this.#loads = [new Loads(network.resourceCount), new Loads(network.resourceCount)];
    const room = () => new Int32Array(this.#connections * pathLengthMax);
    this.#paths = [room(), room()];
    this.#linkDelaysS = linkDelaysS(network.fabric);
  }

  /** Routes all hops of a channel. */
  lay({ source, destination, share }: Hops): LaidChannel {
    let cutOff: LaidChannel["cutOff"];
    for (let hop = 0; hop < source.length; hop++) {
      const laid = this.#layHop(source[hop]!, destination[hop]!, share[hop]! / this.#payloadShare);
      if (!laid) cutOff ??= [source[hop]!, destination[hop]!];
    }
    const lanes = this.#loads
      .map((loads, side) => ({ side: side as 0 | 1, ...loads.take() }))
      .filter((lane) => lane.resources.length > 0);
    return { lanes, cutOff };
  }

  /** Delay of the path that a hop's data takes when all links live, in seconds. */
  readonly delayOf: DelayOf = (source, destination) => {
    const { accessLink, linksPerEndpoint, links, switches } = this.router.state.network.fabric;
    const [side] = this.#order[0]!;
    const from = links.upperSwitch[accessLink[source * linksPerEndpoint + side]!] ?? -1;
    const to = links.upperSwitch[accessLink[destination * linksPerEndpoint + side]!] ?? -1;
    const key = from * switches.count + to;
    const known = this.#delays.get(key);
    if (known !== undefined) return known;
    let delay = 0;
    const path = this.router.route({ source, sourceSide: side, destination, destinationSide: side, identity: 0 });
    for (const resource of path ?? []) delay += this.#linkDelaysS[resource]!;
    this.#delays.set(key, delay);
    return delay;
  };

  #layHop(source: number, destination: number, amount: number): boolean {
    const [first, second] = this.#loads;
    if (this.#sides === 2 && this.#mode !== "active-standby") {
      const zero = this.#route(source, 0, destination, 0, this.#paths[0]);
      const one = this.#route(source, 1, destination, 1, this.#paths[1]);
      if (zero > 0 && one > 0) {
        this.#add(this.#paths[0], zero, amount, first);
        this.#add(this.#paths[1], one, amount, this.#mode === "load-balancing" ? second : first);
        return true;
      }
    }
    for (const [from, to] of this.#order) {
      const length = this.#route(source, from, destination, to, this.#paths[0]);
      if (length === 0) continue;
      this.#add(this.#paths[0], length, amount, first);
      if (this.#sides === 2 && this.#mode === "load-balancing") this.#add(this.#paths[0], length, amount, second);
      return true;
    }
    return false;
  }

  /** Writes the paths of all flows of a hop one after the other; returns how many resources, 0 for no path. */
  #route(source: number, from: number, destination: number, to: number, path: Int32Array): number {
    if (!this.#inUse(source, from) || !this.#inUse(destination, to)) return 0;
    const flow = this.#flow;
    flow.source = source;
    flow.sourceSide = from;
    flow.destination = destination;
    flow.destinationSide = to;
    let length = 0;
    for (let connection = 0; connection < this.#connections; connection++) {
      flow.identity = flowIdentity(2 * source + from, 2 * destination + to, connection, this.#seed);
      const more = this.router.routeInto(flow, path, length);
      if (more < 0) return 0;
      length += more;
    }
    return length;
  }

  /** Whether an endpoint has a link on this side that its pair uses. */
  #inUse(endpoint: number, side: number): boolean {
    const { state } = this.router;
    const { accessLink, linksPerEndpoint } = state.network.fabric;
    const link = accessLink[endpoint * linksPerEndpoint + side]!;
    return link >= 0 && !state.isAvoidedNearby(link) && !state.isAvoidedEverywhere(link);
  }

  #add(path: Int32Array, length: number, amount: number, loads: Loads): void {
    const each = amount / this.#connections;
    for (let at = 0; at < length; at++) loads.add(path[at]!, each);
  }
}
