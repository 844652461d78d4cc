/** Connected components of a graph, all of it or what is left after removals. */

import type { Graph } from "./graph.ts";

export interface Components {
  readonly count: number;
  /** Component of each node, numbered from 0 in the order of their lowest nodes; -1 for removed nodes. */
  readonly of: Int32Array;
}

/** `removed` nodes (1 marks one) take their edges with them. */
export function findComponents(graph: Graph, removed?: Uint8Array): Components {
  const { nodeCount, offsets, targets } = graph;
  const of = new Int32Array(nodeCount).fill(-1);
  const queue = new Int32Array(nodeCount);
  let count = 0;
  for (let root = 0; root < nodeCount; root++) {
    if (of[root] !== -1 || removed?.[root] === 1) continue;
    let tail = 0;
    queue[tail++] = root;
    of[root] = count;
    for (let head = 0; head < tail; head++) {
      const node = queue[head]!;
      for (let at = offsets[node]!; at < offsets[node + 1]!; at++) {
        const target = targets[at]!;
        if (of[target] !== -1 || removed?.[target] === 1) continue;
        of[target] = count;
        queue[tail++] = target;
      }
    }
    count++;
  }
  return { count, of };
}
