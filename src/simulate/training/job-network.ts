/** What the network gives to the job: how long one exchange of all gradients and one passing of activations take now. */

import type { Cluster } from "../../cluster/types.ts";
import {
  downwards,
  lanesOf,
  type NetworkState,
  Router,
  type RoutingPolicy,
  type SideRules,
  upwards,
} from "../network/index.ts";
import { CoupledTraffic } from "./coupled-traffic.ts";
import { type Job, ringOfStage } from "./job.ts";

export interface JobNetworkOptions {
  readonly policy: RoutingPolicy;
  readonly rules: SideRules;
  readonly seed: number;
  /** Share of a network link that carries payload, in (0, 1]. */
  readonly payloadShare: number;
  /** Bytes a second that a GPU exchanges inside its server. */
  readonly inServerBytesPerSecond: number;
}

/** How fast the job communicates; infinite times when it does not at all. */
export interface Pace {
  /** Seconds for moving all gradients of a step, without latency. */
  readonly exchangeS: number;
  /** Seconds for passing all activations of a step. */
  readonly activationS: number;
  /** Gradient bandwidth of a server over all its rails, in bytes a second; of the slowest stage. */
  readonly exchangeBytesPerSecond: number;
  /** Gradients on each link of the watched endpoint while they flow, in bytes a second. */
  readonly watched: readonly number[];
}

/** Paces of states of the network that are remembered. */
const rememberedMax = 20_000;

const standstill = { exchangeS: Number.POSITIVE_INFINITY, exchangeBytesPerSecond: 0 };

/** One ring: a rail of a stage. */
interface Ring {
  readonly stage: number;
  readonly rail: number;
  readonly variable: number;
  /** Servers in the order of the ring, those that are left out as well; empty when nothing is exchanged. */
  readonly order: readonly number[];
  /** Place of each server in {@link order}. */
  readonly placeOf: ReadonlyMap<number, number>;
  /** The hop that leaves each server; servers that are left out have none. */
  readonly hops: Map<number, number>;
}

export class JobNetwork {
  readonly job: Job;
  readonly state: NetworkState;
  readonly gradients: CoupledTraffic;
  readonly activations: CoupledTraffic;
  readonly lanes: 1 | 2;
  readonly #options: JobNetworkOptions;
  readonly #balance: Cluster["training"]["railBalance"];
  readonly #rings: Ring[] = [];
  #leftOut: ReadonlySet<number> = new Set();
  readonly #rails: number;
  readonly #usable: Uint8Array;
  /** Endpoints whose data goes over another NIC of their server, by rail. */
  readonly #rerouted = new Map<number, Set<number>>();
  readonly #activationHops: number[] = [];
  /** Endpoints that send again what a failed link owed, and hold up the collective until that is done. */
  readonly #replaying = new Set<number>();
  /** What is not as in the healthy network, by name: equal deviations have equal paces. */
  readonly #deviations = new Map<string, string>();
  /** Directions of access links that carry nothing. */
  readonly #deadAccess = new Set<number>();
  readonly #remembered = new Map<string, Pace>();
  #watchedEndpoint = 0;
  #pace: Pace | undefined;

