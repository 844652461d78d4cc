/**
 * How one unit of traffic from a leaf to a leaf spreads by equal-cost multipath: at each switch equally over the links
 * of all shortest up-down paths that still lead to the destination. Where no up-down path is left but the switches are
 * still joined, over all shortest paths.
 */

import { assert } from "../base/assert.ts";
import type { Net } from "./net.ts";

const unreached = -1;
/** More hops than any path has. */
const far = 0x3fffffff;

/** Computes one flow at a time; the result lies in `edges`, `shares` and `count` until the next. */
export class UnitFlow {
  /** Edge x 2, plus 1 when it is used downwards. */
  edges = new Int32Array(256);
  /** Share of the unit on each link of the edge. */
  shares = new Float64Array(256);
  count = 0;
  /** Set when a flow found no up-down path; whoever wants to know clears it first. */
  wentAnyway = false;
  readonly #net: Net;
  /** Links of each edge that live. */
  #alive: Int32Array;
  readonly #distanceDown: Int32Array;
  readonly #distanceUp: Int32Array;
  readonly #flowUp: Float64Array;
  readonly #flowDown: Float64Array;
  readonly #outUp: Int32Array;
  readonly #outDown: Int32Array;
  readonly #climbFrom: number[] = [];
  readonly #climbTo: number[] = [];

  constructor(net: Net) {
    this.#net = net;
    this.#alive = net.edgeLinks;
    this.#distanceDown = new Int32Array(net.nodeCount).fill(unreached);
    this.#distanceUp = new Int32Array(net.nodeCount).fill(unreached);
    this.#flowUp = new Float64Array(net.nodeCount);
    this.#flowDown = new Float64Array(net.nodeCount);
    this.#outUp = new Int32Array(net.nodeCount);
    this.#outDown = new Int32Array(net.nodeCount);
  }

  /** The flow from node `from` to node `to`, which must be joined by living links (`alive` counts them by edge). */
  compute(from: number, to: number, alive: Int32Array): void {
    this.#alive = alive;
    this.count = 0;
    const { edgeLower, edgeUpper } = this.#net;
    const down = this.#distanceDown;
    const up = this.#distanceUp;
    const climbTo = this.#climb(to, down, this.#climbTo);
    const climbFrom = this.#climb(from, up, this.#climbFrom);
    // What climbing from `from` reaches becomes: least hops to `to`, still free to go up.
    up[from] = -2;
    for (const edge of climbFrom) up[edgeUpper[edge]!] = -2;
    for (const edge of climbFrom) {
      const node = edgeUpper[edge]!;
      if (up[node] === -2) up[node] = down[node]! >= 0 ? down[node]! : far;
    }
    if (up[from] === -2) up[from] = down[from]! >= 0 ? down[from]! : far;
    for (let changed = true; changed; ) {
      changed = false;
      for (let index = climbFrom.length - 1; index >= 0; index--) {
        const edge = climbFrom[index]!;
        const through = up[edgeUpper[edge]!]! + 1;
        if (through < up[edgeLower[edge]!]!) {
          up[edgeLower[edge]!] = through;
          changed = true;
        }
      }
    }
    if (up[from]! < far) this.#spread(from, climbFrom, climbTo);
    const found = up[from]! < far;
    down[to] = unreached;
    up[from] = unreached;
    for (const edge of climbTo) down[edgeUpper[edge]!] = unreached;
    for (const edge of climbFrom) up[edgeUpper[edge]!] = unreached;
    if (!found) this.#spreadAnyway(from, to);
  }

  /** Edges on the way up from a node, breadth first; fills the hops to each node above. */
  #climb(start: number, distance: Int32Array, edges: number[]): number[] {
    const { offsets, split, edgesOf, edgeUpper } = this.#net;
    edges.length = 0;
    distance[start] = 0;
    let head = 0;
    let node = start;
    const seen: number[] = [];
    for (;;) {
      for (let at = offsets[node]!; at < split[node]!; at++) {
        const edge = edgesOf[at]!;
        if (this.#alive[edge]! <= 0) continue;
        edges.push(edge);
        const above = edgeUpper[edge]!;
        if (distance[above] !== unreached) continue;
        distance[above] = distance[node]! + 1;
        seen.push(above);
      }
      if (head === seen.length) return edges;
      node = seen[head++]!;
    }
  }

