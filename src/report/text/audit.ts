/** The audit in the terminal: single points of failure, shared risks, what one and two failures leave. */

import type { Assessment } from "../assessment.ts";
import { formatCount, formatCounted, formatShare } from "../format.ts";
import { stagePairs, stagePairWords } from "../stage-pairs.ts";
import { worstFirst } from "../summary.ts";
import { type TextOptions, table } from "../table.ts";
import { kindWord, partWords, shortPath, stageWord } from "../words.ts";
import { paragraph, type Section } from "./layout.ts";

/** Most rows of the table of two failures. */
const pairRowsMax = 14;

export interface AuditTextOptions {
  /** Most rows of each table. */
  readonly rowsMax: number;
  readonly pairs: boolean;
}

type Audit = NonNullable<Assessment["audit"]>;

/** The sections of the audit; none when there was none. */
export function auditSections({ audit }: Assessment, options: TextOptions, wish: AuditTextOptions): Section[] {
  if (audit === undefined) return [];
  return [
    singlePoints(audit, options),
    ...(audit.sharedRisks.length === 0 ? [] : [sharedRisks(audit, options, wish)]),
    oneFailure(audit, options, wish),
    ...(wish.pairs && audit.nMinusTwo.length > 0 ? [twoFailures(audit, options, wish)] : []),
  ];
}

function singlePoints(audit: Audit, options: TextOptions): Section {
  const title = "Single points of failure";
  if (audit.singlePointsOfFailure.length === 0) return { title, text: "none" };
  const rows = audit.singlePointsOfFailure.map((point) => [
    point.verdict,
    kindWord(point.kind),
    stageWord(point.stage),
    formatCount(point.count),
    formatCount(point.gpusCutOff),
    point.example,
  ]);
  const columns = [
    { title: "verdict" },
    { title: "part" },
    { title: "stage" },
    { title: "count", align: "right" },
    { title: "GPUs cut off", align: "right" },
    { title: "example", flexible: true },
  ] as const;
  return { title, text: table(columns, rows, options) };
}

function sharedRisks(audit: Audit, options: TextOptions, { rowsMax }: AuditTextOptions): Section {
  const lines = audit.sharedRisks
    .slice(0, rowsMax)
    .flatMap((risk) => [
      paragraph(
        `${risk.verdict}: ${formatCounted(risk.endpoints, "pair")} of links need one ${partWords(risk.kind, risk.stage)} for both, as ${risk.example}`,
        options,
      ),
      ...risk.paths.map((path, side) => paragraph(`link ${side + 1}: ${shortPath(path)}`, options, "    ")),
    ]);
  return { title: "Shared risks: both links of a pair need one part", text: lines.join("\n") };
}

function oneFailure(audit: Audit, options: TextOptions, { rowsMax }: AuditTextOptions): Section {
  const all = worstFirst(audit.nMinusOne);
  const rows = all
    .slice(0, rowsMax)
    .map((row) => [
      row.verdict,
      partWords(row.kind, row.stage),
      formatCount(row.count),
      formatCount(row.gpusCutOff),
      formatShare(row.bandwidthKept),
      formatShare(row.bandwidthKeptPacked),
    ]);
  const columns = [
    { title: "verdict" },
    { title: "part that fails", flexible: true },
    { title: "count", align: "right" },
    { title: "GPUs cut off", align: "right" },
    { title: "bandwidth kept", align: "right" },
    { title: "packed", align: "right" },
  ] as const;
  const rest = all.slice(rowsMax);
  const mildest =
    rest.length === 0 ? [] : [`... and ${formatCounted(rest.length, "milder class", "milder classes")} of parts`];
  return {
    title: "After any one failure (N-1), worst first",
    text: [table(columns, rows, options), ...mildest].join("\n"),
  };
}

function twoFailures(audit: Audit, options: TextOptions, { rowsMax }: AuditTextOptions): Section {
  const all = stagePairs(audit.nMinusTwo);
  const shown = all.slice(0, Math.min(rowsMax, pairRowsMax));
  const rows = shown.map((pair) => [
    pair.verdict,
    stagePairWords(pair),
    formatCount(pair.count),
    formatCount(pair.gpusCutOff),
    formatShare(pair.bandwidthKept),
  ]);
  const columns = [
    { title: "verdict" },
    { title: "parts that fail together", flexible: true },
    { title: "pairs", align: "right" },
    { title: "GPUs cut off", align: "right" },
    { title: "bandwidth kept", align: "right" },
  ] as const;
  const rest = all.length - shown.length;
  const milder = rest === 0 ? [] : [`... and ${formatCounted(rest, "milder class", "milder classes")} of pairs`];
  return {
    title: `After two failures (N-2), worst first, all ${formatCount(audit.examined.pairs)} pairs`,
    text: [table(columns, rows, options), ...milder].join("\n"),
  };
}
