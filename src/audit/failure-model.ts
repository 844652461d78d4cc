/** What a failure does to training: who is cut off, and how much bandwidth the ring AllReduce keeps. */

import type { Cluster } from "../cluster/types.ts";
import type { Fabric } from "../fabric/types.ts";
import { type Change, type FlowFootprint, FlowState } from "./flow-state.ts";
import { JoinedSearch, switchComponents } from "./joined.ts";
import type { Net } from "./net.ts";
import type { Rings } from "./ring.ts";
import { type ComponentOf, type Cut, Survivors } from "./survivors.ts";
import { Traffic } from "./traffic.ts";
import type { Verdict } from "./types.ts";

/** What dies, in terms of the merged switch graph; nothing that is dead already stands in it. */
export interface Failure {
  readonly endpoints: readonly number[];
  /** For each of the endpoints, the sides that die (bit s: side s). */
  readonly sides: readonly number[];
  readonly edges: readonly number[];
  /** For each of the edges, how many of its links die. */
  readonly deadLinks: readonly number[];
  /** Nodes of one switch each that die with all their links, whether or not those stand in `edges`. */
  readonly deadNodes: readonly number[];
}

export interface Outcome {
  readonly verdict: Verdict;
  readonly gpusCutOff: number;
  /** AllReduce bandwidth after over healthy; 0 when fatal. */
  readonly bandwidthKept: number;
}

/** Bandwidth this close to all of it counts as all. */
const keptTolerance = 1e-9;

/** What does not change from state to state. */
interface Ground {
  readonly fabric: Fabric;
  readonly net: Net;
  readonly survivors: Survivors;
  readonly search: JoinedSearch;
  readonly traffic: Traffic;
  readonly balance: Cluster["training"]["railBalance"];
  readonly healthyGbps: number;
  /** One switch of each node. */
  readonly switchOfNode: Int32Array;
}

interface State {
  readonly alive: Int32Array;
  readonly deadNodes: readonly number[];
  readonly deadSides: Uint8Array;
  readonly component: ComponentOf;
  readonly tallies: Map<number, number>[];
  readonly flow: FlowState;
  /** Endpoints whose living links are not those of the healthy fabric. */
  readonly changed: readonly number[];
}

/** What a failure touches; see {@link FlowState.footprint}. */
export interface Footprint extends FlowFootprint {
  /** Equal for failures that do the same wherever nothing they touch is disturbed. */
  readonly profile: string;
}

/** What of the fabric a failure that has happened leaves unlike the healthy one. */
export interface Disturbance {
  readonly componentsChanged: boolean;
  /** 1 for directed edges that carry a demand which changed or was routed again. */
  readonly edges: Uint8Array;
  /** 1 for leaves (switch indices) that lost a link somewhere on their ways up. */
  readonly leaves: Uint8Array;
}

/** Evaluates failures on top of one state of the fabric: the healthy one, or one in which something has failed. */
export class FailureModel {
  readonly #ground: Ground;
  readonly #state: State;

  private constructor(ground: Ground, state: State) {
    this.#ground = ground;
    this.#state = state;
  }

  /** The healthy fabric with its rings in one placement. */
  static healthy(fabric: Fabric, cluster: Cluster, net: Net, rings: Rings): FailureModel {
    const survivors = new Survivors(fabric, cluster);
    const traffic = new Traffic(fabric, cluster, rings);
    const alive = net.edgeLinks.slice();
    const deadSides = new Uint8Array(fabric.serverCount * fabric.railsPerServer);
    for (let slot = 0; slot < fabric.accessLink.length; slot++)
      if (fabric.accessLink[slot]! < 0)
        deadSides[Math.floor(slot / fabric.linksPerEndpoint)]! |= 1 << (slot % fabric.linksPerEndpoint);
    const component = switchComponents(net, alive, []);
    const switchOfNode = new Int32Array(net.nodeCount);
    for (let index = 0; index < net.nodeOf.length; index++) switchOfNode[net.nodeOf[index]!] = index;
    const tallies = survivors.tally(deadSides, component);
    const flow = FlowState.of(net, traffic, alive, deadSides, component);
    const ground = {
      fabric,
      net,
      survivors,
      search: new JoinedSearch(net),
      traffic,
      balance: cluster.training.railBalance,
      switchOfNode,
    };
    const state = { alive, deadNodes: [], deadSides, component, tallies, flow, changed: [] };
    const { railBroken } = survivors.cut(tallies, deadSides, component, []);
    const rates = flow.rates(railBroken);
    const healthyGbps = allReduceGbps(rates, railBroken, traffic.perRail, cluster.training.railBalance);
    return new FailureModel({ ...ground, healthyGbps }, state);
  }

  /** Healthy AllReduce bandwidth of each server, in Gbps. */
  get healthyGbps(): number {
    return this.#ground.healthyGbps;
  }

