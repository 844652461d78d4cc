/** The building blocks of the report's sections. */

import type { FeltVerdict } from "../../simulate/result.ts";
import { element, type Markup, type Node } from "../svg.ts";

export interface HtmlColumn {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Class of the cells: `name` for what the row is about, `wide` for long text. */
  readonly className?: string;
}

/** One section: its id (for the contents), its title and what it says. */
export interface ReportSection {
  readonly id: string;
  readonly title: string;
  readonly content: readonly Node[];
}

export function paragraph(text: string, className?: string): Node {
  return element("p", { class: className }, text);
}

export function heading(text: string): Node {
  return element("h3", {}, text);
}

/** A table that scrolls by itself where the page is too narrow; `compact`: few columns, kept together. */
export function dataTable(
  columns: readonly HtmlColumn[],
  rows: readonly (readonly (Node | string)[])[],
  { footer, compact = false }: { readonly footer?: readonly (Node | string)[]; readonly compact?: boolean } = {},
): Node {
  const classOf = ({ align, className }: HtmlColumn) => {
    const names = [align === "right" ? "number" : "", className ?? ""].filter((name) => name !== "").join(" ");
    return names === "" ? undefined : names;
  };
  const head = columns.map((column) => element("th", { scope: "col", class: classOf(column) }, column.title));
  const cells = (row: readonly (Node | string)[]) =>
    columns.map((column, index) => element("td", { class: classOf(column) }, row[index]));
  const body = rows.map((row) => element("tr", {}, ...cells(row)));
  const foot = footer === undefined ? undefined : element("tfoot", {}, element("tr", {}, ...cells(footer)));
  const whole = element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...body),
    foot,
  );
  return element(
    "div",
    {
      class: compact ? "scroll compact" : "scroll",
      tabindex: 0,
      role: "region",
      "aria-label": columns[0]?.title ?? "table",
    },
    whole,
  );
}

/** Words and what they mean. */
export function meanings(entries: readonly (readonly [Node, string])[]): Node {
  const pairs = entries.flatMap(([word, meaning]) => [element("dt", {}, word), element("dd", {}, meaning)]);
  return element("dl", { class: "meanings" }, ...pairs);
}

/** A verdict as a chip; colour, shape and word say the same. */
export function verdictChip(verdict: FeltVerdict): Node {
  return element("span", { class: `chip ${verdict}` }, verdict);
}

/** A picture with its caption. */
export function picture(title: string, detail: string, markup: string, className?: string): Node {
  const drawn: Markup = { markup };
  const caption = element("figcaption", {}, title, detail === "" ? undefined : element("span", {}, detail));
  return element("figure", { class: className }, caption, element("div", { class: "scroll" }, drawn));
}

/** A legend of coloured squares; colours are names of the style sheet's variables. */
export function legend(entries: readonly (readonly [string, string])[]): Node {
  const items = entries.map(([text, colour]) =>
    element("li", {}, element("i", { style: `background:var(--${colour})` }), text),
  );
  return element("ul", { class: "legend" }, ...items);
}
