/** What training felt, in a sentence and a few figures. */

import { costOfSimulation } from "../economics/simulated.ts";
import type { TrainingResult } from "../simulate/result.ts";
import { formatCount, formatCounted, formatDuration, formatRough, formatUsdShort } from "./format.ts";
import type { Simulated } from "./simulation-json.ts";
import type { Figure, Summary } from "./summary.ts";
import { stepWords } from "./training-words.ts";

/** Stalls longer than this are no mere pauses, in seconds. */
const noticeableS = 0.5;

/** What a run is called: its switching mode; with one link each there is nothing to switch. */
export function runName({ mode, timeline }: TrainingResult): string {
  return timeline[0]?.linkGBps.length === 1 ? "single links" : mode;
}

/** The verdict of a run: lost jobs, or what it went through. */
export function runVerdict(run: TrainingResult): Pick<Summary, "tone" | "headline"> {
  const { aborts, stepsDone, simulatedS } = run.totals;
  const until = run.complete ? "" : `stopped early: true for the first ${formatDuration(simulatedS)}. `;
  if (aborts > 0) {
    const times = aborts === 1 ? "once" : `${formatCount(aborts)} times`;
    return {
      tone: "bad",
      headline: `${until}The job was lost ${times} and restarted; ${formatCount(stepsDone)} steps kept.`,
    };
  }
  const slower = run.events.some((event) => event.verdict !== "transparent" || event.stalledS > noticeableS);
  return {
    tone: slower ? "caution" : "good",
    headline: `${until}The job went through it: ${formatCount(stepsDone)} steps, none lost.`,
  };
}

/** What the job is and how it fares while nothing has failed. */
export function settingSentence({ policy }: Simulated, run: TrainingResult): string {
  const { gpus, healthy } = run;
  return `${formatCount(gpus)} GPUs train at ${formatDuration(healthy.stepTimeS)} a step while all is well; each server exchanges gradients at ${formatRough(healthy.serverGBps)} GB/s. Switching: ${runName(run)}; routing: ${policy.kind}.`;
}

/** Effective training time ratio: share of all GPU-hours that trained at the pace of the reference step, in [0, 1]. */
export function effectiveShare({ totals, gpus }: TrainingResult): number {
  const all = (totals.simulatedS / 3600) * gpus;
  return all === 0 ? 0 : Math.max(0, 1 - totals.gpuHoursLost / all);
}

/** What lost GPU-hours are counted against, where modes are compared. */
export function referenceSentence(runs: readonly TrainingResult[]): string | undefined {
  if (runs.length < 2) return undefined;
  const { referenceStepS } = runs[0]!.totals;
  const best = runs.filter(({ healthy }) => healthy.stepTimeS === referenceStepS).map(({ mode }) => mode);
  return `All modes are compared with one healthy step, the shortest: ${stepWords(referenceStepS)} (${best.join(", ")}). Lost GPU-hours hold what a mode is slower by even while nothing has failed.`;
}

/** The summary of the main run. */
export function simulationSummary(simulated: Simulated): Summary {
  const { cluster, scenario, runs } = simulated;
  const run = runs[0]!;
  const { totals } = run;
  const pairs = run.takeovers.reduce((sum, each) => sum + each.pairs, 0);
  const longestUs = run.takeovers.reduce((most, each) => Math.max(most, each.totalUs), 0);
  const figures: readonly Figure[] = [
    { label: "Simulated", value: formatDuration(totals.simulatedS), note: formatCounted(run.events.length, "event") },
    { label: "GPUs", value: formatCount(run.gpus), note: `${formatDuration(run.healthy.stepTimeS)} a healthy step` },
    {
      label: "Jobs lost",
      value: formatCount(totals.aborts),
      note: `${formatCount(totals.stepsLost)} steps done again`,
      tone: totals.aborts > 0 ? "bad" : "good",
    },
    { label: "Steps kept", value: formatCount(totals.stepsDone), note: "finished and not lost" },
    {
      label: "Takeovers",
      value: formatCount(pairs),
      note: pairs === 0 ? "by the switching core" : `${formatDuration(longestUs / 1e6)} the longest`,
    },
    {
      label: "GPU-hours lost",
      value: totals.gpuHoursLost < 100 ? formatRough(totals.gpuHoursLost) : formatCount(totals.gpuHoursLost),
      note: formatUsdShort(costOfSimulation(cluster, totals)),
    },
  ];
  const sentences = [
    ...(scenario.description === undefined ? [] : [scenario.description]),
    settingSentence(simulated, run),
    ...[referenceSentence(runs) ?? []].flat(),
  ];
  return { ...runVerdict(run), sentences, figures };
}
