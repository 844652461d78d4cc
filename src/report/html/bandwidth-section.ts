/** How much of the AllReduce bandwidth is left after one and after two failures. */

import type { Assessment } from "../assessment.ts";
import { formatBandwidth, formatCount, formatCounted, formatShare } from "../format.ts";
import { stagePairs } from "../stage-pairs.ts";
import { worstFirst } from "../summary.ts";
import { element, type Node } from "../svg.ts";
import { partOfStage, partWords } from "../words.ts";
import { dataTable, heading, legend, paragraph, picture, type ReportSection, verdictChip } from "./elements.ts";
import { barPlot } from "./plots.ts";

type Audit = NonNullable<Assessment["audit"]>;

const pairsMax = 20;

export function bandwidthSection({ audit, cluster }: Assessment): ReportSection | undefined {
  if (audit === undefined) return undefined;
  const { placed, packed } = audit.healthyGbpsPerGpu;
  const { placement } = cluster.training;
  const healthy = `With nothing failed, a ring AllReduce over all GPUs runs at ${formatBandwidth(placed)} of bus bandwidth per GPU with the ${placement} placement, and at ${formatBandwidth(packed)} when neighbours stay under one leaf where they can. The bars below show what one failure leaves of that.`;
  return {
    id: "bandwidth",
    title: "Bandwidth kept under failures",
    content: [
      paragraph(healthy),
      ...keptPlot(audit, placement),
      oneFailureTable(audit, placement),
      ...twoFailures(audit),
    ],
  };
}

function keptPlot(audit: Audit, placement: string): Node[] {
  const classes = worstFirst(audit.nMinusOne);
  if (classes.length === 0) return [];
  const seen = new Map<string, number>();
  const rows = classes.map((row) => {
    const words = partWords(row.kind, row.stage);
    const times = (seen.get(words) ?? 0) + 1;
    seen.set(words, times);
    return {
      label: times === 1 ? words : `${words} (class ${times})`,
      value: row.bandwidthKept * 100,
      mark: row.bandwidthKeptPacked * 100,
      colour: row.verdict,
      text: row.verdict === "fatal" ? "fatal" : formatShare(row.bandwidthKept),
    };
  });
  const drawn = barPlot(rows, {
    axis: "AllReduce bandwidth kept, %",
    valueMax: 100,
    tick: (value) => `${value}`,
    description: "AllReduce bandwidth kept after the failure of one part of each kind",
  });
  const detail = `Bars: the ${placement} placement, in force. Rings: neighbours packed under one leaf.`;
  return [
    picture("AllReduce bandwidth kept after one failure (N-1)", detail, drawn),
    legend([...new Set(rows.map((row) => row.colour))].map((verdict) => [verdict, verdict])),
  ];
}

function oneFailureTable(audit: Audit, placement: string): Node {
  const rows = worstFirst(audit.nMinusOne).map((row) => [
    verdictChip(row.verdict),
    partWords(row.kind, row.stage),
    formatCount(row.count),
    formatCount(row.gpusCutOff),
    formatShare(row.bandwidthKept),
    formatShare(row.bandwidthKeptPacked),
    element("span", { class: "path" }, row.example),
  ]);
  const columns = [
    { title: "Verdict" },
    { title: "Part that fails", className: "name" },
    { title: "Parts", align: "right" },
    { title: "GPUs cut off", align: "right" },
    { title: `Kept, ${placement}`, align: "right" },
    { title: "Kept, packed", align: "right" },
    { title: "Example", className: "wide" },
  ] as const;
  return dataTable(columns, rows);
}

function twoFailures(audit: Audit): Node[] {
  if (audit.nMinusTwo.length === 0) return [];
  const all = stagePairs(audit.nMinusTwo);
  const rows = all
    .slice(0, pairsMax)
    .map((row) => [
      verdictChip(row.verdict),
      `${partOfStage(row.stages[0])} and ${partOfStage(row.stages[1])}`,
      row.relation,
      formatCount(row.count),
      formatCount(row.gpusCutOff),
      formatShare(row.bandwidthKept),
    ]);
  const columns = [
    { title: "Verdict" },
    { title: "Parts that fail together", className: "name" },
    { title: "How they lie", className: "wide" },
    { title: "Pairs", align: "right" },
    { title: "GPUs cut off", align: "right" },
    { title: "Bandwidth kept", align: "right" },
  ] as const;
  const rest = all.length - pairsMax;
  return [
    heading("After two failures (N-2)"),
    paragraph(`${formatCount(audit.examined.pairs)} pairs of network parts were examined.`, "soft"),
    dataTable(columns, rows),
    rest > 0
      ? paragraph(
          `${formatCounted(rest, "milder class", "milder classes")} of pairs, and all by kind of part, stand in assessment.json.`,
          "soft small",
        )
      : undefined,
  ];
}
