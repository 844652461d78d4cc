/** GPU-hours lost in a year, split by why. The parts of the split add up to the whole exactly. */

import {
  bestIntervalHours,
  type CheckpointSetting,
  effectiveTrainingTimeRatio,
  exactIntervalHours,
  lostToInterruptions,
} from "./effective-training-time.ts";
import { jobsOf } from "./failures.ts";
import { haltingFlapsPerHour, shareHalted } from "./flaps.ts";
import { jobInterruptions } from "./interruptions.ts";
import { meanPaceLost, stepTimes } from "./slow-running.ts";
import { type Assessed, asGiven, type FailureClass, hoursPerYear, type Variation } from "./types.ts";

/** GPU-hours a year. */
export interface LossSplit {
  /** Until the stalled collective is given up: the collective timeout, no longer than the restart, which holds it. */
  readonly detect: number;
  /** The rest of the restart: rescheduling, loading, warming up. */
  readonly restart: number;
  /** A job that cannot run without the failed part stands still until it is repaired. */
  readonly repair: number;
  /** Steps done since the last checkpoint, done again. */
  readonly rework: number;
  /** Writing checkpoints. */
  readonly checkpoints: number;
  /** Servers that are out until repair while their job runs on without them. */
  readonly serversOut: number;
  /** Running on less bandwidth until repair. */
  readonly slowRunning: number;
  /** Halted while a link without a second one flaps. */
  readonly flaps: number;
}

export interface Losses {
  /** Effective training time ratio of a job, in [0, 1]. */
  readonly ettr: number;
  /** Share of all GPU-hours that train at full pace, in [0, 1]: ETTR less what is out, slow or halted. */
  readonly effectiveShare: number;
  readonly gpuHoursLostPerYear: number;
  readonly split: LossSplit;
  /** Interval in force, seconds; Infinity when nothing ever interrupts and the interval is "best". */
  readonly checkpointIntervalS: number;
  /** sqrt(2 w / L) in seconds. */
  readonly bestCheckpointIntervalS: number;
  /** Where the derivative vanishes exactly; undefined when there is no progress at any interval. */
  readonly exactCheckpointIntervalS: number | undefined;
  /** False when interruptions come faster than the job recovers. */
  readonly progress: boolean;
}

export function lossesOf(assessed: Assessed, classes: readonly FailureClass[], variation: Variation = asGiven): Losses {
  const { cluster, audit } = assessed;
  const { gpus, jobs } = jobsOf(cluster);
  const job = jobInterruptions(classes, jobs);
  const setting: CheckpointSetting = {
    interruptionsPerHour: job.perHour,
    standstillHours: job.standstillHours,
    writeHours: cluster.training.checkpointWrite / 3600,
  };
  const best = bestIntervalHours(setting);
  const wanted = cluster.training.checkpointInterval;
  const interval = wanted === "best" ? best : wanted / 3600;
  const ettr = effectiveTrainingTimeRatio(setting, interval);
  const lost = lostToInterruptions(setting, interval);
  const out = shareOut(classes, gpus);
  const slow = meanPaceLost(classes, stepTimes(cluster, audit.healthyGbpsPerGpu.placed), jobs);
  const flapsPerHour = haltingFlapsPerHour(classes, cluster.economics, variation) / jobs;
  const halted = shareHalted(flapsPerHour, cluster.economics.flapHalt);
  const year = gpus * hoursPerYear;
  const interrupted = Math.min(1, lost);
  const perLost = lost === 0 ? 0 : (year * interrupted * job.perHour) / lost;
  const restart = cluster.training.restart / 3600;
  const waits = classes.some((failure) => failure.standstillHours > restart);
  const detect = Math.min(cluster.training.collectiveTimeout / 3600, restart);
  const split: LossSplit = {
    detect: perLost * detect,
    restart: perLost * (restart - detect),
    repair: waits ? perLost * (job.standstillHours - restart) : 0,
    rework: (perLost * (Number.isFinite(interval) ? interval : 0)) / 2,
    checkpoints: year * (1 - interrupted - ettr),
    serversOut: year * ettr * out,
    slowRunning: year * ettr * (1 - out) * slow,
    flaps: year * ettr * (1 - out) * (1 - slow) * halted,
  };
  const effectiveShare = ettr * (1 - out) * (1 - slow) * (1 - halted);
  const exact = exactIntervalHours(setting);
  return {
    ettr,
    effectiveShare,
    gpuHoursLostPerYear: year * (1 - effectiveShare),
    split,
    checkpointIntervalS: interval * 3600,
    bestCheckpointIntervalS: best * 3600,
    exactCheckpointIntervalS: exact === undefined ? undefined : exact * 3600,
    progress: ettr > 0,
  };
}

/**
 * Share of the GPUs that a fatal failure took out and that wait for repair, after the job has restarted without them:
 * failures x GPUs x (repair - standstill) over all GPUs, as the unavailability a/(1 + a) of a part that is up and down in turn.
 */
function shareOut(classes: readonly FailureClass[], gpus: number): number {
  let out = 0;
  for (const failure of classes) {
    const hours = Math.max(0, failure.repairHours - failure.standstillHours);
    out += failure.failuresPerHour * failure.gpusLost * hours;
  }
  const each = out / gpus;
  return each / (1 + each);
}
