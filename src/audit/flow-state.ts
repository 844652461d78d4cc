/**
 * The loads that ring traffic puts on every link, in one state of the fabric, and what they become when a little
 * changes: only the demands that a change touches are routed again.
 */

import { ConstraintRows, maxMinRates } from "./max-min.ts";
import type { Net } from "./net.ts";
import { RowClasses } from "./row-classes.ts";
import type { ComponentOf } from "./survivors.ts";
import type { Traffic, TrafficSink } from "./traffic.ts";
import { UnitFlow } from "./unit-flow.ts";

/** A state of the fabric that differs a little from the one the loads were worked out for. */
export interface Change {
  /** Living links of each edge after the change. */
  readonly alive: Int32Array;
  /** Edges whose living links changed. */
  readonly edges: readonly number[];
  readonly deadSides: Uint8Array;
  readonly component: ComponentOf;
  /** Endpoints whose living links changed; every endpoint when components changed. */
  readonly endpoints: Iterable<number>;
}

/** Loads below this are rounding errors of shares that were added and taken away again. */
const noise = 1e-9;

interface UnitRoute {
  readonly edges: Int32Array;
  readonly shares: Float64Array;
}

/** A sink that adds what hops ask for into tables; `sign` -1 takes it away again. */
class Tally implements TrafficSink {
  sign = 1;
  readonly demands = new Map<number, Float64Array>();
  readonly accesses = new Map<number, number>();
  readonly #traffic: Traffic;
  constructor(traffic: Traffic) {
    this.#traffic = traffic;
  }
  demand(fromLeaf: number, toLeaf: number, variable: number): void {
    const key = fromLeaf * this.#traffic.fabric.switches.count + toLeaf;
    let weights = this.demands.get(key);
    if (weights === undefined) {
      weights = new Float64Array(this.#traffic.variables);
      this.demands.set(key, weights);
    }
    weights[variable]! += this.sign;
  }
  access(rail: number, mask: number, speedIndex: number): void {
    const key = (rail * 4 + mask) * this.#traffic.speeds.length + speedIndex;
    this.accesses.set(key, (this.accesses.get(key) ?? 0) + this.sign);
  }
}

interface Desk {
  /** Rows as they become, for the directed edges of `touched`. */
  readonly rows: Float64Array;
  readonly stamps: Int32Array;
  stamp: number;
  readonly touched: number[];
  readonly flow: UnitFlow;
  readonly constraints: ConstraintRows;
}

/** What a change touches, told so that changes can be compared; see {@link FlowState.footprint}. */
export interface FlowFootprint {
  /** Directed edges whose loads change, and those that lose links. */
  readonly edges: readonly number[];
  /** Leaves (switch indices) at the ends of the demands that change or are routed again. */
  readonly leaves: readonly number[];
  /** Equal for changes that take away the same rows and bring the same rows. */
  readonly profile: string;
}

export class FlowState {
  readonly #net: Net;
  readonly #traffic: Traffic;
  readonly #classes: RowClasses;
  #deadSides: Uint8Array;
  #component: ComponentOf;
  /** Demands by fromLeaf x switches + toLeaf: hops of each rate. */
  readonly #demands: Map<number, Float64Array>;
  readonly #routes: Map<number, UnitRoute>;
  /** Demands that use each edge, by their keys. */
  readonly #users: number[][];
  /** Load of one link of each directed edge, by rate. */
  readonly #rows: Float64Array;
  readonly #classOf: Int32Array;
  #classCounts: Int32Array;
  readonly #accesses: Map<number, number>;
  /** Room for work that all states on one net share. */
  readonly #desk: Desk;
  /** Row classes that some directed edge has. */
  #classesInUse: readonly number[] = [];

  /**
   * 1 for each directed edge that a demand uses, or used before, which the change that led to this state altered or
   * routed again.
   */
  readonly disturbed: Uint8Array;
  /** Edges whose list of users belongs to this state alone. */
  readonly #ownUsers: Uint8Array;

