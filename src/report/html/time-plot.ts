/** What changes in the course of a run: one panel below the other over one time axis. */

import * as Plot from "@observablehq/plot";
import { harmless } from "../../base/display-text.ts";
import { PlotDocument, serialize } from "../plot-document.ts";
import { fitText, textWidth } from "../text-measure.ts";
import { timeUnitOf } from "./time-axis.ts";

const width = 900;
const fontSize = 12.5;
const panelLabelMax = 150;
/** Points drawn at most in a panel; with more, each column shows its smallest and largest value. */
const columnsMax = 800;

/** A value from one moment to another; null: none. */
export interface Span {
  readonly startS: number;
  readonly endS: number;
  readonly value: number | null;
}

export interface Panel {
  readonly name: string;
  readonly spans: readonly Span[];
  /** Style sheet variable, without the hyphens. */
  readonly colour: string;
}

/** A time at which something else was going on, as a band behind all panels of this name. */
export interface Band {
  readonly panel: string;
  readonly startS: number;
  readonly endS: number;
  readonly colour: string;
}

/** A moment, as a tick at the foot of the panel. */
export interface Tick {
  readonly panel: string;
  readonly atS: number;
  readonly colour: string;
}

export interface TimePlotOptions {
  readonly durationS: number;
  /** What the values are, with their unit. */
  readonly axis: string;
  readonly valueMin: number;
  readonly valueMax: number;
  readonly tick: (value: number) => string;
  readonly bands?: readonly Band[];
  readonly ticks?: readonly Tick[];
  /** All lines over each other in one panel, told apart by colour: the caller adds the legend. Default false. */
  readonly together?: boolean;
  readonly description: string;
}

/** Values as steps; they begin at the left edge and end with the run. */
export function timePlot(panels: readonly Panel[], options: TimePlotOptions): string {
  const { durationS, valueMin, valueMax, bands = [], ticks = [], together = false } = options;
  const unit = timeUnitOf(durationS);
  const names = panels.map(({ name }) => name);
  const several = panels.length > 1 && !together;
  const shown = new Map(names.map((name) => [name, fitText(harmless(name), panelLabelMax, fontSize)]));
  const labelWidth = Math.max(...[...shown.values()].map((text) => textWidth(text, fontSize)));
  const x = (seconds: number) => seconds / unit.sizeS;
  const points = panels.flatMap((panel) =>
    pointsOf(panel.spans, durationS).map(({ atS, value }) => ({ ...panel, x: x(atS), y: value })),
  );
  const wide = bands.filter(({ startS, endS }) => endS - startS >= durationS / width);
  const foot = valueMin + (valueMax - valueMin) * 0.07;
  const plot = Plot.plot({
    document: new PlotDocument() as never,
    className: "plot",
    ariaLabel: options.description,
    width,
    height: 58 + (together ? 1 : panels.length) * (several ? 104 : 150),
    marginLeft: Math.max(...[valueMin, valueMax].map((value) => textWidth(options.tick(value), fontSize))) + 30,
    marginRight: several ? labelWidth + 20 : 16,
    marginTop: 26,
    marginBottom: 40,
    style: "background:none",
    x: { domain: [0, x(durationS)], label: unit.name, labelArrow: "none", ticks: 8 },
    y: {
      domain: [valueMin, valueMax],
      label: options.axis,
      labelArrow: "none",
      tickFormat: options.tick,
      ticks: several ? 3 : 4,
      grid: true,
    },
    ...(several
      ? { fy: { domain: names, label: null, padding: 0.22, tickFormat: (name: string) => shown.get(name) ?? name } }
      : {}),
    marks: [
      Plot.rect(wide, {
        x1: (band: Band) => x(band.startS),
        x2: (band: Band) => x(band.endS),
        y1: () => valueMin,
        y2: () => valueMax,
        ...(several ? { fy: "panel" } : {}),
        fill: (band: Band) => `var(--${band.colour})`,
        fillOpacity: 0.28,
      }),
      Plot.line(points, {
        x: "x",
        y: "y",
        z: "name",
        ...(several ? { fy: "name" } : {}),
        stroke: (point: Panel) => `var(--${point.colour})`,
        strokeWidth: 1.8,
      }),
      Plot.ruleX(ticks, {
        x: (tick: Tick) => x(tick.atS),
        y1: () => valueMin,
        y2: () => foot,
        ...(several ? { fy: "panel" } : {}),
        stroke: (tick: Tick) => `var(--${tick.colour})`,
        strokeWidth: 2,
      }),
    ],
  });
  return serialize(plot);
}

interface Point {
  readonly atS: number;
  /** NaN: the line breaks here. */
  readonly value: number;
}

/** Corners of the steps; where there are too many, the smallest and largest value of every column. */
export function pointsOf(spans: readonly Span[], durationS: number): Point[] {
  if (spans.length <= columnsMax)
    return spans.flatMap(({ startS, endS, value }) => [
      { atS: startS, value: value ?? Number.NaN },
      { atS: endS, value: value ?? Number.NaN },
    ]);
  const lows = new Float64Array(columnsMax).fill(Number.POSITIVE_INFINITY);
  const highs = new Float64Array(columnsMax).fill(Number.NEGATIVE_INFINITY);
  const columnOf = (atS: number) => Math.min(columnsMax - 1, Math.floor((atS / durationS) * columnsMax));
  for (const { startS, endS, value } of spans) {
    if (value === null) continue;
    for (let column = columnOf(startS); column <= columnOf(endS); column++) {
      lows[column] = Math.min(lows[column]!, value);
      highs[column] = Math.max(highs[column]!, value);
    }
  }
  return Array.from(lows).flatMap((low, column) => {
    const atS = ((column + 0.5) / columnsMax) * durationS;
    const high = highs[column]!;
    if (low > high) return [{ atS, value: Number.NaN }];
    return low === high
      ? [{ atS, value: low }]
      : [
          { atS, value: low },
          { atS, value: high },
        ];
  });
}
