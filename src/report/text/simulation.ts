/** The report of `twinspine simulate` with a scenario, for the terminal. */

import { costOfSimulation } from "../../economics/simulated.ts";
import type { TakeoverResult, TrainingResult } from "../../simulate/result.ts";
import { type ComparedEvent, comparedEvents, feltWords } from "../compared-events.ts";
import { formatCount, formatDuration, formatNumber, formatRough, formatShare, formatUsdShort } from "../format.ts";
import type { Simulated } from "../simulation-json.ts";
import { effectiveShare, referenceSentence, runName, runVerdict, settingSentence } from "../simulation-summary.ts";
import { type TextOptions, table } from "../table.ts";
import { bold, paragraph, tinted } from "./layout.ts";

const rowsMax = 20;

/** Ends with a newline. */
export function simulationText(simulated: Simulated, options: TextOptions): string {
  const { cluster, scenario, runs } = simulated;
  const main = runs[0]!;
  const sections = [
    [
      bold(`${cluster.name}: ${scenario.name}`, options),
      headline(main, options),
      ...prose(simulated, main, options),
    ].join("\n"),
    section("What happened", eventsTable(runs, options), options),
    section(
      "Takeovers by the switching core",
      takeoversTable(
        runs.flatMap((run) => run.takeovers),
        options,
      ),
      options,
    ),
    section("How classes of traffic share the two links of a NIC (GB/s)", allocationTable(main, options), options),
    section(runs.length > 1 ? "Switching modes side by side" : "Totals", totalsTable(simulated, options), options),
  ];
  return `${sections.filter((each) => each !== "").join("\n\n")}\n`;
}

function section(title: string, text: string, options: TextOptions): string {
  return text === "" ? "" : `${bold(title, options)}\n${text}`;
}

function headline(run: TrainingResult, options: TextOptions): string {
  const { tone, headline: text } = runVerdict(run);
  return tinted(text, tone, options);
}

function prose(simulated: Simulated, run: TrainingResult, options: TextOptions): string[] {
  const { description } = simulated.scenario;
  const sentences = [
    ...(description === undefined ? [] : [description]),
    settingSentence(simulated, run),
    referenceSentence(simulated.runs) ?? [],
  ].flat();
  return sentences.map((sentence) => paragraph(sentence, options));
}

function eventsTable(runs: readonly TrainingResult[], options: TextOptions): string {
  const shown = comparedEvents(runs, rowsMax);
  if (shown.length === 0) return "";
  const head = [{ title: "at", align: "right" }, { title: "event" }, { title: "part" }] as const;
  const cells = ({ event }: ComparedEvent) => [formatDuration(event.atS), event.event, event.part];
  const text =
    runs.length > 1
      ? table(
          [...head, ...runs.map(({ mode }) => ({ title: mode }))],
          shown.map((each) => [
            ...cells(each),
            ...each.felt.map((felt) =>
              felt === undefined ? "-" : [felt.verdict, feltWords(felt)].filter((part) => part !== "").join(", "),
            ),
          ]),
          options,
        )
      : table(
          [
            ...head,
            { title: "verdict" },
            { title: "bandwidth kept", align: "right" },
            { title: "stood still", align: "right" },
            { title: "jobs lost", align: "right" },
          ],
          shown.map((each) => [
            ...cells(each),
            each.event.verdict,
            formatShare(each.event.bandwidthKept),
            each.event.stalledS === 0 ? "-" : formatDuration(each.event.stalledS),
            each.event.aborts === 0 ? "-" : formatCount(each.event.aborts),
          ]),
          options,
        );
  const all = Math.max(...runs.map(({ events }) => events.length));
  return all <= rowsMax ? text : `${text}\n${formatCount(all)} events; the ${rowsMax} worst are shown.`;
}