  /** Hops between each two leaves in this state, by rate: key fromLeaf x switches + toLeaf. */
  get demands(): ReadonlyMap<number, Float64Array> {
    return this.#state.flow.demands;
  }

  /** Dead sides of each endpoint in this state. */
  get deadSides(): Uint8Array {
    return this.#state.deadSides;
  }

  /** Who is cut off in this very state. */
  get cut(): Cut {
    const { tallies, deadSides, component } = this.#state;
    return this.#ground.survivors.cut(tallies, deadSides, component, []);
  }

  /** The model in which this failure has happened. */
  after(failure: Failure): FailureModel {
    return this.#with(failure, ({ change, tallies, deadNodes }) => {
      const kept = { ...change, alive: change.alive.slice(), deadSides: change.deadSides.slice() };
      return new FailureModel(this.#ground, {
        alive: kept.alive,
        deadNodes,
        deadSides: kept.deadSides,
        component: kept.component,
        tallies: tallies.map((tally) => new Map(tally)),
        flow: this.#state.flow.after(kept),
        changed: [...new Set([...this.#state.changed, ...failure.endpoints])],
      });
    });
  }

  /** What the failure does on top of this state. */
  outcome(failure: Failure): Outcome {
    return this.#with(failure, ({ change, tallies, deadNodes }) => {
      const { net, survivors, traffic, balance, healthyGbps } = this.#ground;
      const { fatalGpus, reroutedGpus, railBroken } = survivors.cut(
        tallies,
        change.deadSides,
        change.component,
        new Set([...this.#state.changed, ...failure.endpoints]),
        (index) => deadNodes.includes(net.nodeOf[index]!),
      );
      if (fatalGpus > 0) return { verdict: "fatal", gpusCutOff: fatalGpus, bandwidthKept: 0 };
      // No rail has a whole ring left: nothing can be exchanged, although every GPU reaches some other.
      if (railBroken.every((broken) => broken === 1))
        return { verdict: "fatal", gpusCutOff: reroutedGpus, bandwidthKept: 0 };
      const rates = this.#state.flow.rates(railBroken, change);
      const kept = healthyGbps === 0 ? 1 : allReduceGbps(rates, railBroken, traffic.perRail, balance) / healthyGbps;
      const isWhole = kept >= 1 - keptTolerance;
      return {
        verdict: reroutedGpus > 0 ? "rerouted" : isWhole ? "transparent" : "degraded",
        gpusCutOff: reroutedGpus,
        bandwidthKept: isWhole ? 1 : kept,
      };
    });
  }