  private constructor(net: Net, traffic: Traffic, from?: FlowState) {
    this.#net = net;
    this.#traffic = traffic;
    this.#ownUsers = new Uint8Array(net.edgeCount);
    this.disturbed = new Uint8Array(2 * net.edgeCount);
    const cells = 2 * net.edgeCount * traffic.variables;
    if (from === undefined) {
      this.#classes = new RowClasses(traffic.variables);
      this.#desk = {
        rows: new Float64Array(cells),
        stamps: new Int32Array(2 * net.edgeCount),
        stamp: 0,
        touched: [],
        flow: new UnitFlow(net),
        constraints: new ConstraintRows(traffic.variables),
      };
      this.#deadSides = new Uint8Array(0);
      this.#component = new Int32Array(0);
      this.#demands = new Map();
      this.#routes = new Map();
      this.#users = Array.from({ length: net.edgeCount }, () => []);
      this.#rows = new Float64Array(cells);
      this.#classOf = new Int32Array(2 * net.edgeCount).fill(-1);
      this.#classCounts = new Int32Array(64);
      this.#accesses = new Map();
      return;
    }
    this.#classes = from.#classes;
    this.#desk = from.#desk;
    this.#deadSides = from.#deadSides;
    this.#component = from.#component;
    this.#demands = new Map(from.#demands);
    this.#routes = new Map(from.#routes);
    this.#users = from.#users.slice();
    this.#rows = from.#rows.slice();
    this.#classOf = from.#classOf.slice();
    this.#classCounts = from.#classCounts.slice();
    this.#accesses = new Map(from.#accesses);
  }

  /** The loads of a state, worked out from nothing. */
  static of(net: Net, traffic: Traffic, alive: Int32Array, deadSides: Uint8Array, component: ComponentOf): FlowState {
    const state = new FlowState(net, traffic);
    const endpoints = deadSides.keys();
    state.#deadSides = new Uint8Array(deadSides.length).fill(3);
    state.#component = component;
    state.#commit({ alive, edges: [], deadSides, component, endpoints });
    return state;
  }

  /** Hops between each two leaves by rate: key fromLeaf x switches + toLeaf. */
  get demands(): ReadonlyMap<number, Float64Array> {
    return this.#demands;
  }

