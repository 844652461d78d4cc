/** Tiers by distance from the servers, planes and pods by what hangs together. docs/import.md has the rules. */

import { importLimits } from "./limits.ts";

/** Links between switches: pairs of switch numbers. */
export interface SwitchLinks {
  readonly count: number;
  readonly one: Int32Array;
  readonly other: Int32Array;
}

export interface Layers {
  /** Hops from the nearest leaf. */
  readonly distance: Int32Array;
  readonly plane: Int32Array;
  readonly planes: number;
  readonly pod: Int32Array;
}

/** 0 leaf, 1 spine, 2 core and everything beyond it. */
export const tierOf = (distance: number): 0 | 1 | 2 => (distance >= 2 ? 2 : distance === 1 ? 1 : 0);

/** `hostLinks`: links to servers of each switch. */
export function findLayers(switches: number, links: SwitchLinks, hostLinks: Int32Array): Layers {
  const neighbours = rowsOf(switches, links);
  const distance = distances(switches, neighbours, leavesOf(switches, neighbours, hostLinks));
  const all = Array.from({ length: switches }, (_, index) => index);
  const plane = components(switches, neighbours, all, () => true);
  const sizes = new Map<number, number>();
  for (const each of plane) sizes.set(each, (sizes.get(each) ?? 0) + 1);
  // Number the planes by their first switch, the largest first where there are too many.
  const order = [...sizes.keys()];
  if (order.length > importLimits.planesMax)
    order.sort((left, right) => sizes.get(right)! - sizes.get(left)! || left - right);
  const number = new Map(order.map((each, index) => [each, Math.min(index, importLimits.planesMax - 1)]));
  const belowCores = all.filter((index) => tierOf(distance[index]!) < 2);
  const pods = components(switches, neighbours, belowCores, (index) => tierOf(distance[index]!) < 2);
  const planeOf = plane.map((each) => number.get(each)!);
  return {
    distance,
    plane: planeOf,
    planes: Math.min(order.length, importLimits.planesMax),
    pod: podNumbers(pods, planeOf),
  };
}

interface Rows {
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
}

function rowsOf(switches: number, { count, one, other }: SwitchLinks): Rows {
  const offsets = new Int32Array(switches + 1);
  for (let link = 0; link < count; link++) {
    offsets[one[link]! + 1]!++;
    offsets[other[link]! + 1]!++;
  }
  for (let index = 0; index < switches; index++) offsets[index + 1]! += offsets[index]!;
  const next = offsets.slice(0, switches);
  const targets = new Int32Array(2 * count);
  for (let link = 0; link < count; link++) {
    targets[next[one[link]!]!++] = other[link]!;
    targets[next[other[link]!]!++] = one[link]!;
  }
  return { offsets, targets };
}

/**
 * Leaves: switches with servers. A spine on which a few hosts hang (a subnet manager, a gateway) is none: at least two
 * switches, and half of those next to it, have more servers than it has itself.
 */
function leavesOf(switches: number, { offsets, targets }: Rows, hostLinks: Int32Array): number[] {
  const leaves: number[] = [];
  for (let index = 0; index < switches; index++) {
    if (hostLinks[index] === 0) continue;
    const around = new Set(targets.subarray(offsets[index]!, offsets[index + 1]!));
    let fuller = 0;
    for (const other of around) if (hostLinks[other]! > hostLinks[index]!) fuller++;
    if (fuller < 2 || 2 * fuller < around.size) leaves.push(index);
  }
  return leaves;
}

/** Hops from the nearest of `starts`; what none reaches counts as a leaf. */
function distances(switches: number, { offsets, targets }: Rows, starts: readonly number[]): Int32Array {
  const distance = new Int32Array(switches).fill(-1);
  const queue = [...starts];
  for (const start of starts) distance[start] = 0;
  for (const from of queue) {
    for (let at = offsets[from]!; at < offsets[from + 1]!; at++) {
      const to = targets[at]!;
      if (distance[to] !== -1) continue;
      distance[to] = distance[from]! + 1;
      queue.push(to);
    }
  }
  return distance.map((each) => Math.max(0, each));
}

/** The least member of what hangs together, for each of `members`; -1 for the others. */
function components(
  switches: number,
  { offsets, targets }: Rows,
  members: readonly number[],
  isMember: (index: number) => boolean,
): Int32Array {
  const component = new Int32Array(switches).fill(-1);
  for (const start of members) {
    if (component[start] !== -1) continue;
    component[start] = start;
    const queue = [start];
    for (const from of queue) {
      for (let at = offsets[from]!; at < offsets[from + 1]!; at++) {
        const to = targets[at]!;
        if (component[to] !== -1 || !isMember(to)) continue;
        component[to] = start;
        queue.push(to);
      }
    }
  }
  return component;
}

/** Pods numbered from 0 in each plane; cores are in pod 0. */
function podNumbers(pods: Int32Array, plane: Int32Array): Int32Array {
  const numbers = new Map<number, number>();
  const counts = new Map<number, number>();
  return pods.map((pod, index) => {
    if (pod === -1) return 0;
    const known = numbers.get(pod);
    if (known !== undefined) return known;
    const number = counts.get(plane[index]!) ?? 0;
    counts.set(plane[index]!, number + 1);
    numbers.set(pod, number);
    return number;
  });
}
