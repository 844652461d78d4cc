/**
 * Weights of load-balancing by measured rate. A link's rate is what it is known or said to carry until it is seen at its
 * limit: while heartbeats take much longer than they do on the idle link a queue stands before it, and what leaves
 * meanwhile is what it carries. Without a queue the estimate returns to the nominal rate.
 */

/** A queue stands when the round trip is longer than the shortest by this. */
const queueUs = 2_000;
/** Part of the way to the nominal rate that the estimate returns in a second without a queue. */
const recoveryPerSecond = 0.05;
const smoothing = 0.3;
/** Changes below this part of a weight are not worth moving flows for. */
const worthwhile = 0.1;
const weightMax = 100;

export interface RateSample {
  /** Bytes sent since the last sample. */
  readonly sentBytes: number;
  readonly elapsedS: number;
  /** Smoothed and shortest round trip, 0 while unknown. */
  readonly roundTripUs: number;
  readonly roundTripMinUs: number;
}

/** Whether heartbeats wait in a queue on the link. */
export function isQueued({ roundTripUs, roundTripMinUs }: Omit<RateSample, "sentBytes" | "elapsedS">): boolean {
  return roundTripUs > 0 && roundTripUs - roundTripMinUs > queueUs;
}

/**
 * The new estimate in Gbit/s from the last one. `queuedBefore`: at the last sample as well; a single late second, as a busy
 * processor makes it, says nothing about the link.
 */
export function estimateRate(
  estimateGbps: number,
  nominalGbps: number,
  sample: RateSample,
  queuedBefore: boolean,
): number {
  const queued = queuedBefore && isQueued(sample);
  if (sample.elapsedS <= 0) return estimateGbps;
  const sentGbps = (sample.sentBytes * 8) / 1e9 / sample.elapsedS;
  if (queued && sentGbps > 0) return estimateGbps + smoothing * (Math.min(sentGbps, nominalGbps) - estimateGbps);
  return estimateGbps + Math.min(recoveryPerSecond * sample.elapsedS, 1) * (nominalGbps - estimateGbps);
}

/** Whole weights from 1 to 100 in the proportion of the rates; `before` when the change is too small. */
export function weightsFor(
  rates: readonly [number, number],
  before: readonly [number, number],
): readonly [number, number] {
  const most = Math.max(...rates);
  if (most <= 0) return before;
  const weight = (rate: number) => Math.max(Math.round((rate / most) * weightMax), 1);
  const after = [weight(rates[0]), weight(rates[1])] as const;
  const share = (of: readonly [number, number]) => of[0] / (of[0] + of[1]);
  return Math.abs(share(after) - share(before)) < worthwhile * Math.min(share(before), 1 - share(before))
    ? before
    : after;
}
