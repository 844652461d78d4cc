/**
 * Rates of sets of connections that advance as a whole (rings), while links and sides come and go. A link's load is a row:
 * how much of it each set asks for. Thousands of links have equal rows, so the fair rates are solved over the distinct rows
 * alone, and a change costs only the connections that it touches.
 */

import { FairRates } from "../fluid/index.ts";
import {
  chooseSides,
  downwards,
  flowIdentity,
  noSides,
  type Router,
  type RoutingPolicy,
  type SideRules,
  upwards,
} from "../network/index.ts";
import { type Spread, spreadTo } from "../network/spread.ts";
import { RowTally } from "./row-tally.ts";

/** A connection of a set: from one endpoint to another. */
export interface Hop {
  readonly source: number;
  readonly destination: number;
  /** The set's first variable; its lanes follow. */
  readonly variable: number;
}

export interface TrafficContext {
  readonly router: Router;
  readonly policy: RoutingPolicy;
  readonly rules: SideRules;
  /** A bit for each side of each endpoint that may carry. */
  readonly usable: Uint8Array;
  readonly lanes: 1 | 2;
  /** Whether the lanes carry copies of the same bytes, so that two on one link are sent once. */
  readonly copies: boolean;
  readonly seed: number;
}

/** What one lane of a hop loads. */
interface Path {
  readonly variable: number;
  readonly resources: Int32Array;
  /** Share of the hop's bytes on each; undefined: all of them. */
  readonly shares: Float64Array | undefined;
}

interface Placed {
  hop: Hop | undefined;
  /** Two for each lane with spreading (access links and spread), else one. */
  paths: Path[];
  /** Whether no way is left in routing's eyes. */
  isCut: boolean;
}

export class CoupledTraffic {
  readonly #context: TrafficContext;
  readonly #tally: RowTally;
  /** Resources from here on stand for the same ones again: for second copies, which ride with the first. */
  readonly #resourceCount: number;
  readonly #hops: Placed[] = [];
  readonly #hopsOfEndpoint = new Map<number, Set<number>>();
  /** Hops on each link between switches (ecmp), or that start or end at each leaf (spreading). */
  readonly #hopsOn = new Map<number, Set<number>>();
  /** Hops that a link out of use has driven away. */
  readonly #displaced = new Map<number, Set<number>>();
  readonly #spreads = new Map<number, Spread>();
  /** Cut hops of each variable. */
  readonly #cuts: Int32Array;
  #rates: Float64Array | undefined;

  constructor(context: TrafficContext, variables: number) {
    this.#context = context;
    const { state } = context.router;
    this.#resourceCount = state.network.resourceCount;
    this.#tally = new RowTally((resource) => state.capacity(resource % this.#resourceCount));
    this.#cuts = new Int32Array(variables);
  }

  get variables(): number {
    return this.#cuts.length;
  }

  /** Adds a hop, or room for one, and returns its number. */
  add(hop: Hop | undefined): number {
    const id = this.#hops.length;
    this.#hops.push({ hop: undefined, paths: [], isCut: false });
    this.set(id, hop);
    return id;
  }

