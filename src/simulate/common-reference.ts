/**
 * One reference for runs in several switching modes. By itself a run counts what it lost against its own healthy step; a mode that is
 * slow from the start would seem to lose less. Side by side all are counted against the shortest healthy step of them.
 */

import type { TotalsResult, TrainingResult } from "./result.ts";

/** The same runs, all counted against one healthy step; a single run as it is. */
export function againstCommonReference(runs: readonly TrainingResult[]): TrainingResult[] {
  const referenceStepS = runs.reduce(
    (least, { healthy }) => Math.min(least, healthy.stepTimeS),
    Number.POSITIVE_INFINITY,
  );
  return runs.map((run) => ({ ...run, totals: totalsAgainst(run, referenceStepS) }));
}

function totalsAgainst({ totals, healthy, gpus }: TrainingResult, referenceStepS: number): TotalsResult {
  // A job that never steps has lost everything already.
  const slowerS = totals.stepsDone === 0 ? 0 : totals.stepsDone * (healthy.stepTimeS - referenceStepS);
  const healthyPace = (slowerS / 3600) * gpus;
  return {
    ...totals,
    referenceStepS,
    gpuHoursLost: totals.gpuHoursLost + healthyPace,
    split: { ...totals.split, healthyPace },
  };
}
