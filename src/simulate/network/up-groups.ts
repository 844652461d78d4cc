/**
 * Switches with the same switches above them, such as the leaves of a pod: while all their links up are in use, the ways up
 * are the same from each of them.
 */

import type { Network } from "./network.ts";

/** The groups: a number for each switch, from 0 on without gaps. */
export interface UpGroups {
  readonly of: Int32Array;
  readonly count: number;
}

/** Groups of switches whose rows of links lead to the same switches above, in the same order. */
export function upGroupsOf({ offsets, split, neighbours, fabric }: Network): UpGroups {
  const of = new Int32Array(fabric.switches.count);
  /** First switches of the groups, by a hash of their rows. */
  const firsts = new Map<number, number[]>();
  let count = 0;
  const isSame = (one: number, other: number) => {
    const length = split[one]! - offsets[one]!;
    if (split[other]! - offsets[other]! !== length) return false;
    for (let at = 0; at < length; at++)
      if (neighbours[offsets[one]! + at] !== neighbours[offsets[other]! + at]) return false;
    return true;
  };
  for (let node = 0; node < of.length; node++) {
    let hash = 0;
    for (let at = offsets[node]!; at < split[node]!; at++) hash = (Math.imul(hash, 31) + neighbours[at]!) | 0;
    const alike = firsts.get(hash) ?? [];
    const first = alike.find((each) => isSame(each, node));
    if (first !== undefined) of[node] = of[first]!;
    else {
      of[node] = count++;
      firsts.set(hash, [...alike, node]);
    }
  }
  return { of, count };
}
