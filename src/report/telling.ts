/**
 * How much of a run is told one by one. A month on 100,000 GPUs has hundreds of thousands of events; the lists are cut by a
 * fixed rule, and how many entries were left out is told. Totals are of the whole run in any case.
 */

import type { TrainingResult } from "../simulate/result.ts";
import { comparedEvents } from "./compared-events.ts";

/** all: every entry. notable: of each list the {@link notableMax} that matter most. none: totals only. */
export const tellings = ["all", "notable", "none"] as const;
export type Telling = (typeof tellings)[number];

/** Entries of each list that are told as notable. */
export const notableMax = 1_000;
/** Entries of all lists of all runs together; where there are more, only notable ones are told unless all are asked for. */
export const entriesMax = 100_000;

/** Entries of each list that are not told. */
export interface LeftOut {
  readonly rule: Telling;
  readonly events: number;
  readonly takeovers: number;
  readonly timeline: number;
  readonly standstills: number;
}

/** The telling of these runs when none is asked for. */
export function usualTelling(runs: readonly TrainingResult[]): Telling {
  const entries = runs.reduce(
    (sum, { events, takeovers, timeline, totals }) =>
      sum + events.length + takeovers.length + timeline.length + totals.standstillsS.length,
    0,
  );
  return entries > entriesMax ? "notable" : "all";
}

/** A run with the entries that are told, in the order of time, and how many are not. */
export function tell(run: TrainingResult, rule: Telling): { readonly run: TrainingResult; readonly leftOut: LeftOut } {
  const countMax = { all: Number.POSITIVE_INFINITY, notable: notableMax, none: 0 }[rule];
  const events = comparedEvents([run], countMax)
    .map(({ event }) => event)
    .toSorted((left, right) => left.atS - right.atS);
  const takeovers = largest(run.takeovers, countMax, ({ totalUs }) => totalUs);
  const rows = largest(run.timeline, countMax, ({ startS, endS }) => endS - startS);
  const standstillsS = largest(run.totals.standstillsS, countMax, (each) => each);
  const used = new Set(rows.flatMap(({ sharing }) => (sharing === null ? [] : [sharing])));
  const sharings = run.sharings.flatMap((each, index) => (used.has(index) ? [{ each, index }] : []));
  const places = new Map(sharings.map(({ index }, place) => [index, place]));
  return {
    run: {
      ...run,
      events,
      takeovers,
      timeline: rows.map((row) => ({ ...row, sharing: row.sharing === null ? null : places.get(row.sharing)! })),
      sharings: sharings.map(({ each }) => each),
      totals: { ...run.totals, standstillsS },
    },
    leftOut: {
      rule,
      events: run.events.length - events.length,
      takeovers: run.takeovers.length - takeovers.length,
      timeline: run.timeline.length - rows.length,
      standstills: run.totals.standstillsS.length - standstillsS.length,
    },
  };
}

/** The entries with the largest sizes, the earlier of equal ones, in the order in which they stand. */
function largest<T>(entries: readonly T[], countMax: number, sizeOf: (entry: T) => number): readonly T[] {
  if (entries.length <= countMax) return entries;
  return Array.from(entries, (entry, at) => ({ entry, at, size: sizeOf(entry) }))
    .sort((left, right) => right.size - left.size || left.at - right.at)
    .slice(0, countMax)
    .sort((left, right) => left.at - right.at)
    .map(({ entry }) => entry);
}
