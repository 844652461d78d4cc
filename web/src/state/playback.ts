/** A simulated run on its time line: the moment, playing, the next takeover. */

import { computed, signal } from "@preact/signals";
import type { TrainingResult } from "../../../src/simulate/result.ts";

export const run = signal<TrainingResult | undefined>(undefined);
export const momentS = signal(0);
export const isPlaying = signal(false);
/** Simulated seconds for each second that passes. */
export const speed = signal(10);
export const durationS = computed(() => run.value?.totals.simulatedS ?? 0);

export function showRun(result: TrainingResult): void {
  run.value = result;
  momentS.value = 0;
  isPlaying.value = false;
}

export function setMoment(seconds: number): void {
  momentS.value = Math.min(durationS.value, Math.max(0, seconds));
}

/** Moments at which something was taken over, in order. */
export const takeoverMoments = computed(() =>
  [...new Set((run.value?.takeovers ?? []).map(({ atS }) => atS))].sort((left, right) => left - right),
);

/** Goes to the next takeover, or to the one before. */
export function jump(step: 1 | -1): void {
  const moments = takeoverMoments.value;
  const next =
    step === 1
      ? moments.find((atS) => atS > momentS.value + 1e-9)
      : moments.findLast((atS) => atS < momentS.value - 1e-9);
  if (next !== undefined) setMoment(next);
}

let frame = 0;

/** Plays from the moment on, from the start when it is over. */
export function play(): void {
  if (momentS.value >= durationS.value) momentS.value = 0;
  isPlaying.value = true;
  let lastMs = performance.now();
  const next = (nowMs: number) => {
    if (!isPlaying.value) return;
    setMoment(momentS.value + ((nowMs - lastMs) / 1000) * speed.value);
    lastMs = nowMs;
    if (momentS.value >= durationS.value) pause();
    else frame = requestAnimationFrame(next);
  };
  frame = requestAnimationFrame(next);
}

export function pause(): void {
  isPlaying.value = false;
  cancelAnimationFrame(frame);
}

/** Columns of a plot: a point at the start and at the end of every stretch, so that lines are level and end where nothing moves. */
export interface Series {
  readonly atS: number[];
  readonly stepTimeS: (number | null)[];
  readonly gradient: (number | null)[];
  readonly activation: (number | null)[];
  readonly bulk: (number | null)[];
}

/**
 * Step time, and GB a second of each class over the links of the watched NIC: by the core's allocation where classes share them, else
 * gradients as they flow.
 */
export function seriesOf({ timeline, sharings }: TrainingResult): Series {
  const found: Series = { atS: [], stepTimeS: [], gradient: [], activation: [], bulk: [] };
  const sum = (links: readonly number[]) => links.reduce((total, each) => total + each, 0);
  const add = (atS: number, { stepTimeS, linkGBps, sharing }: TrainingResult["timeline"][number]) => {
    const shared = sharing === null ? undefined : sharings[sharing]?.[0]?.linkGBps;
    found.atS.push(atS);
    found.stepTimeS.push(stepTimeS);
    found.gradient.push(sum(linkGBps));
    found.activation.push(shared === undefined ? null : sum(shared.activation));
    found.bulk.push(shared === undefined ? null : sum(shared.bulk));
  };
  for (const row of timeline) {
    add(row.startS, row);
    add(row.endS, row);
  }
  return found;
}
