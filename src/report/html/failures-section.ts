/** What can fail, how often, and what then happens. */

import { type Verdict, verdicts } from "../../audit/types.ts";
import type { Assessment } from "../assessment.ts";
import { formatCount, formatRough } from "../format.ts";
import { element, type Node } from "../svg.ts";
import { kindWord, partWords, stageWord, verdictMeanings } from "../words.ts";
import { dataTable, heading, legend, paragraph, picture, type ReportSection, verdictChip } from "./elements.ts";
import { barPlot } from "./plots.ts";

const hoursPerYear = 8766;
const barsMax = 16;

export function failuresSection(assessment: Assessment): ReportSection | undefined {
  const { audit } = assessment;
  if (audit === undefined) return undefined;
  return {
    id: "failures",
    title: "What can fail, and what then happens",
    content: [meanings(), ...singlePoints(audit), ...ratePlot(assessment)],
  };
}

function meanings(): Node {
  const entries = verdicts.flatMap((verdict) => [
    element("dt", {}, verdictChip(verdict)),
    element("dd", {}, verdictMeanings[verdict]),
  ]);
  return element("dl", { class: "meanings" }, ...entries);
}

function singlePoints(audit: NonNullable<Assessment["audit"]>): Node[] {
  const points = audit.singlePointsOfFailure;
  const title = heading("Single points of failure");
  if (points.length === 0) {
    return [title, paragraph("None: no single part of the network cuts a GPU off from its collective or its NIC.")];
  }
  const rows = points.map((point) => [
    verdictChip(point.verdict),
    kindWord(point.kind),
    stageWord(point.stage),
    formatCount(point.count),
    formatCount(point.gpusCutOff),
    element("span", { class: "path" }, point.example),
  ]);
  const columns = [
    { title: "Verdict" },
    { title: "Part", className: "name" },
    { title: "Stage" },
    { title: "Parts", align: "right" },
    { title: "GPUs cut off by one", align: "right" },
    { title: "Example", className: "wide" },
  ] as const;
  return [title, dataTable(columns, rows)];
}

function ratePlot({ price }: Assessment): Node[] {
  if (price === undefined) return [];
  const classes = price.failures
    .filter((failure) => failure.stage !== "endpoint" && failure.failuresPerHour > 0)
    .map((failure) => ({
      label: partWords(failure.kind, failure.stage),
      value: failure.failuresPerHour * hoursPerYear,
      verdict: failure.verdict,
    }));
  if (classes.length === 0) return [];
  const totals = new Map<string, number>();
  for (const { label, value } of classes) totals.set(label, (totals.get(label) ?? 0) + value);
  const kept = [...totals].sort((left, right) => right[1] - left[1]).slice(0, barsMax);
  const order = new Map(kept.map(([label], index) => [label, index]));
  const rank = (verdict: Verdict) => verdicts.indexOf(verdict);
  const rows = classes
    .filter(({ label }) => order.has(label))
    .sort((left, right) => order.get(left.label)! - order.get(right.label)! || rank(right.verdict) - rank(left.verdict))
    .map(({ label, value, verdict }) => ({ label, value, colour: verdict, text: formatRough(totals.get(label)!) }));
  const drawn = barPlot(rows, {
    axis: "failures a year, the whole cluster",
    tick: formatRough,
    description: "Failures a year of each kind of network part, coloured by what they do to training",
  });
  const shown = verdicts.filter((verdict) => rows.some((row) => row.colour === verdict));
  return [
    picture(
      "Failures of network parts in a year, by what they do to training",
      "GPUs, servers and software fail besides: see Money.",
      drawn,
    ),
    legend(shown.map((verdict) => [verdict, verdict])),
  ];
}
