/** The switches of a fabric as a graph of pairs: two switches joined by one or more parallel links of one speed. */

import type { Fabric } from "../fabric/types.ts";

export interface SwitchPairs {
  readonly count: number;
  readonly lower: Int32Array;
  readonly upper: Int32Array;
  /** Parallel links of each pair. */
  readonly links: Int32Array;
  /** Speed of each of the links, in Gbps. */
  readonly speedGbps: Float64Array;
  /** Pair of each link; -1 for access links. */
  readonly ofLink: Int32Array;
  /** Number of each link within its pair, from 0, in the order of link indices. */
  readonly laneOfLink: Int32Array;
  /** Pairs of each switch: pairOf[offsets[s]] up to pairOf[offsets[s + 1]]. */
  readonly offsets: Int32Array;
  readonly pairOf: Int32Array;
  /** 1 for switches that servers can hang on (the first tier, and any other with an access link). */
  readonly isLeaf: Uint8Array;
}

export function switchPairs(fabric: Fabric): SwitchPairs {
  const { links, switches } = fabric;
  const ofLink = new Int32Array(links.count).fill(-1);
  const laneOfLink = new Int32Array(links.count);
  const isLeaf = Uint8Array.from(switches.tier, (tier) => (tier === 0 ? 1 : 0));
  const found = new Map<string, number>();
  const lower: number[] = [];
  const upper: number[] = [];
  const parallel: number[] = [];
  const speed: number[] = [];
  const degree = new Int32Array(switches.count + 1);
  for (let link = 0; link < links.count; link++) {
    const above = links.upperSwitch[link]!;
    const below = links.lowerSwitch[link]!;
    if (below < 0) {
      isLeaf[above] = 1;
      continue;
    }
    const key = `${below}-${above}@${links.speedGbps[link]}`;
    let pair = found.get(key);
    if (pair === undefined) {
      pair = lower.length;
      found.set(key, pair);
      lower.push(below);
      upper.push(above);
      parallel.push(0);
      speed.push(links.speedGbps[link]!);
      degree[below + 1]!++;
      degree[above + 1]!++;
    }
    ofLink[link] = pair;
    laneOfLink[link] = parallel[pair]!++;
  }
  for (let index = 0; index < switches.count; index++) degree[index + 1]! += degree[index]!;
  const next = degree.slice(0, switches.count);
  const pairOf = new Int32Array(2 * lower.length);
  for (let pair = 0; pair < lower.length; pair++) {
    pairOf[next[lower[pair]!]!++] = pair;
    pairOf[next[upper[pair]!]!++] = pair;
  }
  return {
    count: lower.length,
    lower: Int32Array.from(lower),
    upper: Int32Array.from(upper),
    links: Int32Array.from(parallel),
    speedGbps: Float64Array.from(speed),
    ofLink,
    laneOfLink,
    offsets: degree,
    pairOf,
    isLeaf,
  };
}
