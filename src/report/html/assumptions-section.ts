/** What the figures rest on, each with its source, and how they were computed. */

import type { Assessment } from "../assessment.ts";
import { formatCount } from "../format.ts";
import { element } from "../svg.ts";
import { gradeMeanings } from "../words.ts";
import { dataTable, paragraph, type ReportSection } from "./elements.ts";

export function assumptionsSection({ price }: Assessment): ReportSection | undefined {
  if (price === undefined || price.assumptions.length === 0) return undefined;
  const rows = price.assumptions.map(({ text, source }) => [text, source.grade, source.text]);
  const columns = [
    { title: "Assumption", className: "wide" },
    { title: "Grade" },
    { title: "Source", className: "wide" },
  ] as const;
  const used = new Set(price.assumptions.map(({ source }) => source.grade));
  const meanings = Object.entries(gradeMeanings)
    .filter(([grade]) => used.has(grade as keyof typeof gradeMeanings))
    .flatMap(([grade, meaning]) => [element("dt", {}, element("b", {}, grade)), element("dd", {}, meaning)]);
  return {
    id: "assumptions",
    title: "Assumptions and their sources",
    content: [element("dl", { class: "meanings" }, ...meanings), dataTable(columns, rows)],
  };
}

export function methodSection({ audit, fabric, version }: Assessment): ReportSection {
  const examined =
    audit === undefined
      ? ""
      : ` ${formatCount(audit.examined.parts)} parts and ${formatCount(audit.examined.pairs)} pairs of parts were examined.`;
  return {
    id: "method",
    title: "How it was computed",
    content: [
      paragraph(
        `The fabric was built down to its ${formatCount(fabric.parts.count)} parts: servers, NICs, ports, modules, cables, cages and switches. The audit is exact: it looks at every part, and at one of each class of equal parts for its effect on bandwidth; nothing is sampled.${examined}`,
      ),
      paragraph(
        "Formulas, assumptions and their sources stand in docs/physics.md, the fields of assessment.json in docs/assessment-json.md, what is not modelled in docs/limits.md.",
      ),
      paragraph(`Made by twinspine ${version}. The same cluster file and version give the same report.`, "soft"),
    ],
  };
}
