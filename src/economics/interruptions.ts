/** From classes of failures to interruptions of training, by kind of part, and to the events that training survives. */

import type { Verdict } from "../audit/types.ts";
import type { ReliabilityKind } from "../catalog/reliability.ts";
import { type FailureClass, hoursPerMonth } from "./types.ts";

/** Interruptions that one kind of part causes. */
export interface InterruptionsOfKind {
  readonly kind: ReliabilityKind;
  /** Interruptions of a job in a month of 730.5 h. */
  readonly perMonth: number;
}

export interface Interruptions {
  /** Interruptions of a job in a month, over all jobs; only fatal failures interrupt. */
  readonly perMonth: number;
  /** Most frequent first; kinds that never interrupt are left out. */
  readonly byKind: readonly InterruptionsOfKind[];
  /** Failures of parts in a month by what they do. */
  readonly eventsPerMonth: Readonly<Record<Verdict, number>>;
}

export function interruptionsOf(classes: readonly FailureClass[]): Interruptions {
  const byKind = new Map<ReliabilityKind, number>();
  const events: Record<Verdict, number> = { transparent: 0, degraded: 0, rerouted: 0, fatal: 0 };
  for (const failure of classes) {
    const perMonth = failure.failuresPerHour * hoursPerMonth;
    events[failure.verdict] += perMonth;
    if (failure.verdict !== "fatal" || perMonth === 0) continue;
    byKind.set(failure.kind, (byKind.get(failure.kind) ?? 0) + perMonth * failure.jobsTouched);
  }
  const rows = [...byKind].map(([kind, perMonth]) => ({ kind, perMonth }));
  rows.sort((left, right) => right.perMonth - left.perMonth);
  return { perMonth: rows.reduce((sum, row) => sum + row.perMonth, 0), byKind: rows, eventsPerMonth: events };
}

/** How often one job is interrupted, and for how long it then stands still. */
export interface JobInterruptions {
  /** Interruptions of one job in an hour (N r_f). */
  readonly perHour: number;
  /** Mean standstill of an interruption in hours (u0): from the stop to the first new step. */
  readonly standstillHours: number;
}

/** The mean over all fatal classes, for one of `jobs` equal jobs. */
export function jobInterruptions(classes: readonly FailureClass[], jobs: number): JobInterruptions {
  let perHour = 0;
  let standstill = 0;
  for (const failure of classes) {
    if (failure.verdict !== "fatal") continue;
    const rate = (failure.failuresPerHour * failure.jobsTouched) / jobs;
    perHour += rate;
    standstill += rate * failure.standstillHours;
  }
  return { perHour, standstillHours: perHour === 0 ? 0 : standstill / perHour };
}
