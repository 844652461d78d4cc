/** Step time and gradient bandwidth in the course of the run, for every switching mode. */

import { feltVerdicts, type TimelineRow, type TimelineState, type TrainingResult } from "../../../simulate/result.ts";
import { formatDuration, formatRough } from "../../format.ts";
import type { Simulated } from "../../simulation-json.ts";
import { runName } from "../../simulation-summary.ts";
import { legend, paragraph, picture, type ReportSection } from "../elements.ts";
import { type Band, type Tick, timePlot } from "../time-plot.ts";

const bandColours: Readonly<Record<Exclude<TimelineState, "training">, string>> = {
  stalled: "split-3",
  restart: "split-2",
  waiting: "split-4",
};
const bandWords: Readonly<Record<keyof typeof bandColours, string>> = {
  stalled: "gradients stand still",
  restart: "restart from the last checkpoint",
  waiting: "waiting for a repair",
};

export function stepSection({ runs }: Simulated): ReportSection {
  const durationS = Math.max(...runs.map((run) => run.totals.simulatedS), 1e-6);
  const bands = runs.flatMap(bandsOf);
  const ticks = runs.flatMap(ticksOf);
  const steps = runs.flatMap(({ timeline }) => timeline.flatMap(({ stepTimeS }) => stepTimeS ?? []));
  const healthy = runs.map((run) => run.healthy.stepTimeS);
  const bandwidths = runs.flatMap(({ timeline }) => timeline.map(({ serverGBps }) => serverGBps));
  const panels = (of: (row: TimelineRow) => number | null, colour: string) =>
    runs.map((run) => ({
      name: runName(run),
      colour,
      spans: run.timeline.map((row) => ({ startS: row.startS, endS: row.endS, value: of(row) })),
    }));
  const slowest = steps.reduce((most, each) => Math.max(most, each), 0);
  const quickest = steps.reduce((least, each) => Math.min(least, each), Number.POSITIVE_INFINITY);
  const stepPlot = timePlot(
    panels(({ stepTimeS }) => stepTimeS, "accent"),
    {
      durationS,
      axis: "seconds a step",
      valueMin: Math.min(quickest, 0.9 * Math.min(...healthy)),
      valueMax: Math.max(1.02 * slowest, 1.1 * Math.max(...healthy)),
      tick: (value) => formatRough(value),
      bands,
      ticks,
      description: "Length of a training step in the course of the run",
    },
  );
  const bandwidthPlot = timePlot(
    panels(({ state, serverGBps }) => (state === "training" ? serverGBps : null), "split-1"),
    {
      durationS,
      axis: "GB/s of gradients, each server",
      valueMin: 0,
      valueMax: 1.05 * bandwidths.reduce((most, each) => Math.max(most, each), 1e-9),
      tick: formatRough,
      bands,
      ticks,
      description: "Gradient bandwidth of each server in the course of the run",
    },
  );
  const seen = new Set(ticks.map(({ colour }) => colour));
  const states = (Object.keys(bandColours) as (keyof typeof bandColours)[]).filter((state) =>
    runs.some(({ timeline }) => timeline.some((row) => row.state === state && drawn(row, durationS))),
  );
  const shortS = durationS / 900;
  const takeovers = runs.some((run) => run.takeovers.length > 0);
  return {
    id: "steps",
    title: "Step time through the failures",
    content: [
      paragraph(
        `The pace at every moment: how long a step takes as things stand. Standstills shorter than ${formatDuration(shortS)} are narrower than a pixel here; ${takeovers ? "the takeovers below show them in milliseconds" : "the events below tell them"}.`,
      ),
      picture("Length of a step", "Breaks in the line: no step makes progress.", stepPlot),
      legend([
        ...states.map((state) => [bandWords[state], bandColours[state]] as const),
        ...feltVerdicts
          .filter((verdict) => seen.has(verdict))
          .map((verdict) => [`event (tick at the foot): ${verdict}`, verdict] as const),
      ]),
      picture(
        "Gradient bandwidth of a server while it exchanges",
        "Compute hides part of the exchange, so that less bandwidth need not mean longer steps. Breaks: nothing flows.",
        bandwidthPlot,
      ),
    ],
  };
}

function drawn({ startS, endS }: TimelineRow, durationS: number): boolean {
  return endS - startS >= durationS / 900;
}

function bandsOf(run: TrainingResult): Band[] {
  return run.timeline.flatMap(({ state, startS, endS }) =>
    state === "training" ? [] : [{ panel: runName(run), startS, endS, colour: bandColours[state] }],
  );
}

/** One tick for every pixel with events; the worst verdict is on top. */
function ticksOf(run: TrainingResult): Tick[] {
  const { events, totals } = run;
  const worst = new Map<number, { atS: number; rank: number }>();
  for (const { atS, verdict } of events) {
    const pixel = Math.round((atS / totals.simulatedS) * 900);
    const rank = feltVerdicts.indexOf(verdict);
    const before = worst.get(pixel);
    if (before === undefined || rank > before.rank) worst.set(pixel, { atS, rank });
  }
  return [...worst.values()]
    .sort((left, right) => left.rank - right.rank)
    .map(({ atS, rank }) => ({ panel: runName(run), atS, colour: feltVerdicts[rank]! }));
}
