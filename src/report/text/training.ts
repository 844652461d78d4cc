/** What training feels of the worst failures, in the terminal. */

import type { Assessment } from "../assessment.ts";
import { formatRough, formatShare, formatUsdShort } from "../format.ts";
import { type TextOptions, table } from "../table.ts";
import { standstillWords, stepWords, takeoverWords, trainingSentence, trainingTitle } from "../training-words.ts";
import { partWords } from "../words.ts";
import { paragraph, type Section } from "./layout.ts";

/** The section; none when nothing was asked for or nothing can fail. */
export function trainingSections({ training }: Assessment, options: TextOptions): Section[] {
  if (training === undefined) return [];
  const title = trainingTitle;
  if (training.omitted !== null) return [{ title, text: paragraph(training.omitted, options) }];
  const columns = [
    { title: "part that fails", flexible: true },
    { title: "verdict" },
    { title: "stood still", align: "right" },
    { title: "step", align: "right" },
    { title: "after", align: "right" },
    { title: "kept", align: "right" },
    { title: "GPU-h", align: "right" },
    { title: "cost", align: "right" },
  ] as const;
  const rows = training.failures.map((each) => [
    partWords(each.kind, each.stage),
    each.verdict,
    standstillWords(each),
    stepWords(each.stepTimeBeforeS),
    stepWords(each.stepTimeAfterS),
    formatShare(each.bandwidthKept),
    formatRough(each.gpuHoursLost),
    formatUsdShort(each.costUsd),
  ]);
  const takeovers = training.failures.map((each) => paragraph(`${each.part}: ${takeoverWords(each)}`, options, "  "));
  const text = [
    paragraph(trainingSentence(training), options),
    table(columns, rows, options),
    "Takeover, detect + decide + switch + replay:",
    ...takeovers,
  ].join("\n");
  return [{ title, text }];
}