  /** Puts another hop in the place of one, or none. */
  set(id: number, hop: Hop | undefined): void {
    const placed = this.#hops[id]!;
    this.#take(id, placed);
    const before = placed.hop;
    if (before !== undefined)
      for (const end of [before.source, before.destination]) this.#hopsOfEndpoint.get(end)?.delete(id);
    placed.hop = hop;
    if (hop === undefined) return;
    for (const end of [hop.source, hop.destination]) put(this.#hopsOfEndpoint, end, id);
    this.#place(id, placed);
  }

  hop(id: number): Hop | undefined {
    return this.#hops[id]!.hop;
  }

  /** The sides of an endpoint that may carry have changed. */
  sidesChanged(endpoint: number): void {
    for (const id of this.#hopsOfEndpoint.get(endpoint) ?? []) this.#replace(id);
  }

  /** What routing knows of a link between switches has changed. */
  routingChanged(link: number, inUse: boolean): void {
    const { router, policy } = this.#context;
    this.resourceChanged(upwards(link));
    this.resourceChanged(downwards(link));
    if (policy.kind !== "ecmp") {
      const { lowerSwitch, tier } = router.state.network.fabric.links;
      this.#spreads.clear();
      const leaves = tier[link] === 1 ? [lowerSwitch[link]!] : [...this.#hopsOn.keys()];
      const touched = new Set(leaves.flatMap((leaf) => [...(this.#hopsOn.get(leaf) ?? [])]));
      for (const id of touched) this.#replace(id);
      return;
    }
    if (inUse) {
      const back = this.#displaced.get(link);
      this.#displaced.delete(link);
      for (const id of back ?? []) this.#replace(id);
      return;
    }
    for (const id of [...(this.#hopsOn.get(link) ?? [])]) {
      put(this.#displaced, link, id);
      this.#replace(id);
    }
  }

  /** The capacity of a resource has changed. */
  resourceChanged(resource: number): void {
    this.#tally.touch(resource);
    if (this.#context.copies) this.#tally.touch(resource + this.#resourceCount);
    this.#rates = undefined;
  }

  /** Hops that cross a link between switches (ecmp only). */
  hopsOn(link: number): Iterable<number> {
    return this.#context.policy.kind === "ecmp" ? (this.#hopsOn.get(link) ?? []) : [];
  }

  /** Access links over which a hop sends into a dead link between switches. */
  senderLinksIntoDead(id: number): number[] {
    const { state } = this.#context.router;
    const { tier } = state.network.fabric.links;
    const isDead = (resource: number) => tier[resource >> 1] !== 0 && state.capacity(resource) === 0;
    return this.#hops[id]!.paths.filter(({ resources }) =>
      resources.some((each) => isDead(each % this.#resourceCount)),
    ).map(({ resources }) => (resources[0]! % this.#resourceCount) >> 1);
  }

  /** Bytes a second of each variable under max-min fairness; 0 where a hop is cut or leads into a dead link. */
  rates(): Float64Array {
    if (this.#rates !== undefined) return this.#rates;
    const rows = this.#tally.rows();
    const solver = new FairRates(Float64Array.from(rows, (row) => row.capacity));
    const resources: number[][] = Array.from({ length: this.variables }, () => []);
    const coefficients: number[][] = Array.from({ length: this.variables }, () => []);
    for (const [index, { variables, loads }] of rows.entries())
      for (let at = 0; at < variables.length; at++) {
        resources[variables[at]!]!.push(index);
        coefficients[variables[at]!]!.push(loads[at]!);
      }
    const rates = new Float64Array(this.variables);
    const ids = resources.map((list, variable) =>
      list.length === 0 || this.#cuts[variable]! > 0
        ? -1
        : solver.add({ resources: list, coefficients: coefficients[variable]! }),
    );
    solver.solve();
    for (const [variable, id] of ids.entries()) if (id >= 0) rates[variable] = solver.rates[id]!;
    this.#rates = rates;
    return rates;
  }

  /** Whether a variable loads anything or is cut. */
  isInUse(variable: number): boolean {
    return this.#cuts[variable]! > 0 || this.#tally.isInUse(variable);
  }

  /** Bytes a second on a resource at these rates. */
  loadOn(resource: number, rates: Float64Array): number {
    return this.#tally.load(resource, rates);
  }

  #replace(id: number): void {
    const placed = this.#hops[id]!;
    this.#take(id, placed);
    if (placed.hop !== undefined) this.#place(id, placed);
  }

  #take(id: number, placed: Placed): void {
    this.#rates = undefined;
    for (const { variable, resources, shares } of placed.paths)
      for (let at = 0; at < resources.length; at++)
        this.#tally.add(resources[at]!, variable, -(shares === undefined ? 1 : shares[at]!));
    for (const key of this.#keysOf(placed)) this.#hopsOn.get(key)?.delete(id);
    if (placed.isCut && placed.hop !== undefined)
      for (let lane = 0; lane < this.#context.lanes; lane++) this.#cuts[placed.hop.variable + lane]!--;
    placed.paths = [];
    placed.isCut = false;
  }

  #place(id: number, placed: Placed): void {
    const { router, rules, usable, lanes, copies } = this.#context;
    const { source, destination, variable } = placed.hop!;
    if (source === destination) return;
    let sidesBefore = -1;
    for (let lane = 0; lane < lanes; lane++) {
      const sides = chooseSides(router, rules, usable, source, destination, lane);
      const paths = sides === noSides ? [] : this.#pathsOf(source, sides >> 1, destination, sides & 1, variable + lane);
      if (sides === noSides) placed.isCut = true;
      else if (copies && sides === sidesBefore) placed.paths.push(...paths.map((path) => this.#alongside(path)));
      else placed.paths.push(...paths);
      sidesBefore = sides;
    }
    if (placed.isCut) for (let lane = 0; lane < lanes; lane++) this.#cuts[variable + lane]!++;
    for (const { variable: own, resources, shares } of placed.paths)
      for (let at = 0; at < resources.length; at++)
        this.#tally.add(resources[at]!, own, shares === undefined ? 1 : shares[at]!);
    for (const key of this.#keysOf(placed)) put(this.#hopsOn, key, id);
    this.#rates = undefined;
  }

  #alongside(path: Path): Path {
    return { ...path, resources: path.resources.map((resource) => resource + this.#resourceCount) };
  }

  #pathsOf(source: number, sourceSide: number, destination: number, destinationSide: number, variable: number): Path[] {
    const { router, policy, seed } = this.#context;
    if (policy.kind === "ecmp") {
      const flows = policy.flowsPerConnection;
      return Array.from({ length: flows }, (_, flow): Path => {
        const identity = flowIdentity(2 * source + sourceSide, 2 * destination + destinationSide, flow, seed);
        const resources = router.route({ source, sourceSide, destination, destinationSide, identity })!;
        return {
          variable,
          resources,
          shares: flows === 1 ? undefined : new Float64Array(resources.length).fill(1 / flows),
        };
      });
    }
    const { accessLink, linksPerEndpoint, links } = router.state.network.fabric;
    const first = accessLink[source * linksPerEndpoint + sourceSide]!;
    const last = accessLink[destination * linksPerEndpoint + destinationSide]!;
    const spread = this.#spreadOf(links.upperSwitch[first]!, links.upperSwitch[last]!);
    return [
      { variable, resources: Int32Array.of(upwards(first), downwards(last)), shares: undefined },
      { variable, resources: spread.resources, shares: spread.shares },
    ];
  }

  #spreadOf(from: number, to: number): Spread {
    const { router, policy } = this.#context;
    const key = from * router.state.network.fabric.switches.count + to;
    let spread = this.#spreads.get(key);
    if (spread === undefined) {
      spread = spreadTo(router.state, router.table(to), from, policy.kind === "adaptive");
      this.#spreads.set(key, spread);
    }
    return spread;
  }

  /** Keys under which a placed hop is found: its links between switches, or with spreading its leaves. */
  #keysOf({ paths }: Placed): Set<number> {
    const { router, policy } = this.#context;
    const { tier, upperSwitch } = router.state.network.fabric.links;
    const keys = new Set<number>();
    for (const { resources } of paths)
      for (const resource of resources) {
        const link = (resource % this.#resourceCount) >> 1;
        const isAccess = tier[link] === 0;
        if (policy.kind === "ecmp" ? !isAccess : isAccess) keys.add(isAccess ? upperSwitch[link]! : link);
      }
    return keys;
  }
}

function put(sets: Map<number, Set<number>>, key: number, value: number): void {
  const found = sets.get(key);
  if (found === undefined) sets.set(key, new Set([value]));
  else found.add(value);
}
