/** How much slower training runs on less bandwidth, and for what share of time it does. */

import type { Cluster } from "../cluster/types.ts";
import { jobsOf } from "./failures.ts";
import type { FailureClass } from "./types.ts";

/** Times of one training step, in seconds. */
export interface StepTimes {
  readonly computeS: number;
  /** Gradient exchange at full bandwidth, were nothing hidden. */
  readonly exchangeS: number;
  /** Share of the exchange that hides behind compute, in [0, 1]. */
  readonly overlap: number;
}

/**
 * A ring AllReduce moves 2 (n - 1)/n of each GPU's gradients through its bus bandwidth; n data-parallel replicas, each
 * of tensor x pipeline GPUs, which hold equal shares of the gradients. `busGbps` is what each GPU gets when all is healthy.
 */
export function stepTimes(cluster: Cluster, busGbps: number): StepTimes {
  const { parallelism, gradientBytes, computePerStep, overlap } = cluster.training;
  const shards = parallelism.tensor * parallelism.pipeline;
  const { jobGpus } = jobsOf(cluster);
  const replicas = parallelism.data === "auto" ? Math.max(1, Math.floor(jobGpus / shards)) : parallelism.data;
  const bits = (8 * gradientBytes) / shards;
  const exchangeS = replicas === 1 || busGbps === 0 ? 0 : (2 * (replicas - 1) * bits) / (replicas * busGbps * 1e9);
  return { computeS: computePerStep, exchangeS, overlap };
}

/** Length of a step with this share of the bandwidth kept, in seconds: no more than the compute can hide is hidden. */
export function stepS({ computeS, exchangeS, overlap }: StepTimes, bandwidthKept: number): number {
  if (exchangeS === 0) return computeS;
  const exchange = exchangeS / bandwidthKept;
  return computeS + exchange - Math.min(overlap * exchange, computeS);
}

/** Share of the pace lost, in [0, 1]: 1 - healthy step / slow step. 1 when no bandwidth is left. */
export function paceLost(times: StepTimes, bandwidthKept: number): number {
  if (times.exchangeS === 0 || bandwidthKept >= 1) return 0;
  if (bandwidthKept <= 0) return 1;
  const slowStepS = stepS(times, bandwidthKept);
  if (!Number.isFinite(slowStepS)) return 1;
  return Math.max(0, 1 - stepS(times, 1) / slowStepS);
}

/**
 * Mean share of the pace lost to parts that wait for repair. Failures arrive independently, so the number of failed
 * parts of a class is Poisson with mean rate x repair time; a ring is as slow as its slowest place, so the worst failed
 * class sets the pace and more of them do not add up: the sum over classes, worst first, of
 * loss x P(one of this class is failed) x P(none of a worse class is).
 */
export function meanPaceLost(classes: readonly FailureClass[], times: StepTimes, jobs: number): number {
  const slow = classes
    .filter((failure) => failure.verdict !== "fatal")
    .map((failure) => ({
      lost: paceLost(times, failure.bandwidthKept),
      failed: (failure.failuresPerHour * failure.repairHours * failure.jobsTouched) / jobs,
    }))
    .filter((each) => each.lost > 0)
    .sort((left, right) => right.lost - left.lost);
  let noneWorse = 1;
  let mean = 0;
  for (const { lost, failed } of slow) {
    mean += lost * -Math.expm1(-failed) * noneWorse;
    noneWorse *= Math.exp(-failed);
  }
  return mean;
}
