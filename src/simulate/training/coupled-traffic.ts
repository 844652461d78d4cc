/**
 * Rates of sets of connections that advance as a whole (rings), while links and sides come and go. A link's load is a row:
 * how much of it each set asks for. Thousands of links have equal rows, so the fair rates are solved over the distinct rows
 * alone, and a change costs only the connections that it touches.
 */

import { defined } from "../../base/assert.ts";
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
import { RowTally } from "./row-tally.ts";
import { SpreadDemands } from "./spread-demands.ts";

/** Sets of rows whose rates are remembered. */
const rememberedMax = 20_000;

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
  /** Share of the hop's bytes on each of them. */
  readonly share: number;
  /** Leaves between which the bytes are spread over all paths; undefined where `resources` say everything. */
  readonly leaves: readonly [from: number, to: number] | undefined;
  /** Added to every resource: second copies load stand-ins of the links. */
  readonly shift: number;
}

interface Placed {
  hop: Hop | undefined;
  /** One for each lane and flow. */
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
  /** Hops on each link between switches; with spreading none. */
  readonly #hopsOn = new Map<number, Set<number>>();
  /** Links that routing has left. */
  readonly #left = new Set<number>();
  /** Hops placed while a link was left: their paths may not be those of a whole network. With spreading none. */
  readonly #displaced = new Set<number>();
  /** Hops that would take other sides, or any at all, if routing had a path: placed anew once a link is used again. */
  readonly #waiting = new Set<number>();
  #isLinkBack = false;
  /** With spreading: what the hops ask for between leaves. */
  readonly #demands: SpreadDemands | undefined;
  /** Cut hops of each variable. */
  readonly #cuts: Int32Array;
  #rates: Float64Array | undefined;
  /** Rates by the rows they were solved over. */
  readonly #remembered = new Map<string, Float64Array>();

