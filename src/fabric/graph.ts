/** Undirected graphs in compressed rows, and the part graph of a fabric. */

import type { Fabric } from "./types.ts";
import { kindCode } from "./types.ts";

/** Neighbours of node v: targets[offsets[v]] up to targets[offsets[v + 1]]. Every edge stands twice. Parallel edges may occur. */
export interface Graph {
  readonly nodeCount: number;
  readonly edgeCount: number;
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
}

/** Edges as two columns of node indices. */
export interface EdgeList {
  readonly count: number;
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** The graph of a list of edges; parallel edges are kept, loops must not occur. */
export function graphOfEdges(nodeCount: number, edges: EdgeList): Graph {
  const offsets = new Int32Array(nodeCount + 1);
  const { count, from, to } = edges;
  for (let edge = 0; edge < count; edge++) {
    offsets[from[edge]! + 1]!++;
    offsets[to[edge]! + 1]!++;
  }
  for (let node = 0; node < nodeCount; node++) offsets[node + 1]! += offsets[node]!;
  const next = offsets.slice(0, nodeCount);
  const targets = new Int32Array(2 * count);
  for (let edge = 0; edge < count; edge++) {
    const low = from[edge]!;
    const high = to[edge]!;
    targets[next[low]!++] = high;
    targets[next[high]!++] = low;
  }
  return { nodeCount, edgeCount: count, offsets, targets };
}

/**
 * Edges of the part graph: server - NIC - NIC port - module - cable - module - cage - switch, each once also where
 * links share a module, a cable or a cage. Parts that a link does not have (-1) are left out of its chain. Shared
 * things (feeds, racks, control planes) are nodes without edges: they are removed as groups.
 */
export function partEdges(fabric: Fabric): EdgeList {
  const { parts, links } = fabric;
  const columns = [links.lowerPort, links.lowerModule, links.cable, links.upperModule, links.upperPort];
  const degree = new Int32Array(parts.count + 1);
  const eachStep = (visit: (low: number, high: number) => void) => {
    for (let link = 0; link < links.count; link++) {
      let last = -1;
      for (const column of columns) {
        const part = column[link]!;
        if (part < 0) continue;
        if (last >= 0) visit(last, part);
        last = part;
      }
    }
  };
  eachStep((low) => degree[low + 1]!++);
  for (let part = 0; part < parts.count; part++) degree[part + 1]! += degree[part]!;
  const steps = new Int32Array(degree[parts.count]!);
  const next = degree.slice(0, parts.count);
  eachStep((low, high) => {
    steps[next[low]!++] = high;
  });
  const from = new Int32Array(steps.length + parts.count);
  const to = new Int32Array(steps.length + parts.count);
  const seenFrom = new Int32Array(parts.count).fill(-1);
  let count = 0;
  const add = (low: number, high: number) => {
    from[count] = low;
    to[count++] = high;
  };
  for (let part = 0; part < parts.count; part++) {
    const kind = parts.kind[part]!;
    const owned = kind === kindCode.nic || kind === kindCode["nic-port"] || kind === kindCode.cage;
    if (owned && parts.owner[part]! >= 0) add(part, parts.owner[part]!);
    for (let step = degree[part]!; step < degree[part + 1]!; step++) {
      const high = steps[step]!;
      if (seenFrom[high] === part) continue;
      seenFrom[high] = part;
      add(part, high);
    }
  }
  return { count, from: from.subarray(0, count), to: to.subarray(0, count) };
}

/** The part graph of a fabric: one node for each part. */
export function partGraph(fabric: Fabric): Graph {
  return graphOfEdges(fabric.parts.count, partEdges(fabric));
}
