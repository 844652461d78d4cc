/** The words that the terminal and the page share about what training feels. */

import { formatCounted, formatDuration, formatNumber } from "./format.ts";
import type { FeltFailure, TrainingFeels } from "./training-feels.ts";

export const trainingTitle = "What training feels: the worst failures, simulated";

/** What was simulated. */
export function trainingSentence({ gpus, mode, failsAtS }: TrainingFeels): string {
  return `Each part fails once, ${formatDuration(failsAtS)} after a checkpoint, and is repaired after its usual time; ${formatCounted(gpus, "GPU")} train, switching: ${mode}. GPU-hours and money are those of one failure.`;
}

/** `1 ms + 0 s + 3 us + 1.4 ms = 2.4 ms`. */
export function takeoverWords({ takeover, verdict }: FeltFailure): string {
  if (takeover === null) return "no pair of links switched over";
  const { detectUs, decideUs, switchUs, replayUs, totalUs } = takeover;
  const words = (us: number) => formatDuration(us / 1e6);
  const sum = `${[detectUs, decideUs, switchUs, replayUs].map(words).join(" + ")} = ${words(totalUs)}`;
  return verdict === "fatal" || verdict === "rerouted" ? `${sum}, no second link left` : sum;
}

/** A step with enough digits to see small changes: `5.187 s`. */
export function stepWords(seconds: number | null): string {
  return seconds === null ? "stands" : `${formatNumber(seconds, 3)} s`;
}

export function standstillWords({ stoodStillS }: FeltFailure): string {
  return stoodStillS === 0 ? "-" : formatDuration(stoodStillS);
}
