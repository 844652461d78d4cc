/** Plots of the report, drawn with Observable Plot into text. Colours are variables of the style sheet. */

import * as Plot from "@observablehq/plot";
import { harmless } from "../../base/display-text.ts";
import { PlotDocument, serialize } from "../plot-document.ts";
import { fitText, textWidth } from "../text-measure.ts";

const fontSize = 12.5;
const widthAll = 900;
const labelMax = 340;

export interface BarRow {
  readonly label: string;
  readonly value: number;
  /** Style sheet variable, without the hyphens. */
  readonly colour: string;
  /** Written at the end of the bar. */
  readonly text: string;
  /** A second value, drawn as a ring. */
  readonly mark?: number;
}

export interface BarOptions {
  readonly axis: string;
  /** Right end of the axis; default the largest value. */
  readonly valueMax?: number;
  /** How a value on the axis is written. */
  readonly tick: (value: number) => string;
  readonly description: string;
}

/** Horizontal bars, one a row; rows of the same label lie in one bar, end to end. */
export function barPlot(rows: readonly BarRow[], options: BarOptions): string {
  const labels = [...new Set(rows.map((row) => row.label))];
  const shown = new Map(uniqueLabels(labels).map((text, index) => [labels[index]!, text]));
  const marginLeft = Math.min(labelMax, Math.max(...[...shown.values()].map((text) => textWidth(text, fontSize)))) + 16;
  const stacked = stack(rows);
  const totals = labels.map((label) => stacked.filter((row) => row.label === label).at(-1)!);
  const valueMax = options.valueMax ?? Math.max(...stacked.map((row) => row.to), Number.MIN_VALUE);
  const textMax = Math.max(...totals.map((row) => textWidth(row.text, fontSize)));
  const marks = rows.filter((row) => row.mark !== undefined);
  const plot = Plot.plot({
    // Where the types of a browser are known, ours is too small for them; Plot needs no more of it.
    document: new PlotDocument() as never,
    className: "plot",
    ariaLabel: options.description,
    width: widthAll,
    height: 46 + labels.length * 27,
    marginLeft,
    marginRight: textMax + 18,
    marginTop: 6,
    marginBottom: 40,
    style: "background:none",
    x: {
      domain: [0, valueMax],
      label: options.axis,
      labelArrow: "none",
      tickFormat: options.tick,
      ticks: 5,
      grid: true,
    },
    y: {
      domain: labels,
      label: null,
      tickFormat: (label: string) => shown.get(label) ?? label,
      tickSize: 0,
      padding: 0.28,
    },
    marks: [
      Plot.barX(stacked, {
        x1: "from",
        x2: "to",
        y: "label",
        fill: (row: Stacked) => `var(--${row.colour})`,
      }),
      Plot.ruleX([0]),
      Plot.text(totals, {
        x: marks.length > 0 ? () => valueMax : "to",
        y: "label",
        text: "text",
        textAnchor: "start",
        dx: marks.length > 0 ? 11 : 7,
        fill: "currentColor",
      }),
      Plot.dot(marks, { x: "mark", y: "label", r: 5, stroke: "var(--packed)", strokeWidth: 2 }),
    ],
  });
  return serialize(plot);
}

interface Stacked extends BarRow {
  readonly from: number;
  readonly to: number;
}

function stack(rows: readonly BarRow[]): Stacked[] {
  const ends = new Map<string, number>();
  return rows.map((row) => {
    const from = ends.get(row.label) ?? 0;
    const to = from + row.value;
    ends.set(row.label, to);
    return { ...row, from, to };
  });
}

/** Labels in one line (Plot breaks them at line ends), cut to the margin, numbered where two became equal. */
function uniqueLabels(labels: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return labels.map((label) => {
    const plain = harmless(label);
    const text = fitText(plain, labelMax, fontSize);
    const times = (seen.get(text) ?? 0) + 1;
    seen.set(text, times);
    return times === 1 ? text : `${fitText(plain, labelMax - 24, fontSize)} (${times})`;
  });
}
