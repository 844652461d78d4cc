/** Articulation points and bridges in one depth-first pass (Tarjan), without recursion, over typed arrays. */

import type { Graph } from "./graph.ts";

export interface CutSet {
  /** Nodes whose removal leaves more components than before, ascending. */
  readonly articulationPoints: Int32Array;
  /** Edges whose removal leaves more components: bridge i joins bridgeFrom[i] (nearer the root) and bridgeTo[i]. */
  readonly bridgeFrom: Int32Array;
  readonly bridgeTo: Int32Array;
}

/** Linear in nodes and edges. An edge that has a parallel one is no bridge. */
export function findCuts(graph: Graph): CutSet {
  const { nodeCount, offsets, targets } = graph;
  /** Order of discovery from 1; 0 while undiscovered. */
  const order = new Int32Array(nodeCount);
  const low = new Int32Array(nodeCount);
  const parent = new Int32Array(nodeCount);
  const cursor = new Int32Array(nodeCount);
  const isCut = new Uint8Array(nodeCount);
  const bridgeFrom: number[] = [];
  const bridgeTo: number[] = [];
  let time = 0;
  let cutCount = 0;
  for (let root = 0; root < nodeCount; root++) {
    if (order[root] !== 0) continue;
    order[root] = ++time;
    let rootChildren = 0;
    let node = root;
    let above = -1;
    let nodeOrder = time;
    let nodeLow = time;
    let at = offsets[root]!;
    let end = offsets[root + 1]!;
    /** Whether the edge to the parent was met: a second one is a parallel edge. */
    let metParent = false;
    for (;;) {
      if (at < end) {
        const target = targets[at++]!;
        const targetOrder = order[target]!;
        if (targetOrder === 0) {
          low[node] = nodeLow;
          cursor[node] = metParent ? ~at : at;
          parent[target] = node;
          above = node;
          node = target;
          nodeOrder = ++time;
          nodeLow = time;
          order[target] = time;
          at = offsets[target]!;
          end = offsets[target + 1]!;
          metParent = false;
        } else if (target === above && !metParent) {
          metParent = true;
        } else if (targetOrder < nodeLow) {
          nodeLow = targetOrder;
        }
        continue;
      }
      if (node === root) break;
      const child = node;
      const childLow = nodeLow;
      node = above;
      nodeOrder = order[node]!;
      nodeLow = low[node]!;
      const saved = cursor[node]!;
      metParent = saved < 0;
      at = metParent ? ~saved : saved;
      end = offsets[node + 1]!;
      above = node === root ? -1 : parent[node]!;
      if (childLow < nodeLow) nodeLow = childLow;
      if (childLow > nodeOrder) {
        bridgeFrom.push(node);
        bridgeTo.push(child);
      }
      if (node === root) rootChildren++;
      else if (childLow >= nodeOrder && isCut[node] === 0) {
        isCut[node] = 1;
        cutCount++;
      }
    }
    if (rootChildren > 1) {
      isCut[root] = 1;
      cutCount++;
    }
  }
  const articulationPoints = new Int32Array(cutCount);
  for (let node = 0, at = 0; node < nodeCount; node++) if (isCut[node] === 1) articulationPoints[at++] = node;
  return { articulationPoints, bridgeFrom: Int32Array.from(bridgeFrom), bridgeTo: Int32Array.from(bridgeTo) };
}
