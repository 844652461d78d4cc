/** The one table printer of the command line. */

import Table from "cli-table3";
import { harmless } from "../base/display-text.ts";

export interface Column {
  readonly title: string;
  /** Numbers belong to the right. Default left. */
  readonly align?: "left" | "right";
  /** Gives way when the table is wider than the terminal: its text wraps. Default: the widest left-aligned column does. */
  readonly flexible?: boolean;
}

/** How a text report is printed. */
export interface TextOptions {
  /** Columns of the terminal. */
  readonly width: number;
  readonly colour: boolean;
}

const gap = 2;
const flexibleMin = 14;
const noRules = Object.fromEntries(
  [
    ...["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"],
    ...["left", "left-mid", "mid", "mid-mid", "right", "right-mid", "middle"],
  ].map((name) => [name, ""]),
);

/**
 * A table with one rule under its head, at most `width` columns wide where its numbers leave room for that. Control
 * characters in texts are shown, never sent to the terminal. No newline at the end.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  { width, colour }: TextOptions,
): string {
  const clean = rows.map((row) => columns.map((_, index) => harmless(row[index] ?? "")));
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...clean.map((row) => [...row[index]!].length)),
  );
  shrinkToFit(columns, widths, width);
  const printed = new Table({
    colWidths: widths.map((each) => each + gap),
    colAligns: columns.map(({ align }) => align ?? "left"),
    wordWrap: true,
    style: { head: [], border: [], "padding-left": 0, "padding-right": gap },
    chars: noRules,
  });
  printed.push(
    columns.map(({ title }) => title),
    ...clean,
  );
  const [head = "", ...lines] = printed
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
  const rule = widths.map((each) => "─".repeat(each)).join(" ".repeat(gap));
  return [colour ? `\u001b[1m${head}\u001b[22m` : head, rule, ...lines].join("\n");
}

/** Takes what is too wide from the flexible columns, the widest first, but never below their titles. */
function shrinkToFit(columns: readonly Column[], widths: number[], width: number): void {
  const marked = columns.some((column) => column.flexible === true);
  const flexible = columns.flatMap(({ align, flexible: own }, index) =>
    (marked ? own === true : align !== "right") ? [index] : [],
  );
  const floor = (index: number) => Math.min(widths[index]!, Math.max(flexibleMin, columns[index]!.title.length));
  const floors = widths.map((_, index) => floor(index));
  let excess = widths.reduce((sum, each) => sum + each, 0) + gap * (widths.length - 1) - width;
  while (excess > 0) {
    const widest = flexible
      .filter((index) => widths[index]! > floors[index]!)
      .sort((a, b) => widths[b]! - widths[a]!)[0];
    if (widest === undefined) return;
    widths[widest]!--;
    excess--;
  }
}
