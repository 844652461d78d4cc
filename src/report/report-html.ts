/** The report as one self-contained HTML file: no network, no script. */

import type { Assessment } from "./assessment.ts";
import { formatCounted } from "./format.ts";
import { assumptionsSection, methodSection } from "./html/assumptions-section.ts";
import { bandwidthSection } from "./html/bandwidth-section.ts";
import { billSection, cablingSection } from "./html/bill-section.ts";
import type { ReportSection } from "./html/elements.ts";
import { failuresSection } from "./html/failures-section.ts";
import { moneySection } from "./html/money-section.ts";
import { notesSection } from "./html/notes-section.ts";
import { sharedRisksSection } from "./html/shared-risks-section.ts";
import { styleSheet } from "./html/style.ts";
import { summaryNodes } from "./html/summary-section.ts";
import { topologySection } from "./html/topology-section.ts";
import { element, type Node, render } from "./svg.ts";

/** Nothing is loaded and nothing runs: only the style in the file itself is allowed. */
const contentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/** The whole report. Sections without anything to say are left out. */
export function reportHtml(assessment: Assessment): string {
  const { cluster, fabric } = assessment;
  const sections = [
    topologySection(assessment),
    failuresSection(assessment),
    bandwidthSection(assessment),
    sharedRisksSection(assessment),
    moneySection(assessment),
    billSection(assessment),
    cablingSection(assessment),
    notesSection(assessment),
    assumptionsSection(assessment),
    methodSection(assessment),
  ].filter((section) => section !== undefined);
  const gpus = formatCounted(fabric.serverCount * fabric.gpusPerServer, "GPU");
  const head = element(
    "head",
    {},
    element("meta", { charset: "utf-8" }),
    element("meta", { "http-equiv": "Content-Security-Policy", content: contentSecurityPolicy }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("meta", { name: "generator", content: `twinspine ${assessment.version}` }),
    element("title", {}, `${cluster.name}: fabric assessment`),
    element("style", {}, { markup: styleSheet }),
  );
  const header = element(
    "header",
    {},
    element("p", { class: "kicker" }, `Fabric assessment · ${gpus} · twinspine ${assessment.version}`),
    element("h1", {}, cluster.name),
  );
  const main = element(
    "main",
    {},
    header,
    ...summaryNodes(assessment),
    ...sections.map(sectionNode),
    element("footer", {}, `twinspine ${assessment.version}`),
  );
  const body = element("body", {}, element("div", { class: "page" }, contents(sections), main));
  return `<!doctype html>\n${render(element("html", { lang: "en" }, head, body))}\n`;
}

function sectionNode({ id, title, content }: ReportSection): Node {
  return element("section", { id }, element("h2", {}, title), ...content);
}

function contents(sections: readonly ReportSection[]): Node {
  const entries = [{ id: "summary", title: "Summary" }, ...sections].map(({ id, title }) =>
    element("li", {}, element("a", { href: `#${id}` }, title)),
  );
  return element(
    "nav",
    { "aria-label": "Contents" },
    element("p", { class: "brand" }, "twinspine"),
    element("ol", {}, ...entries),
  );
}