  constructor(context: TrafficContext, variables: number) {
    this.#context = context;
    const { state } = context.router;
    this.#resourceCount = state.network.resourceCount;
    const count = this.#resourceCount;
    this.#tally = new RowTally(context.copies ? 2 * count : count, (resource) => state.capacity(resource % count));
    this.#cuts = new Int32Array(variables);
    const { policy, router } = context;
    if (policy.kind !== "ecmp")
      this.#demands = new SpreadDemands(router, policy.kind === "adaptive", this.#tally, this.#cuts);
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
    this.resourceChanged(upwards(link));
    this.resourceChanged(downwards(link));
    if (inUse) this.#isLinkBack = true;
    if (this.#demands !== undefined) {
      this.#demands.routingChanged(link);
      return;
    }
    if (inUse) this.#left.delete(link);
    else this.#left.add(link);
    for (const id of [...(inUse ? this.#displaced : (this.#hopsOn.get(link) ?? []))]) this.#replace(id);
  }

  /** The capacity of a resource has changed. */
  resourceChanged(resource: number): void {
    this.#tally.touch(resource);
    if (this.#context.copies) this.#tally.touch(resource + this.#resourceCount);
    const { links } = this.#context.router.state.network.fabric;
    if (resource < 2 * links.count && links.tier[resource >> 1] !== 0) this.#demands?.capacityChanged(resource >> 1);
    this.#rates = undefined;
  }

  /** Hops whose paths name a link between switches; with spreading none. */
  hopsOn(link: number): Iterable<number> {
    this.#placeWaiting();
    return this.#hopsOn.get(link) ?? [];
  }

  /** Access links over which a hop sends into a dead link between switches. */
  senderLinksIntoDead(id: number): number[] {
    const { state } = this.#context.router;
    const { tier } = state.network.fabric.links;
    const isDead = (resource: number) => tier[resource >> 1] !== 0 && state.capacity(resource) === 0;
    return this.#hops[id]!.paths.filter(({ resources }) => resources.some(isDead)).map(
      ({ resources }) => resources[0]! >> 1,
    );
  }

  /** Bytes a second of each variable under max-min fairness; 0 where a hop is cut or leads into a dead link. */
  rates(): Float64Array {
    this.#placeWaiting();
    if (this.#rates !== undefined) return this.#rates;
    this.#demands?.lay();
    const cut: number[] = [];
    for (const [variable, hops] of this.#cuts.entries()) if (hops > 0) cut.push(variable);
    const key = `${this.#tally.signature()} ${cut.join()}`;
    let rates = this.#remembered.get(key);
    if (rates === undefined) {
      rates = this.#solve();
      if (this.#remembered.size >= rememberedMax) this.#remembered.clear();
      this.#remembered.set(key, rates);
    }
    this.#rates = rates;
    return rates;
  }

  #solve(): Float64Array {
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
    return rates;
  }

  /** Whether a variable loads anything or is cut. */
  isInUse(variable: number): boolean {
    return this.#cuts[variable]! > 0 || this.#tally.isInUse(variable);
  }

  /** Whether a hop asks anything of an access link. */
  isLoaded(resource: number): boolean {
    this.#placeWaiting();
    return this.#tally.isLoaded(resource);
  }

  /** Bytes a second on a resource at these rates. */
  loadOn(resource: number, rates: Float64Array): number {
    return this.#tally.load(resource, rates);
  }

  /** Once for all links that are used again at one moment. */
  #placeWaiting(): void {
    if (!this.#isLinkBack) return;
    this.#isLinkBack = false;
    for (const id of [...this.#waiting]) this.#replace(id);
  }

  #replace(id: number): void {
    const placed = this.#hops[id]!;
    this.#take(id, placed);
    if (placed.hop !== undefined) this.#place(id, placed);
  }

  #take(id: number, placed: Placed): void {
    this.#rates = undefined;
    for (const path of placed.paths) this.#load(path, -1);
    for (const link of this.#linksBetween(placed)) this.#hopsOn.get(link)?.delete(id);
    if (placed.isCut && placed.hop !== undefined)
      for (let lane = 0; lane < this.#context.lanes; lane++) this.#cuts[placed.hop.variable + lane]!--;
    placed.paths = [];
    placed.isCut = false;
    this.#waiting.delete(id);
    this.#displaced.delete(id);
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
    if (placed.isCut || this.#isDeniedSide(source, destination)) this.#waiting.add(id);
    if (placed.isCut) for (let lane = 0; lane < lanes; lane++) this.#cuts[variable + lane]!++;
    for (const path of placed.paths) this.#load(path, 1);
    for (const link of this.#linksBetween(placed)) put(this.#hopsOn, link, id);
    if (this.#left.size > 0) this.#displaced.add(id);
    this.#rates = undefined;
  }

  /** Whether a side may carry at both ends, but routing has no path between them. */
  #isDeniedSide(source: number, destination: number): boolean {
    const { router, usable } = this.#context;
    const both = usable[source]! & usable[destination]!;
    return [0, 1].some((side) => ((both >> side) & 1) === 1 && !router.reaches(source, side, destination, side));
  }

  #load({ variable, resources, share, leaves, shift }: Path, sign: 1 | -1): void {
    for (const resource of resources) this.#tally.add(resource + shift, variable, share, sign);
    if (leaves !== undefined) this.#demands?.change(leaves[0], leaves[1], variable, shift, sign);
  }

  #alongside(path: Path): Path {
    return { ...path, shift: this.#resourceCount };
  }

  #pathsOf(source: number, sourceSide: number, destination: number, destinationSide: number, variable: number): Path[] {
    const { router, policy, seed } = this.#context;
    if (policy.kind === "ecmp") {
      const flows = policy.flowsPerConnection;
      return Array.from({ length: flows }, (_, flow): Path => {
        const identity = flowIdentity(2 * source + sourceSide, 2 * destination + destinationSide, flow, seed);
        const route = router.route({ source, sourceSide, destination, destinationSide, identity });
        const resources = defined(route, "path that routing said it has");
        return { variable, resources, share: 1 / flows, leaves: undefined, shift: 0 };
      });
    }
    const { accessLink, linksPerEndpoint, links } = router.state.network.fabric;
    const first = accessLink[source * linksPerEndpoint + sourceSide]!;
    const last = accessLink[destination * linksPerEndpoint + destinationSide]!;
    const leaves = [links.upperSwitch[first]!, links.upperSwitch[last]!] as const;
    return [{ variable, resources: Int32Array.of(upwards(first), downwards(last)), share: 1, leaves, shift: 0 }];
  }

  /** Links between switches that the paths of a placed hop name. */
  #linksBetween({ paths }: Placed): Set<number> {
    const { tier } = this.#context.router.state.network.fabric.links;
    const found = new Set<number>();
    for (const { resources } of paths)
      for (const resource of resources) if (tier[resource >> 1] !== 0) found.add(resource >> 1);
    return found;
  }
}

function put(sets: Map<number, Set<number>>, key: number, value: number): void {
  const found = sets.get(key);
  if (found === undefined) sets.set(key, new Set([value]));
  else found.add(value);
}