  constructor(cluster: Cluster, state: NetworkState, job: Job, options: JobNetworkOptions) {
    const { fabric } = state.network;
    this.job = job;
    this.state = state;
    this.#options = options;
    this.#balance = cluster.training.railBalance;
    this.#rails = fabric.railsPerServer;
    this.lanes = lanesOf(fabric.linksPerEndpoint, options.rules);
    this.#usable = new Uint8Array(fabric.serverCount * this.#rails).fill((1 << fabric.linksPerEndpoint) - 1);
    const context = {
      router: new Router(state),
      policy: options.policy,
      rules: options.rules,
      usable: this.#usable,
      lanes: this.lanes,
      copies: options.rules.mode === "duplication",
      seed: options.seed,
    };
    this.gradients = new CoupledTraffic(context, job.stages.length * this.#rails * this.lanes);
    this.activations = new CoupledTraffic(context, Math.max(1, (job.stages.length - 1) * this.lanes));
    for (const [stage, servers] of job.stages.entries())
      for (let rail = 0; rail < this.#rails; rail++) {
        const order = job.data > 1 ? ringOfStage(fabric, cluster, servers, rail) : [];
        const placeOf = new Map(order.map((server, place) => [server, place]));
        const variable = (stage * this.#rails + rail) * this.lanes;
        const ring: Ring = { stage, rail, variable, order, placeOf, hops: new Map() };
        this.#rings.push(ring);
        for (const server of order) this.#joinToNext(ring, server);
      }
    this.#layActivations(new Set());
  }

  /** Leaves servers out of all rings, or takes them in again: those given are out, all others in. */
  leaveOut(out: ReadonlySet<number>): void {
    const before = this.#leftOut;
    this.#leftOut = new Set(out);
    const changed = [...out].filter((server) => !before.has(server));
    for (const server of before) if (!out.has(server)) changed.push(server);
    for (const ring of this.#rings)
      for (const server of changed) {
        const place = ring.placeOf.get(server);
        if (place === undefined) continue;
        const id = ring.hops.get(server);
        if (!out.has(server)) this.#joinToNext(ring, server);
        else if (id !== undefined) this.gradients.set(id, undefined);
        const previous = this.#inRing(ring, place, ring.order.length - 1);
        if (previous !== undefined) this.#joinToNext(ring, previous);
      }
    this.#layActivations(out);
    this.#deviate("left out", out.size === 0 ? "" : [...out].sort((left, right) => left - right).join());
  }

  /** Shows the links of an endpoint in every pace. */
  watch(endpoint: number): void {
    this.#watchedEndpoint = endpoint;
    this.#remembered.clear();
    this.#pace = undefined;
  }

  /** Tells which sides of an endpoint may carry: bit 0 side 0, bit 1 side 1. Returns whether that is new. */
  setUsable(endpoint: number, sides: number): boolean {
    if (this.#usable[endpoint] === sides) return false;
    this.#usable[endpoint] = sides;
    this.gradients.sidesChanged(endpoint);
    this.activations.sidesChanged(endpoint);
    const { linksPerEndpoint, accessLink } = this.state.network.fabric;
    this.#deviate(`u${endpoint}`, sides === (1 << linksPerEndpoint) - 1 ? "" : `${sides}`);
    for (let side = 0; side < linksPerEndpoint; side++) {
      const link = accessLink[endpoint * linksPerEndpoint + side]!;
      if (link >= 0) for (const resource of [upwards(link), downwards(link)]) this.#noteCapacity(resource);
    }
    return true;
  }

  /** The endpoint's data leaves over another NIC of its server, or over its own again. */
  setRerouted(endpoint: number, rerouted: boolean): void {
    const rail = endpoint % this.#rails;
    const found = this.#rerouted.get(rail) ?? new Set();
    if (found.has(endpoint) === rerouted) return;
    if (rerouted) found.add(endpoint);
    else found.delete(endpoint);
    this.#rerouted.set(rail, found);
    this.#deviate(`x${endpoint}`, rerouted ? "x" : "");
  }

  isRerouted(endpoint: number): boolean {
    return this.#rerouted.get(endpoint % this.#rails)?.has(endpoint) === true;
  }

  /** The endpoint sends again what a failed link owed, or has done so. */
  setReplaying(endpoint: number, replaying: boolean): void {
    if (replaying) this.#replaying.add(endpoint);
    else this.#replaying.delete(endpoint);
    this.#pace = undefined;
  }

  routingChanged(link: number, inUse: boolean): void {
    this.gradients.routingChanged(link, inUse);
    this.activations.routingChanged(link, inUse);
    const knows = (this.state.isAvoidedNearby(link) ? "n" : "") + (this.state.isAvoidedEverywhere(link) ? "e" : "");
    this.#deviate(`a${link}`, knows);
    for (const resource of [upwards(link), downwards(link)]) this.#noteCapacity(resource);
  }

  resourceChanged(resource: number): void {
    this.gradients.resourceChanged(resource);
    this.activations.resourceChanged(resource);
    this.#noteCapacity(resource);
  }

  /** Heals everything and takes all servers in: as it was laid, for another run under the same wish. */
  restore(): void {
    const { state } = this;
    const { links, linksPerEndpoint } = state.network.fabric;
    this.#replaying.clear();
    for (const each of this.#rerouted.values()) for (const endpoint of [...each]) this.setRerouted(endpoint, false);
    for (let resource = 0; resource < 2 * links.count; resource++) {
      if (state.share(resource) === 1) continue;
      state.setShare(resource, 1);
      this.resourceChanged(resource);
    }
    for (let link = 0; link < links.count; link++) {
      if (state.avoided[link] === 0) continue;
      state.avoidNearby(link, false);
      state.avoidEverywhere(link, false);
      this.routingChanged(link, true);
    }
    const all = (1 << linksPerEndpoint) - 1;
    for (const [endpoint, sides] of this.#usable.entries()) if (sides !== all) this.setUsable(endpoint, all);
    if (this.#leftOut.size > 0) this.leaveOut(new Set());
  }

  /** How fast the job communicates now. */
  pace(): Pace {
    if (this.#replaying.size > 0) return { ...this.paceAfterReplay(), ...standstill };
    return this.paceAfterReplay();
  }

  /** The pace once everything that failed links owed has been sent again. */
  paceAfterReplay(): Pace {
    if (this.#pace !== undefined) return this.#pace;
    const key = [...this.#deviations]
      .map(([name, value]) => `${name}=${value}`)
      .sort()
      .join(" ");
    let pace = this.#remembered.get(key);
    if (pace === undefined) {
      pace = this.#standsStill() ? { ...standstill, activationS: 0, watched: this.#nothingWatched() } : this.#measure();
      if (this.#remembered.size >= rememberedMax) this.#remembered.clear();
      this.#remembered.set(key, pace);
    }
    this.#pace = pace;
    return pace;
  }

  /** Whether gradients are on their way into an access link that carries nothing; tells it without working out rates. */
  #standsStill(): boolean {
    if (this.#options.rules.mode === "duplication" || this.job.activationBytes > 0) return false;
    for (const each of this.#rerouted.values()) if (each.size > 0) return false;
    for (const resource of this.#deadAccess) if (this.gradients.isLoaded(resource)) return true;
    return false;
  }

  #deviate(name: string, value: string): void {
    this.#pace = undefined;
    if (value === "") this.#deviations.delete(name);
    else this.#deviations.set(name, value);
  }

  /** What an unused link carries makes no difference, so it is not told apart. */
  #noteCapacity(resource: number): void {
    const { fabric } = this.state.network;
    const link = resource >> 1;
    const share = this.state.share(resource);
    const isAccess = fabric.links.tier[link] === 0;
    const isUnused = isAccess
      ? ((this.#usable[fabric.links.endpoint[link]!]! >> fabric.links.side[link]!) & 1) === 0
      : this.state.isAvoidedNearby(link) && this.state.isAvoidedEverywhere(link);
    if (isAccess && share === 0) this.#deadAccess.add(resource);
    else this.#deadAccess.delete(resource);
    this.#deviate(`r${resource}`, share === 1 || isUnused ? "" : `${share}`);
  }

  #nothingWatched(): readonly number[] {
    return Array.from({ length: this.state.network.fabric.linksPerEndpoint }, () => 0);
  }

  #measure(): Pace {
    const { job } = this;
    const { payloadShare, inServerBytesPerSecond } = this.#options;
    let slowest = Number.POSITIVE_INFINITY;
    const rates = this.gradients.rates();
    for (let stage = 0; stage < job.stages.length; stage++)
      slowest = Math.min(slowest, this.#stageBytesPerSecond(stage, rates) * payloadShare);
    const acrossS = job.exchangeBytes === 0 || slowest === Number.POSITIVE_INFINITY ? 0 : job.exchangeBytes / slowest;
    const insideS = job.inServerBytes / inServerBytesPerSecond;
    let activationS = 0;
    if (job.activationBytes > 0) {
      const passing = this.activations.rates();
      for (let boundary = 0; boundary < job.stages.length - 1; boundary++) {
        const rate = this.#ofLanes(this.activations, passing, boundary * this.lanes);
        if (rate === undefined) continue;
        const bytes = job.activationBytes / this.#rails;
        activationS = Math.max(activationS, bytes / (rate * payloadShare));
      }
    }
    const { accessLink, linksPerEndpoint } = this.state.network.fabric;
    const watched = Array.from({ length: linksPerEndpoint }, (_, side) => {
      const link = accessLink[this.#watchedEndpoint * linksPerEndpoint + side]!;
      return link < 0 ? 0 : this.gradients.loadOn(upwards(link), rates) * payloadShare;
    });
    return { exchangeS: Math.max(acrossS, insideS), activationS, exchangeBytesPerSecond: slowest, watched };
  }

  /** Bandwidth of a stage's servers over the rails; infinite when the stage exchanges nothing over the network. */
  #stageBytesPerSecond(stage: number, rates: Float64Array): number {
    let sum = 0;
    let least = Number.POSITIVE_INFINITY;
    let rails = 0;
    let exchanges = false;
    for (let rail = 0; rail < this.#rails; rail++) {
      const rate = this.#ofLanes(this.gradients, rates, (stage * this.#rails + rail) * this.lanes);
      if (rate === undefined) continue;
      exchanges = true;
      if ((this.#rerouted.get(rail)?.size ?? 0) > 0) continue;
      // A chunk that is on its way into a dead link holds up the whole collective.
      if (rate === 0) return 0;
      sum += rate;
      least = Math.min(least, rate);
      rails++;
    }
    if (!exchanges) return Number.POSITIVE_INFINITY;
    return this.#balance === "proportional" ? sum : rails * (rails === 0 ? 0 : least);
  }

  /**
   * The rate of a set over its lanes: the sum of parts, of which one that stalls holds up all; or the faster of two copies.
   * Undefined when the set loads nothing.
   */
  #ofLanes(traffic: CoupledTraffic, rates: Float64Array, variable: number): number | undefined {
    const inUse = [...Array(this.lanes).keys()].filter((lane) => traffic.isInUse(variable + lane));
    const each = inUse.map((lane) => rates[variable + lane]!);
    if (each.length === 0) return undefined;
    if (this.#options.rules.mode === "duplication") return Math.max(...each);
    return each.includes(0) ? 0 : each.reduce((sum, rate) => sum + rate, 0);
  }

  /** Lets a server that takes part send to the next that does. */
  #joinToNext(ring: Ring, server: number): void {
    const endpoint = (each: number) => each * this.#rails + ring.rail;
    const next = this.#inRing(ring, ring.placeOf.get(server)!, 1);
    const hop =
      next === undefined
        ? undefined
        : { source: endpoint(server), destination: endpoint(next), variable: ring.variable };
    const id = ring.hops.get(server);
    if (id === undefined) {
      if (hop !== undefined) ring.hops.set(server, this.gradients.add(hop));
    } else if (this.gradients.hop(id)?.destination !== hop?.destination) this.gradients.set(id, hop);
  }

  /** The nearest server that takes part, in steps from a place in the ring; undefined when there is no other. */
  #inRing({ order }: Ring, from: number, step: number): number | undefined {
    for (let place = (from + step) % order.length; place !== from; place = (place + step) % order.length)
      if (!this.#leftOut.has(order[place]!)) return order[place]!;
    return undefined;
  }

  /** Each server of a stage sends to the server at the same place of the next stage. */
  #layActivations(out: ReadonlySet<number>): void {
    const { stages, activationBytes } = this.job;
    let at = 0;
    for (let boundary = 0; activationBytes > 0 && boundary < stages.length - 1; boundary++) {
      const [from, to] = [stages[boundary]!, stages[boundary + 1]!];
      for (let index = 0; index < from.count; index++)
        for (let rail = 0; rail < this.#rails; rail++, at++) {
          const source = from.first + index;
          const destination = to.first + Math.min(index, to.count - 1);
          const hop =
            out.has(source) || out.has(destination) || source === destination
              ? undefined
              : {
                  source: source * this.#rails + rail,
                  destination: destination * this.#rails + rail,
                  variable: boundary * this.lanes,
                };
          const id = this.#activationHops[at];
          if (id !== undefined) this.activations.set(id, hop);
          else this.#activationHops.push(this.activations.add(hop));
        }
    }
  }
}
