/** Work lost and money. */

import { costOfSimulation } from "../../../economics/simulated.ts";
import type { LossSplit, TrainingResult } from "../../../simulate/result.ts";
import { formatCount, formatDuration, formatRough, formatShare, formatUsd, formatUsdShort } from "../../format.ts";
import type { Simulated } from "../../simulation-json.ts";
import { effectiveShare, referenceSentence, runName } from "../../simulation-summary.ts";
import { stepWords } from "../../training-words.ts";
import { dataTable, legend, paragraph, picture, type ReportSection } from "../elements.ts";
import { barPlot } from "../plots.ts";

const losses: readonly (readonly [keyof LossSplit, string, string])[] = [
  ["standstill", "standing still", "split-5"],
  ["restart", "restart", "split-2"],
  ["waiting", "waiting for repair", "split-4"],
  ["rework", "work done again since the last checkpoint", "split-1"],
  ["checkpoints", "writing checkpoints", "split-3"],
  ["slowRunning", "slower steps", "split-6"],
  ["healthyPace", "slower even while healthy than the best mode", "split-8"],
  ["serversOut", "servers left out", "split-7"],
];

const hours = (value: number) => (value < 100 ? formatRough(value) : formatCount(value));

export function lossesSection({ runs }: Simulated): ReportSection {
  const bars = runs.flatMap((run) =>
    losses.map(([key, , colour]) => ({
      label: runName(run),
      value: Math.max(0, run.totals.split[key]),
      colour,
      text: hours(run.totals.gpuHoursLost),
    })),
  );
  const drawn = barPlot(bars, {
    axis: "GPU-hours",
    tick: formatRough,
    description: "GPU-hours lost, by what for, in each switching mode",
  });
  const used = losses.filter(([key]) => runs.some(({ totals }) => totals.split[key] > 0));
  const row = (title: string, of: (run: TrainingResult) => string) => [title, ...runs.map(of)];
  const table = [
    row("Simulated", ({ totals }) => formatDuration(totals.simulatedS)),
    row("Healthy step", ({ healthy }) => stepWords(healthy.stepTimeS)),
    row("Steps kept", ({ totals }) => formatCount(totals.stepsDone)),
    row("Steps lost", ({ totals }) => formatCount(totals.stepsLost)),
    row("Jobs lost", ({ totals }) => formatCount(totals.aborts)),
    ...losses
      .filter(([key]) => runs.length > 1 || key !== "healthyPace")
      .map(([key, words]) => row(`GPU-hours: ${words}`, ({ totals }) => hours(totals.split[key]))),
    row("GPU-hours lost", ({ totals }) => hours(totals.gpuHoursLost)),
    row("Effective training time (ETTR)", (run) => formatShare(effectiveShare(run))),
  ];
  const columns = [
    { title: "Figure", className: "name" },
    ...runs.map((run) => ({ title: runName(run), align: "right" as const })),
  ];
  const reference = referenceSentence(runs);
  const compared = reference === undefined ? [] : [paragraph(reference)];
  const content =
    used.length === 0
      ? [paragraph("No GPU-hour was lost.")]
      : [picture("GPU-hours lost, by what for", "", drawn), legend(used.map(([, words, colour]) => [words, colour]))];
  return {
    id: "work-lost",
    title: "Work lost",
    content: [...compared, ...content, dataTable(columns, table, { compact: true })],
  };
}

export function costSection({ cluster, runs }: Simulated): ReportSection {
  const parts = runs.map((run) => {
    const { totals } = run;
    const cost = costOfSimulation(cluster, totals);
    const gpuHours = totals.gpuHoursLost * cluster.economics.gpuHour;
    return { mode: runName(run), cost, gpuHours, penalties: Math.max(0, cost - gpuHours) };
  });
  const bars = parts.flatMap(({ mode, cost, gpuHours, penalties }) => [
    { label: mode, value: Math.max(0, gpuHours), colour: "split-1", text: formatUsdShort(cost) },
    { label: mode, value: penalties, colour: "split-2", text: formatUsdShort(cost) },
  ]);
  const drawn = barPlot(bars, {
    axis: "US dollars",
    tick: formatUsdShort,
    description: "Cost of what happened, in each switching mode",
  });
  const { gpuHour, penaltyPerHour } = cluster.economics;
  const penalty =
    penaltyPerHour > 0 ? `, and ${formatUsd(penaltyPerHour)} for each hour that the job stands still` : "";
  const simulated = formatDuration(runs[0]!.totals.simulatedS);
  const shown = [
    ["lost GPU-hours", "split-1"],
    ...(parts.some(({ penalties }) => penalties > 1e-9) ? [["penalties", "split-2"] as const] : []),
  ] as const;
  return {
    id: "money",
    title: "Money",
    content: [
      paragraph(`Lost GPU-hours at ${formatUsd(gpuHour)} each${penalty}: economics of the cluster file.`),
      ...(parts.some(({ cost }) => cost >= 1)
        ? [picture("What it cost", `In the ${simulated} simulated.`, drawn), legend(shown)]
        : [paragraph(`In the ${simulated} simulated nothing worth a dollar was lost.`)]),
    ],
  };
}
