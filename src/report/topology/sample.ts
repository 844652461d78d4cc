/** Which switches of a plane are drawn by themselves: all of a small tier, else first ones, a gap with a count, and last ones. */

import type { Fabric } from "../../fabric/index.ts";
import type { ServerGroups } from "./groups.ts";

/** One place in a row: a switch (its switch index), or a number of them that are not drawn. */
export type Slot =
  | { readonly kind: "switch"; readonly index: number }
  | { readonly kind: "gap"; readonly hidden: number };

/** Neighbours that belong together: of one pod, one server group or one core group. */
export interface Bunch {
  readonly slots: readonly Slot[];
  /** Pod of leaves and spines; group of cores. From 0. */
  readonly pod: number;
}

export interface Row {
  readonly bunches: readonly Bunch[];
  /** Pods, server groups or core groups between the bunches that are not drawn, and what they are. */
  readonly hidden: number;
  readonly hiddenNoun: string;
}

/** Switches of one tier of one plane, in order. */
export function switchesOf(fabric: Fabric, plane: number, tier: number): number[] {
  const found: number[] = [];
  const { switches } = fabric;
  for (let index = 0; index < switches.count; index++)
    if (switches.plane[index] === plane && switches.tier[index] === tier) found.push(index);
  return found;
}

/** All of them when they fit into `boxesMax` places; else the first ones, a gap and the last one. */
export function sampleSlots(indices: readonly number[], boxesMax: number): Slot[] {
  const slot = (index: number): Slot => ({ kind: "switch", index });
  if (indices.length <= boxesMax) return indices.map(slot);
  const head = indices.slice(0, Math.min(5, Math.max(1, boxesMax - 1)));
  const hidden = indices.length - head.length - 1;
  return [...head.map(slot), ...(hidden === 0 ? [] : [{ kind: "gap", hidden } as const]), slot(indices.at(-1)!)];
}

function bunchesBy(indices: readonly number[], keyOf: (index: number) => number): number[][] {
  const found = new Map<number, number[]>();
  for (const index of indices) {
    const key = keyOf(index);
    const bunch = found.get(key);
    if (bunch === undefined) found.set(key, [index]);
    else bunch.push(index);
  }
  return [...found.values()];
}

interface RowChoice {
  readonly podOf: (index: number) => number;
  /** Draw every bunch, each box of it. */
  readonly whole: boolean;
  readonly boxesMax: number;
  readonly noun: string;
}

/** Every bunch, or only the first and the last, each sampled. */
function rowOf(bunches: readonly (readonly number[])[], { podOf, whole, boxesMax, noun }: RowChoice): Row {
  const shown = whole || bunches.length <= 2 ? bunches : [bunches[0]!, bunches.at(-1)!];
  const boxesEach = shown.length === 1 ? boxesMax : Math.floor(boxesMax / 2) - (boxesMax <= boxesNarrow ? 1 : 0);
  return {
    bunches: shown.map((bunch) => ({
      slots: sampleSlots(bunch, whole ? Math.max(bunch.length, boxesMax) : boxesEach),
      pod: podOf(bunch[0]!),
    })),
    hidden: bunches.length - shown.length,
    hiddenNoun: noun,
  };
}

/** Boxes in a row where two planes share the width of the picture, and where one has it alone. */
export const boxesNarrow = 8;
export const boxesWide = 16;

/** The rows of a plane: leaves, spines, cores (empty where the tier is absent), each with at most about `boxesMax` boxes. */
export function samplePlane(fabric: Fabric, groups: ServerGroups, plane: number, boxesMax: number): [Row, Row, Row] {
  const podOf = (index: number) => fabric.switches.pod[index]!;
  const groupOf = (index: number) => groups.groupOfLeaf[index]!;
  const [leaves, spines, cores] = [0, 1, 2].map((tier) => switchesOf(fabric, plane, tier)) as [
    number[],
    number[],
    number[],
  ];
  const fits = (indices: readonly number[]) => indices.length <= boxesMax;
  const coreRow = rowOf(bunchesBy(cores, podOf), { podOf, whole: fits(cores), boxesMax, noun: "core group" });
  const pods = bunchesBy(leaves, podOf);
  if (pods.length <= 1) {
    const byGroup = bunchesBy(leaves, groupOf);
    const single = byGroup.every((bunch) => bunch.length === 1);
    const choice = { podOf, whole: fits(leaves), boxesMax, noun: "group" };
    const leafRow = rowOf(single && leaves.length > 0 ? [leaves] : byGroup, choice);
    return [leafRow, rowOf(bunchesBy(spines, podOf), { ...choice, whole: fits(spines), noun: "pod" }), coreRow];
  }
  const choice = { podOf, whole: fits(leaves) && fits(spines), boxesMax, noun: "pod" };
  const leafRow = rowOf(pods, choice);
  const spineRow = rowOf(bunchesBy(spines, podOf), choice);
  if (choice.whole) return [leafRow, spineRow, coreRow];
  const bunches = leafRow.bunches.map((bunch, place) => oneGroup(bunch, pods, place, groupOf, boxesMax));
  return [{ ...leafRow, bunches }, spineRow, coreRow];
}

/** Of a pod with several server groups, the first group (of the last pod: the last group), and how many leaves are left out. */
function oneGroup(
  bunch: Bunch,
  pods: readonly (readonly number[])[],
  place: number,
  groupOf: (index: number) => number,
  boxesMax: number,
): Bunch {
  const pod = (place === 0 ? pods[0] : pods.at(-1)) ?? [];
  const byGroup = bunchesBy(pod, groupOf);
  if (byGroup.length === 1 || byGroup.every((group) => group.length === 1)) return bunch;
  const group = (place === 0 ? byGroup[0] : byGroup.at(-1)) ?? [];
  const slots = sampleSlots(group, boxesMax > boxesNarrow ? boxesNarrow : 2);
  const gap: Slot = { kind: "gap", hidden: pod.length - group.length };
  return { ...bunch, slots: place === 0 ? [...slots, gap] : [gap, ...slots] };
}
