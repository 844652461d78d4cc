/**
 * The switch graph with equal switches merged. Leaves, and switches marked as special, stay by themselves; the others
 * are merged by colour refinement until every switch of a class has equally many links to every other class (an
 * equitable partition). From a leaf to a leaf, equal-cost shares are then the same on every link between two classes:
 * all switches of a class lie equally far from the destination and receive and split equally, by induction over the
 * hops. So flows on the merged graph, with its link counts, are exactly those on the fabric.
 */

import type { Fabric } from "../fabric/types.ts";
import type { SwitchPairs } from "./switch-pairs.ts";

export interface Net {
  readonly nodeCount: number;
  /** Node of each switch. */
  readonly nodeOf: Int32Array;
  /** Switches in each node. */
  readonly members: Int32Array;
  readonly edgeCount: number;
  readonly edgeLower: Int32Array;
  readonly edgeUpper: Int32Array;
  /** Links of each edge in all. */
  readonly edgeLinks: Int32Array;
  /** Speed of each of the links, in Gbps. */
  readonly edgeGbps: Float64Array;
  /** Edge of each pair of switches. */
  readonly edgeOfPair: Int32Array;
  /** Edges of each node: edgesOf[offsets[n]] up to edgesOf[split[n]] go up, from there to offsets[n + 1] go down. */
  readonly offsets: Int32Array;
  readonly split: Int32Array;
  readonly edgesOf: Int32Array;
}

/** Merges the switches that are neither leaves nor special. */
export function mergeSwitches(fabric: Fabric, pairs: SwitchPairs, special: Uint8Array): Net {
  const nodeOf = refine(fabric, pairs, special);
  const nodeCount = nodeOf.reduce((most, node) => Math.max(most, node + 1), 0);
  const members = new Int32Array(nodeCount);
  for (const node of nodeOf) members[node]!++;
  const found = new Map<string, number>();
  const lower: number[] = [];
  const upper: number[] = [];
  const links: number[] = [];
  const speeds: number[] = [];
  const edgeOfPair = new Int32Array(pairs.count);
  for (let pair = 0; pair < pairs.count; pair++) {
    const low = nodeOf[pairs.lower[pair]!]!;
    const high = nodeOf[pairs.upper[pair]!]!;
    const key = `${low}-${high}@${pairs.speedGbps[pair]}`;
    let edge = found.get(key);
    if (edge === undefined) {
      edge = lower.length;
      found.set(key, edge);
      lower.push(low);
      upper.push(high);
      links.push(0);
      speeds.push(pairs.speedGbps[pair]!);
    }
    edgeOfPair[pair] = edge;
    links[edge]! += pairs.links[pair]!;
  }
  return {
    nodeCount,
    nodeOf,
    members,
    edgeCount: lower.length,
    edgeLower: Int32Array.from(lower),
    edgeUpper: Int32Array.from(upper),
    edgeLinks: Int32Array.from(links),
    edgeGbps: Float64Array.from(speeds),
    edgeOfPair,
    ...rowsOfEdges(nodeCount, lower, upper),
  };
}

function rowsOfEdges(nodeCount: number, lower: readonly number[], upper: readonly number[]) {
  const offsets = new Int32Array(nodeCount + 1);
  const ups = new Int32Array(nodeCount);
  for (let edge = 0; edge < lower.length; edge++) {
    offsets[lower[edge]! + 1]!++;
    offsets[upper[edge]! + 1]!++;
    ups[lower[edge]!]!++;
  }
  for (let node = 0; node < nodeCount; node++) offsets[node + 1]! += offsets[node]!;
  const split = ups.map((count, node) => offsets[node]! + count);
  const nextUp = offsets.slice(0, nodeCount);
  const nextDown = split.slice();
  const edgesOf = new Int32Array(2 * lower.length);
  for (let edge = 0; edge < lower.length; edge++) {
    edgesOf[nextUp[lower[edge]!]!++] = edge;
    edgesOf[nextDown[upper[edge]!]!++] = edge;
  }
  return { offsets, split, edgesOf };
}

/** Colours of switches, refined until each class has equally many links to every class. */
function refine(fabric: Fabric, pairs: SwitchPairs, special: Uint8Array): Int32Array {
  const count = fabric.switches.count;
  const fixed = Uint8Array.from(special, (mark, index) => mark | pairs.isLeaf[index]!);
  let colour = new Int32Array(count);
  let colours = 0;
  const renumber = (keyOf: (index: number) => string) => {
    const ids = new Map<string, number>();
    const fresh = new Int32Array(count);
    for (let index = 0; index < count; index++) {
      const key = fixed[index] === 1 ? `=${index}` : keyOf(index);
      let id = ids.get(key);
      if (id === undefined) {
        id = ids.size;
        ids.set(key, id);
      }
      fresh[index] = id;
    }
    colour = fresh;
    return ids.size;
  };
  let next = renumber((index) => `${fabric.switches.tier[index]}`);
  while (next !== colours) {
    colours = next;
    const before = colour;
    next = renumber((index) => {
      const tally = new Map<number, number>();
      for (let at = pairs.offsets[index]!; at < pairs.offsets[index + 1]!; at++) {
        const pair = pairs.pairOf[at]!;
        const isLower = pairs.lower[pair] === index;
        const code = 2 * before[isLower ? pairs.upper[pair]! : pairs.lower[pair]!]! + (isLower ? 1 : 0);
        tally.set(code, (tally.get(code) ?? 0) + pairs.links[pair]!);
      }
      const row = [...tally].sort((left, right) => left[0] - right[0]);
      return `${before[index]}:${row.join(";")}`;
    });
  }
  return colour;
}
