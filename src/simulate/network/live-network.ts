/**
 * A network under load while its links come and go: transfers between endpoints, the routing in force, and the fluid
 * engine. After a link dies, what uses it stalls; after local repair the switches at its ends use their other equal-cost
 * links; after convergence all switches route around it. A healed link is used again after convergence. Which links of a
 * dual-linked endpoint may carry is decided outside (by the switching core) and told here.
 */

import { FluidEngine, type Lane, type OnComplete } from "../fluid/index.ts";
import type { Connections } from "./connections.ts";
import { LaneRoutes, type RoutingContext } from "./lane-routes.ts";
import { type Footprint, Loads } from "./loads.ts";
import type { Network } from "./network.ts";
import { NetworkState } from "./network-state.ts";
import type { RoutingPolicy } from "./policy.ts";
import { Router } from "./router.ts";
import { lanesOf, type SideRules } from "./sides.ts";
import { SpreadTable } from "./spread-table.ts";

export interface LiveNetworkOptions {
  readonly policy: RoutingPolicy;
  readonly rules: SideRules;
  /** Time until the ends of a dead link use their other links, in seconds. */
  readonly localRepairS: number;
  /** Time until all switches know of a dead or a healed link, in seconds. */
  readonly convergenceS: number;
  /** Seed of the flows' hashes. Default 0. */
  readonly seed?: number | undefined;
  /** Default 1e12 (picoseconds). */
  readonly ticksPerSecond?: number | undefined;
  /** Whether to count the bytes on each resource. Default false. */
  readonly meter?: boolean | undefined;
  /** Share of every resource, by priority, that transfers are given before more urgent ones. Default: none. */
  readonly floors?: ReadonlyMap<number, number> | undefined;
}

export interface RoutedTransfer {
  readonly bytes: number;
  /** Sets of connections that share the bytes as their rates allow; each advances as a whole. */
  readonly groups: readonly Connections[];
  /** What every byte loads besides its connections, such as the scale-up network inside a server. Default nothing. */
  readonly besides?: Footprint | undefined;
  /** A set without a path stops all others: their shares of the bytes are fixed. Default false. */
  readonly waitsForAll?: boolean | undefined;
  /** Lower is served first, 0 to 255. Default 0. */
  readonly priority?: number | undefined;
  /** Default 1. */
  readonly weight?: number | undefined;
}

interface Routed {
  readonly weight: number | undefined;
  readonly besides: Footprint | undefined;
  readonly waitsForAll: boolean;
  readonly groups: readonly (readonly LaneRoutes[])[];
  readonly lanes: Map<LaneRoutes, { readonly lane: Lane; readonly copies: number }>;
}

/** Nothing moves here until routing finds a path. */
const cutLane: Lane = { resources: [], rateMax: 0 };

export class LiveNetwork {
  readonly state: NetworkState;
  readonly engine: FluidEngine;
  readonly #options: LiveNetworkOptions;
  readonly #context: RoutingContext;
  readonly #transfers = new Map<number, Routed>();
  /** Grows when a link dies or heals, so that what was planned before is forgotten. */
  readonly #changes: Int32Array;
  readonly #outOfUse = new Set<number>();
  /** Links that maintenance has asked routing to leave. */
  readonly #drained = new Set<number>();

