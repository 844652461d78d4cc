/** Parts in which the two links of a pair meet, with the paths that prove it. */

import type { Assessment } from "../assessment.ts";
import { formatCounted } from "../format.ts";
import { element } from "../svg.ts";
import { partWords, shortPath } from "../words.ts";
import { paragraph, type ReportSection, verdictChip } from "./elements.ts";

export function sharedRisksSection({ audit, fabric }: Assessment): ReportSection | undefined {
  if (audit === undefined || fabric.linksPerEndpoint === 1) return undefined;
  const risks = audit.sharedRisks.map((risk) =>
    element(
      "div",
      { class: "proof" },
      element(
        "p",
        {},
        verdictChip(risk.verdict),
        " ",
        element(
          "b",
          {},
          `${formatCounted(risk.endpoints, "pair")} of links need one ${partWords(risk.kind, risk.stage)}`,
        ),
        ` for both (${formatCounted(risk.count, "such part")}). Example: `,
        element("span", { class: "path" }, risk.example),
      ),
      ...risk.paths.map((path, side) =>
        element("p", { class: "small" }, `Link ${side + 1}: `, element("span", { class: "path" }, shortPath(path))),
      ),
    ),
  );
  const none = paragraph("No two links of a pair depend on the same part.");
  return {
    id: "shared-risks",
    title: "Shared risks",
    content: [
      paragraph(
        "Two links protect only against parts that they do not share. These parts are needed by both links of a pair:",
      ),
      ...(risks.length === 0 ? [none] : risks),
    ].slice(risks.length === 0 ? 1 : 0),
  };
}
