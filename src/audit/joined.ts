/** Whether switches stay joined after a failure: exact, on the merged switch graph. */

import type { Net } from "./net.ts";
import type { ComponentOf } from "./survivors.ts";

/** Components of switches over living edges, numbered from 0; dead nodes get -1. */
export function switchComponents(net: Net, alive: Int32Array, deadNodes: readonly number[]): ComponentOf {
  const nodeComponent = new Int32Array(net.nodeCount).fill(-1);
  const dead = new Set(deadNodes);
  const component = new Int32Array(net.nodeOf.length).fill(-1);
  let count = 0;
  const queue: number[] = [];
  for (let index = 0; index < net.nodeOf.length; index++) {
    const root = net.nodeOf[index]!;
    if (dead.has(root)) continue;
    if (nodeComponent[root] === -1) {
      nodeComponent[root] = count;
      queue.length = 0;
      queue.push(root);
      for (const node of queue)
        visitNeighbours(net, alive, node, (next) => {
          if (nodeComponent[next] !== -1) return;
          nodeComponent[next] = count;
          queue.push(next);
        });
      count++;
    }
    component[index] = nodeComponent[root]!;
  }
  return component;
}

function visitNeighbours(net: Net, alive: Int32Array, node: number, visit: (next: number) => void): void {
  for (let at = net.offsets[node]!; at < net.offsets[node + 1]!; at++) {
    const edge = net.edgesOf[at]!;
    if (alive[edge]! <= 0) continue;
    visit(net.edgeLower[edge] === node ? net.edgeUpper[edge]! : net.edgeLower[edge]!);
  }
}

/** Searches over one net again and again with little work where the answer is near. */
export class JoinedSearch {
  readonly #net: Net;
  readonly #mark: Int32Array;
  #stamp = 0;

  constructor(net: Net) {
    this.#net = net;
    this.#mark = new Int32Array(net.nodeCount);
  }

  /** Whether all the nodes are joined with the first of them over living edges. */
  areJoined(nodes: readonly number[], alive: Int32Array): boolean {
    if (nodes.length < 2) return true;
    const wanted = new Set(nodes);
    const mark = this.#mark;
    const stamp = ++this.#stamp;
    const queue = [nodes[0]!];
    mark[nodes[0]!] = stamp;
    wanted.delete(nodes[0]!);
    for (const node of queue) {
      visitNeighbours(this.#net, alive, node, (next) => {
        if (mark[next] === stamp) return;
        mark[next] = stamp;
        wanted.delete(next);
        queue.push(next);
      });
      if (wanted.size === 0) return true;
    }
    return false;
  }
}