  constructor(network: Network, options: LiveNetworkOptions) {
    const { fabric } = network;
    this.#options = options;
    this.state = new NetworkState(network);
    this.engine = new FluidEngine(this.state.capacities(), options);
    this.#changes = new Int32Array(fabric.links.count);
    const { policy, rules, seed = 0 } = options;
    this.#context = {
      router: new Router(this.state),
      policy,
      rules,
      usable: new Uint8Array(fabric.serverCount * fabric.railsPerServer).fill((1 << fabric.linksPerEndpoint) - 1),
      loads: new Loads(network.resourceCount),
      spreads: new SpreadTable(policy.kind === "adaptive"),
      seed,
    };
  }

  /** The routing in force. */
  get router(): Router {
    return this.#context.router;
  }

  /** Starts a transfer now and returns its id. */
  start({ bytes, groups, besides, waitsForAll = false, priority, weight }: RoutedTransfer): number {
    const { rules } = this.#context;
    const laneCount = lanesOf(this.state.network.fabric.linksPerEndpoint, rules);
    const whole = this.#outOfUse.size === 0;
    const routed: Routed = {
      weight,
      besides,
      waitsForAll,
      groups: groups.map((connections) =>
        Array.from({ length: laneCount }, (_, lane) => new LaneRoutes(this.#context, connections, lane, whole)),
      ),
      lanes: new Map(),
    };
    const lanesCarry = rules.mode === "duplication" ? "copies" : "parts";
    const id = this.engine.start({ bytes, priority, lanesCarry, lanes: this.#lanes(routed, () => true) });
    this.#transfers.set(id, routed);
    return id;
  }

  /** Takes a transfer out; returns the bytes that it had left. */
  stop(id: number): number {
    this.#transfers.delete(id);
    return this.engine.stop(id);
  }

  /** Runs as {@link FluidEngine.run} does. */
  run(onComplete: OnComplete, untilTicks?: number): void {
    this.engine.run((id, exactTicks) => {
      this.#transfers.delete(id);
      onComplete(id, exactTicks);
    }, untilTicks);
  }

  /** Tells, from now on, which sides of an endpoint may carry: a bit for each, bit 0 for side 0. */
  setUsable(endpoints: ArrayLike<number>, sides: number): void {
    const marked = new Uint8Array(this.#context.usable.length);
    for (let at = 0; at < endpoints.length; at++) {
      this.#context.usable[endpoints[at]!] = sides;
      marked[endpoints[at]!] = 1;
    }
    this.#refresh((lane) => lane.changeSides(marked));
  }

  /** Sets what resources have left of their capacity, 0 (dead) to 1, from now on; routing learns of it in its time. */
  setShare(resources: ArrayLike<number>, share: number): void {
    const died: number[] = [];
    const healed: number[] = [];
    const linkCount = this.state.network.fabric.links.count;
    for (let at = 0; at < resources.length; at++) {
      const resource = resources[at]!;
      const link = resource >> 1;
      const wasDead = link < linkCount && this.#isDead(link);
      this.state.setShare(resource, share);
      this.engine.setCapacity(resource, this.state.capacity(resource));
      const isDead = link < linkCount && this.#isDead(link);
      if (wasDead === isDead) continue;
      this.#changes[link]!++;
      (isDead ? died : healed).push(link);
    }
    if (this.#context.policy.kind === "adaptive") this.#refreshSpreads();
    const { localRepairS, convergenceS } = this.#options;
    this.#later(died, localRepairS, (links) => this.#takeOut(links, false));
    this.#later(died, Math.max(localRepairS, convergenceS), (links) => this.#takeOut(links, true));
    this.#later(healed, convergenceS, (links) => this.#bringBack(links));
  }

  /** Lets routing leave links that still carry, for maintenance, or use them again: after convergence. */
  drain(links: readonly number[], drained: boolean): void {
    for (const link of links) {
      if (drained) this.#drained.add(link);
      else this.#drained.delete(link);
    }
    const tick = this.engine.nowTicks + Math.round(this.#options.convergenceS * this.engine.ticksPerSecond);
    this.engine.at(tick, () => {
      if (drained) {
        const left = links.filter((link) => this.#drained.has(link));
        for (const link of left) {
          this.state.avoidEverywhere(link, true);
          this.#outOfUse.add(link);
        }
        this.#leave(left);
      } else this.#bringBack(links.filter((link) => !this.#drained.has(link) && !this.#isDead(link)));
    });
  }

  /** Links that routing has taken out of use, at their ends or everywhere. */
  get linksOutOfUse(): number {
    return this.#outOfUse.size;
  }

  #isDead(link: number): boolean {
    return this.state.share(2 * link) === 0 || this.state.share(2 * link + 1) === 0;
  }

  /** Does something with those of the links that have not changed again by then. */
  #later(links: readonly number[], delayS: number, action: (links: readonly number[]) => void): void {
    if (links.length === 0) return;
    const changes = links.map((link) => this.#changes[link]!);
    const tick = this.engine.nowTicks + Math.round(delayS * this.engine.ticksPerSecond);
    this.engine.at(tick, () => {
      const left = links.filter((link, at) => this.#changes[link] === changes[at]);
      if (left.length > 0) action(left);
    });
  }

  #takeOut(links: readonly number[], everywhere: boolean): void {
    for (const link of links) {
      if (everywhere) this.state.avoidEverywhere(link, true);
      else this.state.avoidNearby(link, true);
      this.#outOfUse.add(link);
      this.#updateCapacities(link);
    }
    this.#leave(links);
  }

  #bringBack(links: readonly number[]): void {
    for (const link of links) {
      this.state.avoidNearby(link, false);
      this.#updateCapacities(link);
      if (this.#drained.has(link)) continue;
      this.state.avoidEverywhere(link, false);
      this.#outOfUse.delete(link);
    }
    const whole = this.#outOfUse.size === 0;
    this.#refresh((lane) => lane.comeBack(whole));
  }

  #updateCapacities(link: number): void {
    for (const resource of [2 * link, 2 * link + 1]) this.engine.setCapacity(resource, this.state.capacity(resource));
  }

  #leave(links: readonly number[]): void {
    const marked = new Uint8Array(this.state.network.fabric.links.count);
    for (const link of links) marked[link] = 1;
    this.#refresh((lane) => lane.leaveLinks(marked));
  }

  #refreshSpreads(): void {
    this.#refresh(() => true);
  }

  /** Gives the transfers new lanes where `change` says that one of theirs has changed. */
  #refresh(change: (lane: LaneRoutes) => boolean): void {
    this.#context.spreads.clear();
    for (const [id, routed] of this.#transfers) {
      const changed = new Set(routed.groups.flat().filter(change));
      if (changed.size === 0) continue;
      this.engine.reroute(
        id,
        this.#lanes(routed, (lane) => changed.has(lane)),
      );
    }
  }

  #lanes(routed: Routed, hasChanged: (lane: LaneRoutes) => boolean): Lane[] {
    const lanes: Lane[] = [];
    const { besides, weight } = routed;
    if (routed.groups.length === 0) return besides === undefined ? [] : [{ ...besides, weight }];
    for (const group of routed.groups) {
      // Where both lanes take the same sides, there is but one.
      const distinct = group.filter(
        ({ sides }, at) => at === 0 || sides.some((each, index) => each !== group[0]!.sides[index]),
      );
      const copies = this.#context.rules.mode === "duplication" ? distinct.length : 1;
      for (const lane of distinct) {
        let laid = routed.lanes.get(lane);
        if (laid === undefined || laid.copies !== copies || hasChanged(lane)) {
          const footprint = lane.footprint();
          const whole = footprint === undefined ? cutLane : { ...withBesides(footprint, besides, copies), weight };
          laid = { lane: whole, copies };
          routed.lanes.set(lane, laid);
        }
        lanes.push(laid.lane);
      }
    }
    return routed.waitsForAll && lanes.includes(cutLane) ? [cutLane] : lanes;
  }
}

/** A footprint with what its bytes load besides: resources after those of all links. Copies of the same bytes load it once. */
function withBesides(footprint: Footprint, besides: Footprint | undefined, copies: number): Footprint {
  if (besides === undefined || besides.resources.length === 0) return footprint;
  const { resources, coefficients } = footprint;
  const all = new Int32Array(resources.length + besides.resources.length);
  all.set(resources);
  all.set(besides.resources, resources.length);
  const amounts = new Float64Array(all.length);
  amounts.set(coefficients);
  for (let at = 0; at < besides.resources.length; at++)
    amounts[resources.length + at] = besides.coefficients[at]! / copies;
  return { resources: all, coefficients: amounts };
}
