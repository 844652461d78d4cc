/** What training feels of the worst failures: each simulated, with its takeover. */

import type { Assessment } from "../assessment.ts";
import { formatCount, formatDuration, formatRough, formatShare, formatUsdShort } from "../format.ts";
import { element } from "../svg.ts";
import type { FeltFailure } from "../training-feels.ts";
import { standstillWords, stepWords, trainingSentence, trainingTitle } from "../training-words.ts";
import { partWords } from "../words.ts";
import { dataTable, heading, paragraph, type ReportSection, verdictChip } from "./elements.ts";

export function trainingSection({ training }: Assessment): ReportSection | undefined {
  if (training === undefined) return undefined;
  const head = { id: "training", title: trainingTitle };
  if (training.omitted !== null) return { ...head, content: [paragraph(training.omitted)] };
  return {
    ...head,
    content: [
      paragraph(trainingSentence(training)),
      effects(training.failures),
      heading("Takeover by the switching core"),
      takeovers(training.failures),
    ],
  };
}

function effects(failures: readonly FeltFailure[]) {
  const columns = [
    { title: "Verdict" },
    { title: "Part that fails", className: "name" },
    { title: "Failures a year", align: "right" },
    { title: "Repair", align: "right" },
    { title: "Stood still", align: "right" },
    { title: "Jobs lost", align: "right" },
    { title: "Step before", align: "right" },
    { title: "Step after", align: "right" },
    { title: "Bandwidth kept", align: "right" },
    { title: "GPU-hours lost", align: "right" },
    { title: "Cost", align: "right" },
  ] as const;
  const rows = failures.map((each) => [
    verdictChip(each.verdict),
    partWords(each.kind, each.stage),
    formatRough(each.failuresPerYear),
    formatDuration(each.repairHours * 3600),
    standstillWords(each),
    each.jobsLost === 0 ? "-" : formatCount(each.jobsLost),
    stepWords(each.stepTimeBeforeS),
    stepWords(each.stepTimeAfterS),
    formatShare(each.bandwidthKept),
    formatRough(each.gpuHoursLost),
    formatUsdShort(each.costUsd),
  ]);
  return dataTable(columns, rows);
}

function takeovers(failures: readonly FeltFailure[]) {
  const columns = [
    { title: "Part" },
    { title: "Pairs", align: "right" },
    { title: "Trigger" },
    { title: "Detect", align: "right" },
    { title: "Decide", align: "right" },
    { title: "Switch", align: "right" },
    { title: "Replay", align: "right" },
    { title: "Total", align: "right" },
  ] as const;
  const rows = failures.map(({ part, takeover }) => {
    const name = element("span", { class: "path" }, part);
    if (takeover === null) return [name, "0", "no pair switched over", "-", "-", "-", "-", "-"];
    const { pairs, trigger, detectUs, decideUs, switchUs, replayUs, totalUs } = takeover;
    const times = [detectUs, decideUs, switchUs, replayUs, totalUs].map((us) => formatDuration(us / 1e6));
    return [name, formatCount(pairs), trigger, ...times];
  });
  return dataTable(columns, rows);
}
