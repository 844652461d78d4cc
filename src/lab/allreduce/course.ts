/**
 * The course of an AllReduce run with a fault in it: iterations until their time is steady, the fault, iterations until
 * switching and routing have done their work, and then those that are measured. Pure.
 */

import { median } from "../../base/median.ts";
import type { IterationReport } from "../../transport/allreduce/run.ts";

export interface Course {
  /** Iterations before the fault at least, and for how long at least; more until they are steady. */
  readonly before: number;
  readonly warmMs: number;
  /** From the fault on until links and routing have settled, in ms. */
  readonly settleMs: number;
  /** Iterations from then on. */
  readonly after: number;
}

/** An iteration with its end on the clock that faults are timed by. */
export interface TimedIteration extends IterationReport {
  readonly endedMs: number;
}

/** What a fault did. */
export interface Felt {
  /** The one in which the fault came. */
  readonly iteration: number;
  /** Longest silence from then until all had settled. */
  readonly gapMs: number;
  /** What the iteration of the fault took more than usual. */
  readonly pauseMs: number;
  /** Median of the iterations that began after all had settled. */
  readonly afterMs: number;
  /** usualMs / afterMs. */
  readonly bandwidthKept: number;
}

/** Times are steady when so many in a row lie this close to their median, as a share of it, and as many before them were no slower than this. */
const steadyCount = 4;
const steadyWithin = 0.1;
const slowerBy = 0.07;
/** Measured as they are when they have not become steady after so many times `warmMs`. */
const patience = 3;

/** The first iteration finds connections cold and is not looked at where there are more. */
const warm = (done: readonly TimedIteration[]) => (done.length > 1 ? done.slice(1) : done);

export function isSteady(done: readonly TimedIteration[]): boolean {
  const times = warm(done).map(({ durationMs }) => durationMs);
  const [former, last] = [times.slice(-2 * steadyCount, -steadyCount), times.slice(-steadyCount)];
  const middle = median(last);
  return (
    former.length === steadyCount &&
    last.every((each) => Math.abs(each - middle) <= steadyWithin * middle) &&
    median(former) <= (1 + slowerBy) * middle
  );
}

/** Whether the fault may come, after these iterations. */
export function isWarm(done: readonly TimedIteration[], { before, warmMs }: Course): boolean {
  const lastedMs = (done.at(-1)?.endedMs ?? 0) - (done[0]?.endedMs ?? 0);
  return done.length >= before && lastedMs >= warmMs && (isSteady(done) || lastedMs >= patience * warmMs);
}

/** Whether enough has been measured after the fault. */
export const isMeasured = (done: readonly TimedIteration[], faultMs: number, course: Course): boolean =>
  settled(done, faultMs, course).length >= course.after;

/** Median of a run without a fault. */
export const usualTimeMs = (done: readonly TimedIteration[]): number =>
  median(warm(done).map(({ durationMs }) => durationMs));

/** Median of the iterations that were found steady. */
export const steadyTimeMs = (done: readonly TimedIteration[]): number =>
  median(done.slice(-steadyCount).map(({ durationMs }) => durationMs));

/** Longest silence while nothing had failed and code was warm, in the later half: what ring steps and the machine cost. */
export const undisturbedGapMs = (done: readonly TimedIteration[]): number =>
  Math.max(0, ...done.slice(Math.floor(done.length / 2)).map(({ longestGapMs }) => longestGapMs));

/** `warmCount` iterations had ended when the fault was called for. */
export function feltOf(
  done: readonly TimedIteration[],
  { warmCount, faultMs, usualMs }: { readonly warmCount: number; readonly faultMs: number; readonly usualMs: number },
  course: Course,
): Felt {
  const since = done.slice(warmCount).filter(({ endedMs }) => endedMs > faultMs);
  const measured = settled(done, faultMs, course);
  const unsettled = since.filter((each) => !measured.includes(each));
  const afterMs = median(measured.map(({ durationMs }) => durationMs));
  return {
    iteration: since[0]?.iteration ?? warmCount,
    gapMs: Math.max(0, ...unsettled.map(({ longestGapMs }) => longestGapMs)),
    pauseMs: Math.max(0, (since[0]?.durationMs ?? 0) - usualMs),
    afterMs,
    bandwidthKept: usualMs / afterMs,
  };
}

const settled = (done: readonly TimedIteration[], faultMs: number, { settleMs }: Course) =>
  done.filter(({ endedMs, durationMs }) => endedMs - durationMs >= faultMs + settleMs);