  /** The loads after a change, as a state of its own. */
  after(change: Change): FlowState {
    const state = new FlowState(this.#net, this.#traffic, this);
    state.#commit(change);
    return state;
  }

  /** Max-min fair rates after a change (or in this state), without the broken rails. */
  rates(railBroken: Uint8Array, change?: Change): Float64Array {
    const { perRail, variables } = this.#traffic;
    const active = new Uint8Array(variables);
    for (let variable = 0; variable < variables; variable++)
      active[variable] = 1 - railBroken[Math.floor(variable / perRail)]!;
    const tally = change === undefined ? undefined : this.#route(change).tally;
    const desk = this.#desk;
    const { constraints: rows, touched } = desk;
    rows.clear();
    this.#addAccessRows(rows, tally);
    if (tally === undefined) touched.length = 0;
    for (const directed of touched) if (this.#classOf[directed]! >= 0) this.#classCounts[this.#classOf[directed]!]!--;
    for (const id of this.#classesInUse) if (this.#classCounts[id]! > 0) rows.add(this.#classes.rows[id]!, 0, 1);
    for (const directed of touched) {
      if (this.#classOf[directed]! >= 0) this.#classCounts[this.#classOf[directed]!]!++;
      rows.add(desk.rows, directed * variables, 1 / this.#net.edgeGbps[directed >> 1]!, noise);
    }
    return maxMinRates(rows, active);
  }

  /**
   * What a change touches: what it does depends on the loads of these edges and on the links above these leaves alone.
   * Undefined when a demand has no up-down path left, as it may then lead anywhere.
   */
  footprint(change: Change): FlowFootprint | undefined {
    this.#desk.flow.wentAnyway = false;
    const { tally, rerouted } = this.#route(change);
    if (this.#desk.flow.wentAnyway) return undefined;
    const { switches } = this.#traffic.fabric;
    const leaves = new Set<number>();
    for (const keys of [rerouted, tally.demands.keys()])
      for (const key of keys) leaves.add(Math.floor(key / switches.count)).add(key % switches.count);
    const steps: string[] = [];
    for (const directed of this.#desk.touched) {
      const fresh = this.#classes.classOf(
        this.#desk.rows,
        directed * this.#traffic.variables,
        this.#net.edgeGbps[directed >> 1]!,
      );
      steps.push(`${this.#classOf[directed]}>${fresh}`);
    }
    const counts = [...tally.accesses].filter(([, count]) => count !== 0).map(([key, count]) => `${key}*${count}`);
    return {
      edges: [...this.#desk.touched, ...change.edges.flatMap((edge) => [2 * edge, 2 * edge + 1])],
      leaves: [...leaves],
      profile: `${steps.sort().join()}#${counts.sort().join()}`,
    };
  }

  #addAccessRows(rows: ConstraintRows, tally: Tally | undefined): void {
    const { perRail, speeds } = this.#traffic;
    const row = new Float64Array(rows.variables);
    const addRow = (key: number) => {
      const code = Math.floor(key / speeds.length);
      const first = (code >> 2) * perRail;
      for (let rate = 0; rate < perRail; rate++) row[first + rate] = (code >> rate) & 1;
      rows.add(row, 0, 1 / speeds[key % speeds.length]!);
      for (let rate = 0; rate < perRail; rate++) row[first + rate] = 0;
    };
    for (const [key, count] of this.#accesses) if (count + (tally?.accesses.get(key) ?? 0) > 0) addRow(key);
    for (const [key, count] of tally?.accesses ?? []) if (count > 0 && !this.#accesses.has(key)) addRow(key);
  }

  /** Works out the rows that a change touches, into the desk. */
  #route(
    change: Change,
    keepRoutes = false,
  ): { tally: Tally; routes: Map<number, UnitRoute>; rerouted: ReadonlySet<number> } {
    const tally = this.#changedTraffic(change);
    const desk = this.#desk;
    desk.stamp++;
    desk.touched.length = 0;
    const rerouted = new Set<number>();
    for (const edge of change.edges) for (const key of this.#users[edge]!) rerouted.add(key);
    const routes = new Map<number, UnitRoute>();
    const { flow } = desk;
    const switches = this.#traffic.fabric.switches.count;
    const nodeOf = this.#net.nodeOf;
    const rerouteDemand = (key: number, now: Float64Array) => {
      flow.compute(nodeOf[Math.floor(key / switches)]!, nodeOf[key % switches]!, change.alive);
      this.#load(flow.edges, flow.shares, flow.count, now, 1);
      if (!keepRoutes) return;
      routes.set(key, { edges: flow.edges.slice(0, flow.count), shares: flow.shares.slice(0, flow.count) });
    };
    for (const key of rerouted) {
      const before = this.#demands.get(key)!;
      const old = this.#routes.get(key)!;
      this.#load(old.edges, old.shares, old.edges.length, before, -1);
      const more = tally.demands.get(key);
      const now = more === undefined ? before : before.map((weight, variable) => weight + more[variable]!);
      if (now.some((weight) => weight > 0)) rerouteDemand(key, now);
    }
    for (const [key, more] of tally.demands) {
      if (rerouted.has(key) || more.every((weight) => weight === 0)) continue;
      const route = this.#routes.get(key);
      if (route === undefined) rerouteDemand(key, more);
      else this.#load(route.edges, route.shares, route.edges.length, more, 1);
    }
    return { tally, routes, rerouted };
  }

  #changedTraffic(change: Change): Tally {
    const tally = new Tally(this.#traffic);
    const { previous } = this.#traffic.rings;
    const hops = new Set<number>();
    for (const endpoint of change.endpoints) {
      hops.add(endpoint);
      hops.add(previous[endpoint]!);
    }
    for (const hop of hops) {
      tally.sign = -1;
      this.#traffic.hop(hop, this.#deadSides, this.#component, tally);
      tally.sign = 1;
      this.#traffic.hop(hop, change.deadSides, change.component, tally);
    }
    return tally;
  }

  /** Adds a demand's load to the rows on the desk of its route. */
  #load(edges: Int32Array, shares: Float64Array, count: number, weights: Float64Array, sign: number): void {
    const { variables } = this.#traffic;
    const { rows, stamps, stamp, touched } = this.#desk;
    for (let index = 0; index < count; index++) {
      const directed = edges[index]!;
      const at = directed * variables;
      if (stamps[directed] !== stamp) {
        stamps[directed] = stamp;
        touched.push(directed);
        rows.set(this.#rows.subarray(at, at + variables), at);
      }
      const share = sign * shares[index]!;
      for (let variable = 0; variable < variables; variable++) rows[at + variable]! += share * weights[variable]!;
    }
  }

  #commit(change: Change): void {
    const { tally, routes, rerouted } = this.#route(change, true);
    const { variables } = this.#traffic;
    for (const keys of [rerouted, tally.demands.keys()])
      for (const key of keys)
        for (const route of [this.#routes.get(key), routes.get(key)])
          for (const directed of route?.edges ?? []) this.disturbed[directed] = 1;
    for (const [key, more] of tally.demands) {
      const before = this.#demands.get(key);
      const now = before === undefined ? more : before.map((weight, variable) => weight + more[variable]!);
      this.#demands.set(key, now);
    }
    for (const [key, route] of routes) this.#useRoute(key, route);
    for (const key of tally.demands.keys())
      if (this.#demands.get(key)!.every((weight) => weight === 0)) this.#forget(key);
    for (const [key, count] of tally.accesses) this.#accesses.set(key, (this.#accesses.get(key) ?? 0) + count);
    for (const directed of this.#desk.touched) {
      const at = directed * variables;
      for (let variable = 0; variable < variables; variable++) {
        const value = this.#desk.rows[at + variable]!;
        this.#rows[at + variable] = value < noise ? 0 : value;
      }
      if (this.#classOf[directed]! >= 0) this.#classCounts[this.#classOf[directed]!]!--;
      const fresh = this.#classes.classOf(this.#rows, at, this.#net.edgeGbps[directed >> 1]!);
      this.#classOf[directed] = fresh;
      if (fresh < 0) continue;
      if (fresh >= this.#classCounts.length) {
        const wider = new Int32Array(2 * fresh + 2);
        wider.set(this.#classCounts);
        this.#classCounts = wider;
      }
      this.#classCounts[fresh]!++;
    }
    this.#classesInUse = [...new Set(this.#classOf)].filter((id) => id >= 0);
    this.#deadSides = change.deadSides.slice();
    this.#component = change.component;
  }

  #useRoute(key: number, route: UnitRoute): void {
    this.#forget(key, false);
    this.#routes.set(key, route);
    for (const edge of new Set(route.edges.map((directed) => directed >> 1))) this.#usersOf(edge).push(key);
  }

  #forget(key: number, demandToo = true): void {
    const old = this.#routes.get(key);
    if (old !== undefined) {
      for (const edge of new Set(old.edges.map((directed) => directed >> 1))) {
        const users = this.#usersOf(edge);
        users.splice(users.indexOf(key), 1);
      }
    }
    this.#routes.delete(key);
    if (demandToo) this.#demands.delete(key);
  }

  /** The users of an edge, to be changed: a list shared with another state is copied first. */
  #usersOf(edge: number): number[] {
    if (this.#ownUsers[edge] === 0) {
      this.#ownUsers[edge] = 1;
      this.#users[edge] = this.#users[edge]!.slice();
    }
    return this.#users[edge]!;
  }
}