  /** What a failure touches; undefined when it changes the components of the switch graph. */
  footprint(failure: Failure): Footprint | undefined {
    return this.#with(failure, ({ change, before }) => {
      if (change.component !== this.#state.component) return undefined;
      const { survivors, fabric } = this.#ground;
      const rails = fabric.railsPerServer;
      const codeOf = (endpoint: number) => survivors.codeOf(endpoint, change.deadSides[endpoint]!, change.component);
      const cuts = failure.endpoints.flatMap((endpoint, index) => {
        const [was, is] = [survivors.codeOf(endpoint, before[index]!, change.component), codeOf(endpoint)];
        if (was === is) return [];
        const first = endpoint - (endpoint % rails);
        const others = Array.from({ length: rails }, (_, rail) => codeOf(first + rail)).toSorted((a, b) => a - b);
        return `${endpoint % rails}:${was}>${is}/${others.join()}`;
      });
      const print = this.#state.flow.footprint(change);
      return print === undefined ? undefined : { ...print, profile: `${print.profile}#${cuts.sort().join(";")}` };
    });
  }

  /** What is unlike the healthy fabric in this state, which the failure has led to. */
  disturbance(healthy: FailureModel, failure: Failure): Disturbance {
    const { net, fabric } = this.#ground;
    const leaves = new Uint8Array(fabric.switches.count);
    const reached = new Uint8Array(net.nodeCount);
    const queue: number[] = [];
    const add = (node: number) => {
      if (reached[node] === 1) return;
      reached[node] = 1;
      queue.push(node);
    };
    for (const edge of failure.edges) add(net.edgeLower[edge]!);
    for (const dead of failure.deadNodes)
      for (let at = net.offsets[dead]!; at < net.offsets[dead + 1]!; at++) add(net.edgeLower[net.edgesOf[at]!]!);
    for (const node of queue)
      for (let at = net.split[node]!; at < net.offsets[node + 1]!; at++) add(net.edgeLower[net.edgesOf[at]!]!);
    for (let index = 0; index < leaves.length; index++) leaves[index] = reached[net.nodeOf[index]!]!;
    return {
      componentsChanged: this.#state.component !== healthy.#state.component,
      edges: this.#state.flow.disturbed,
      leaves,
    };
  }

  /** Whether the failure leaves all switches joined that are joined in this state. */
  staysJoined(failure: Failure): boolean {
    if (failure.edges.length === 0 && failure.deadNodes.length === 0) return true;
    const { edges, undo } = this.#takeEdges(failure);
    const joined = this.#staysJoined(edges, [...this.#state.deadNodes, ...failure.deadNodes]);
    undo();
    return joined;
  }

  /** Calls `use` with the state after the failure, and undoes the failure. */
  #with<Result>(
    failure: Failure,
    use: (after: {
      change: Change;
      tallies: Map<number, number>[];
      deadNodes: readonly number[];
      /** Dead sides of the failure's endpoints before it. */
      before: readonly number[];
    }) => Result,
  ): Result {
    const { fabric, net, survivors } = this.#ground;
    const { alive, deadSides, component, tallies, deadNodes } = this.#state;
    const nowDead = failure.deadNodes.length === 0 ? deadNodes : [...deadNodes, ...failure.deadNodes];
    const { edges, undo: undoEdges } = this.#takeEdges(failure);
    const before = failure.endpoints.map((endpoint) => deadSides[endpoint]!);
    const sameComponents = this.#staysJoined(edges, nowDead);
    const count = (sign: number) => {
      for (const endpoint of failure.endpoints) {
        const code = survivors.codeOf(endpoint, deadSides[endpoint]!, component);
        const tally = tallies[survivors.groupOf(endpoint)]!;
        tally.set(code, (tally.get(code) ?? 0) + sign * survivors.weightOf(endpoint));
      }
    };
    const mark = () => {
      for (const [index, endpoint] of failure.endpoints.entries()) deadSides[endpoint]! |= failure.sides[index]!;
    };
    const unmark = () => {
      for (const [index, endpoint] of failure.endpoints.entries()) deadSides[endpoint] = before[index]!;
    };
    if (!sameComponents) {
      mark();
      const nowComponent = switchComponents(net, alive, nowDead);
      const all = Array.from({ length: fabric.serverCount * fabric.railsPerServer }, (_, endpoint) => endpoint);
      const change = { alive, edges, deadSides, component: nowComponent, endpoints: all };
      const result = use({ change, tallies: survivors.tally(deadSides, nowComponent), deadNodes: nowDead, before });
      unmark();
      undoEdges();
      return result;
    }
    count(-1);
    mark();
    count(1);
    const change = { alive, edges, deadSides, component, endpoints: failure.endpoints };
    const result = use({ change, tallies, deadNodes: nowDead, before });
    count(-1);
    unmark();
    count(1);
    undoEdges();
    return result;
  }

  /** Takes the failure's links from the living ones; gives the edges that lost any, and the way back. */
  #takeEdges(failure: Failure): { edges: readonly number[]; undo: () => void } {
    const { alive } = this.#state;
    const { offsets, edgesOf } = this.#ground.net;
    const edges = failure.edges.slice();
    const taken = failure.deadLinks.slice();
    for (const [index, edge] of edges.entries()) alive[edge]! -= taken[index]!;
    for (const node of failure.deadNodes) {
      for (let at = offsets[node]!; at < offsets[node + 1]!; at++) {
        const edge = edgesOf[at]!;
        if (alive[edge]! <= 0) continue;
        edges.push(edge);
        taken.push(alive[edge]!);
        alive[edge] = 0;
      }
    }
    const undo = () => {
      for (const [index, edge] of edges.entries()) alive[edge]! += taken[index]!;
    };
    return { edges, undo };
  }

  /** Whether all switches that were joined and live still are. */
  #staysJoined(edges: readonly number[], deadNodes: readonly number[]): boolean {
    const { net, search, switchOfNode } = this.#ground;
    const { alive, component } = this.#state;
    const touched = new Map<number, Set<number>>();
    for (const edge of edges) {
      if (alive[edge]! > 0) continue;
      for (const node of [net.edgeLower[edge]!, net.edgeUpper[edge]!]) {
        if (deadNodes.includes(node)) continue;
        const of = component[switchOfNode[node]!]!;
        touched.set(of, (touched.get(of) ?? new Set()).add(node));
      }
    }
    for (const nodes of touched.values()) if (!search.areJoined([...nodes], alive)) return false;
    return true;
  }
}

/** The AllReduce bandwidth of a server over its unbroken rails, in Gbps. */
function allReduceGbps(
  rates: Float64Array,
  railBroken: Uint8Array,
  perRail: number,
  balance: Cluster["training"]["railBalance"],
): number {
  let sum = 0;
  let least = Number.POSITIVE_INFINITY;
  let rails = 0;
  for (let rail = 0; rail < railBroken.length; rail++) {
    if (railBroken[rail] === 1) continue;
    let rate = 0;
    for (let index = 0; index < perRail; index++) rate += rates[rail * perRail + index]!;
    sum += rate;
    least = Math.min(least, rate);
    rails++;
  }
  if (rails === 0) return 0;
  return balance === "proportional" ? sum : rails * least;
}
