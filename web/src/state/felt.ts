/** The figures of the moment from the result of a simulation. */

import type { TimelineState, TrainingResult } from "../../../src/simulate/result.ts";

export interface Felt {
  readonly state: TimelineState;
  /** Gradient bandwidth over that of the healthy fabric. */
  readonly kept: number;
  /** null: nothing moves. */
  readonly exchangeS: number | null;
  readonly stepTimeS: number | null;
}

/** At the end of the simulated time, or at the moment `atS`. */
export function feltOf({ timeline, healthy }: TrainingResult, atS = Number.POSITIVE_INFINITY): Felt {
  const row = timeline.findLast(({ startS }) => startS <= atS);
  if (row === undefined)
    return { state: "training", kept: 1, exchangeS: healthy.exchangeS, stepTimeS: healthy.stepTimeS };
  const { state, serverGBps, exchangeS, stepTimeS } = row;
  const kept = healthy.serverGBps === 0 ? (state === "training" ? 1 : 0) : serverGBps / healthy.serverGBps;
  return { state, kept, exchangeS, stepTimeS };
}