function takeoversTable(takeovers: readonly TakeoverResult[], options: TextOptions): string {
  if (takeovers.length === 0) return "";
  const shown = takeovers.slice(0, rowsMax);
  const text = table(
    [
      { title: "at", align: "right" },
      { title: "part" },
      { title: "pairs", align: "right" },
      { title: "mode" },
      { title: "trigger" },
      { title: "detect", align: "right" },
      { title: "decide", align: "right" },
      { title: "switch", align: "right" },
      { title: "replay", align: "right" },
      { title: "total", align: "right" },
      { title: "verdict" },
    ],
    shown.map((each) => [
      formatDuration(each.atS),
      each.part,
      formatCount(each.pairs),
      each.mode,
      each.trigger,
      ...[each.detectUs, each.decideUs, each.switchUs, each.replayUs, each.totalUs].map((us) =>
        formatDuration(us / 1e6),
      ),
      each.verdict,
    ]),
    options,
  );
  return takeovers.length <= rowsMax
    ? text
    : `${text}\n${formatCount(takeovers.length)} takeovers; the first ${rowsMax} are shown.`;
}

function allocationTable({ allocation }: TrainingResult, options: TextOptions): string {
  if (allocation.length === 0) return "";
  const both = ([first, second]: readonly [number, number]) => `${formatNumber(first, 1)} + ${formatNumber(second, 1)}`;
  return table(
    [
      { title: "links" },
      { title: "policy" },
      { title: "gradients", align: "right" },
      { title: "activations", align: "right" },
      { title: "bulk", align: "right" },
      { title: "exchange", align: "right" },
      { title: "step", align: "right" },
    ],
    allocation.map((row, index) => [
      row.state === allocation[index - 1]?.state ? "" : row.state,
      row.policy,
      both(row.linkGBps.gradient),
      both(row.linkGBps.activation),
      both(row.linkGBps.bulk),
      row.exchangeS === null ? "never" : formatDuration(row.exchangeS),
      row.stepTimeS === null ? "never" : formatDuration(row.stepTimeS),
    ]),
    options,
  );
}

function totalsTable({ cluster, runs }: Simulated, options: TextOptions): string {
  const row = (title: string, of: (run: TrainingResult) => string) => [title, ...runs.map(of)];
  const hours = (value: number) => `${value < 100 ? formatRough(value) : formatCount(value)} GPU-h`;
  const worst = (run: TrainingResult) => run.takeovers.reduce((most, each) => Math.max(most, each.totalUs), 0);
  return table(
    [{ title: "" }, ...runs.map((run) => ({ title: runName(run), align: "right" as const }))],
    [
      row("simulated", (run) => formatDuration(run.totals.simulatedS)),
      row("healthy step", (run) => formatDuration(run.healthy.stepTimeS)),
      row("healthy gradient bandwidth of a server", (run) => `${formatRough(run.healthy.serverGBps)} GB/s`),
      row("steps kept", (run) => formatCount(run.totals.stepsDone)),
      row("steps lost", (run) => formatCount(run.totals.stepsLost)),
      row("jobs lost", (run) => formatCount(run.totals.aborts)),
      row("takeovers", (run) => formatCount(run.takeovers.reduce((sum, each) => sum + each.pairs, 0))),
      row("longest takeover", (run) => (run.takeovers.length === 0 ? "-" : formatDuration(worst(run) / 1e6))),
      row("GPU-hours lost", (run) => hours(run.totals.gpuHoursLost)),
      row("  standing still", (run) => hours(run.totals.split.standstill)),
      row("  restart", (run) => hours(run.totals.split.restart)),
      row("  waiting for repair", (run) => hours(run.totals.split.waiting)),
      row("  work done again", (run) => hours(run.totals.split.rework)),
      row("  checkpoints", (run) => hours(run.totals.split.checkpoints)),
      row("  slower steps", (run) => hours(run.totals.split.slowRunning)),
      ...(runs.length > 1 ? [row("  slower even while healthy", (run) => hours(run.totals.split.healthyPace))] : []),
      row("  servers left out", (run) => hours(run.totals.split.serversOut)),
      row("effective training time (ETTR)", (run) => formatShare(effectiveShare(run))),
      row("cost", (run) => formatUsdShort(costOfSimulation(cluster, run.totals))),
    ],
    options,
  );
}
