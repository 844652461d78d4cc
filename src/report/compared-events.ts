/** What happened, beside each other in every switching mode. */

import { type EventResult, feltVerdicts, type TrainingResult } from "../simulate/result.ts";
import { formatCounted, formatDuration, formatShare } from "./format.ts";

/** One event; `felt`: in each mode, undefined where the run was stopped before it. */
export interface ComparedEvent {
  readonly event: EventResult;
  readonly felt: readonly (EventResult | undefined)[];
}

/** The same events in all modes. At most `countMax`: those that are worst in their worst mode, else all in the order of time. */
export function comparedEvents(runs: readonly TrainingResult[], countMax: number): readonly ComparedEvent[] {
  const longest = runs.reduce((most, run) => (run.events.length > most.events.length ? run : most));
  const all = longest.events.map((event, index) => ({ event, felt: runs.map((run) => run.events[index]) }));
  if (all.length <= countMax) return all;
  return all.toSorted((left, right) => worseFirst(worstOf(left), worstOf(right))).slice(0, countMax);
}

/** Jobs lost, verdict, time stood still, bandwidth kept. */
function worseFirst(left: EventResult, right: EventResult): number {
  return (
    right.aborts - left.aborts ||
    feltVerdicts.indexOf(right.verdict) - feltVerdicts.indexOf(left.verdict) ||
    right.stalledS - left.stalledS ||
    left.bandwidthKept - right.bandwidthKept
  );
}

function worstOf({ event, felt }: ComparedEvent): EventResult {
  return felt.reduce<EventResult>(
    (worst, each) => (each !== undefined && worseFirst(each, worst) < 0 ? each : worst),
    event,
  );
}

/** What one mode felt, beside the verdict: `93.8% kept, stood still 3 ms, 1 job lost`. */
export function feltWords({ bandwidthKept, stalledS, aborts, verdict }: EventResult): string {
  const kept = verdict === "fatal" || verdict === "stalled" ? [] : [`${formatShare(bandwidthKept)} kept`];
  const stood = stalledS === 0 ? [] : [`stood still ${formatDuration(stalledS)}`];
  const lost = aborts === 0 ? [] : [`${formatCounted(aborts, "job")} lost`];
  return [...kept, ...stood, ...lost].join(", ");
}
