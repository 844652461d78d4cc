/** The frame of an HTML report: one self-contained file, no network, no script; contents at the side, summary first. */

import { element, type Node, render } from "../svg.ts";
import type { ReportSection } from "./elements.ts";
import { styleSheet } from "./style.ts";

/** Nothing is loaded and nothing runs: only the style in the file itself is allowed. */
const contentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export interface Page {
  /** Of the window. */
  readonly title: string;
  /** Above the heading: what kind of report, how many GPUs. */
  readonly kicker: string;
  readonly heading: string;
  /** The verdict and the big figures; the first has the id `summary`. */
  readonly summary: readonly Node[];
  readonly sections: readonly ReportSection[];
  readonly version: string;
}

/** The whole document. */
export function htmlPage({ title, kicker, heading, summary, sections, version }: Page): string {
  const head = element(
    "head",
    {},
    element("meta", { charset: "utf-8" }),
    element("meta", { "http-equiv": "Content-Security-Policy", content: contentSecurityPolicy }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("meta", { name: "generator", content: `twinspine ${version}` }),
    element("title", {}, title),
    element("style", {}, { markup: styleSheet }),
  );
  const header = element(
    "header",
    {},
    element("p", { class: "kicker" }, `${kicker} · twinspine ${version}`),
    element("h1", {}, heading),
  );
  const main = element(
    "main",
    {},
    header,
    ...summary,
    ...sections.map(sectionNode),
    element("footer", {}, `twinspine ${version}`),
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