  #spread(from: number, climbFrom: readonly number[], climbTo: readonly number[]): void {
    const { edgeLower, edgeUpper } = this.#net;
    const alive = this.#alive;
    const down = this.#distanceDown;
    const up = this.#distanceUp;
    const flowUp = this.#flowUp;
    const flowDown = this.#flowDown;
    const outUp = this.#outUp;
    const outDown = this.#outDown;
    for (const edge of climbFrom) {
      const [low, high] = [edgeLower[edge]!, edgeUpper[edge]!];
      flowUp[low] = flowUp[high] = outUp[low] = outUp[high] = 0;
    }
    for (const edge of climbTo) {
      const [low, high] = [edgeLower[edge]!, edgeUpper[edge]!];
      flowDown[low] = flowDown[high] = outDown[low] = outDown[high] = 0;
    }
    flowUp[from] = 1;
    outUp[from] = 0;
    for (const edge of climbFrom)
      if (up[edgeLower[edge]!] === up[edgeUpper[edge]!]! + 1) outUp[edgeLower[edge]!]! += alive[edge]!;
    for (const edge of climbTo) {
      const high = edgeUpper[edge]!;
      if (down[high] !== down[edgeLower[edge]!]! + 1) continue;
      outDown[high]! += alive[edge]!;
      if (up[high] === down[high]) outUp[high]! += alive[edge]!;
    }
    for (const edge of climbFrom) {
      const low = edgeLower[edge]!;
      if (flowUp[low] === 0 || up[low] !== up[edgeUpper[edge]!]! + 1) continue;
      const share = flowUp[low]! / outUp[low]!;
      this.#emit(2 * edge, share);
      flowUp[edgeUpper[edge]!]! += share * alive[edge]!;
    }
    for (let index = climbTo.length - 1; index >= 0; index--) {
      const edge = climbTo[index]!;
      const low = edgeLower[edge]!;
      const high = edgeUpper[edge]!;
      if (down[high] !== down[low]! + 1) continue;
      const turned = up[high] === down[high] && flowUp[high]! > 0 ? flowUp[high]! / outUp[high]! : 0;
      const share = turned + (flowDown[high]! > 0 ? flowDown[high]! / outDown[high]! : 0);
      if (share === 0) continue;
      this.#emit(2 * edge + 1, share);
      flowDown[low]! += share * alive[edge]!;
    }
  }

  /** Equal-cost over all shortest paths, whatever their shape. */
  #spreadAnyway(from: number, to: number): void {
    this.wentAnyway = true;
    const { nodeCount, offsets, edgesOf, edgeLower, edgeUpper } = this.#net;
    const distance = new Int32Array(nodeCount).fill(unreached);
    const queue = [to];
    distance[to] = 0;
    const other = (edge: number, node: number) => (edgeLower[edge] === node ? edgeUpper[edge]! : edgeLower[edge]!);
    for (const node of queue) {
      for (let at = offsets[node]!; at < offsets[node + 1]!; at++) {
        const next = other(edgesOf[at]!, node);
        if (this.#alive[edgesOf[at]!]! <= 0 || distance[next] !== unreached) continue;
        distance[next] = distance[node]! + 1;
        queue.push(next);
      }
    }
    assert(distance[from]! >= 0, "the two leaves are joined");
    const flow = new Float64Array(nodeCount);
    flow[from] = 1;
    for (const node of queue.reverse()) {
      if (flow[node] === 0 || node === to) continue;
      const onward = Array.from(edgesOf.subarray(offsets[node]!, offsets[node + 1]!)).filter(
        (edge) => this.#alive[edge]! > 0 && distance[other(edge, node)] === distance[node]! - 1,
      );
      const share = flow[node]! / onward.reduce((sum, edge) => sum + this.#alive[edge]!, 0);
      for (const edge of onward) {
        this.#emit(2 * edge + (edgeLower[edge] === node ? 0 : 1), share);
        flow[other(edge, node)]! += share * this.#alive[edge]!;
      }
    }
  }

  #emit(directedEdge: number, share: number): void {
    if (this.count === this.edges.length) {
      const edges = new Int32Array(2 * this.count);
      const shares = new Float64Array(2 * this.count);
      edges.set(this.edges);
      shares.set(this.shares);
      this.edges = edges;
      this.shares = shares;
    }
    this.edges[this.count] = directedEdge;
    this.shares[this.count++] = share;
  }
}
