/** From the trainer's account to the totals of a run. */

import type { LossSplit, TotalsResult } from "../result.ts";
import type { Account } from "./trainer.ts";

export interface Reckoning {
  readonly account: Account;
  readonly simulatedS: number;
  readonly gpus: number;
  readonly gpusPerServer: number;
  readonly healthyStepS: number;
  /** Server-seconds of servers that were left out and not yet repaired. */
  readonly serversOutS: number;
  readonly standstillsS: readonly number[];
}

/** The parts of the split add up to the whole. */
export function totalsOf(reckoning: Reckoning): TotalsResult {
  const { account, gpus, gpusPerServer, healthyStepS, simulatedS } = reckoning;
  const hours = (ns: number) => (ns / 3.6e12) * gpus;
  const unfinishedNs = account.underWayNs + account.unfinishedLostNs;
  const finishedNs = (account.stepsDone + account.stepsLost) * healthyStepS * 1e9;
  const slowNs = account.runningNs - unfinishedNs - finishedNs;
  const split: LossSplit = {
    standstill: hours(account.stalledNs),
    restart: hours(account.restartNs),
    waiting: hours(account.waitingNs),
    rework: hours(account.stepsLost * healthyStepS * 1e9 + account.unfinishedLostNs),
    checkpoints: hours(account.checkpointNs),
    // Steps are whole nanoseconds: a healthy run is not called slow or fast for the rounding.
    slowRunning: hours(Math.abs(slowNs) < account.stepsDone + account.stepsLost + 1 ? 0 : slowNs),
    healthyPace: 0,
    serversOut: (reckoning.serversOutS / 3600) * gpusPerServer,
  };
  return {
    simulatedS,
    stepsDone: account.stepsDone,
    stepsLost: account.stepsLost,
    aborts: account.aborts,
    referenceStepS: healthyStepS,
    gpuHoursLost: Object.values(split).reduce((sum, each) => sum + each, 0),
    split,
    standstillsS: reckoning.standstillsS,
  };
}
