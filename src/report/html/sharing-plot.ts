/** How classes of traffic share two links by several policies, beside each other: over time, and state by state. */

import * as Plot from "@observablehq/plot";
import { harmless } from "../../base/display-text.ts";
import { PlotDocument, serialize } from "../plot-document.ts";
import { fitText, textWidth } from "../text-measure.ts";
import { timeUnitOf } from "./time-axis.ts";

const width = 900;
const fontSize = 12.5;
const labelMax = 230;
/** Pieces of time at most in one panel; with more, neighbours are drawn as their mean. */
const piecesMax = 240;

/** A class: its name and its style sheet variable, without the hyphens. */
export interface StackedClass {
  readonly name: string;
  readonly colour: string;
}

/** From one moment to another: the rate of each class, in the order of the classes; null: nothing flows. */
export interface SharedSpan {
  readonly startS: number;
  readonly endS: number;
  readonly rates: readonly number[] | null;
}

/** One panel of a grid: policies beside each other, links below each other. */
export interface SharedPanel {
  readonly policy: string;
  readonly link: string;
  readonly spans: readonly SharedSpan[];
}

interface Area {
  readonly policy: string;
  readonly link: string;
  readonly x1: number;
  readonly x2: number;
  readonly y1: number;
  readonly y2: number;
  readonly colour: string;
}

interface GridOptions {
  readonly axis: string;
  readonly tick: (value: number) => string;
  readonly description: string;
  readonly durationS: number;
  /** Upper end of every panel. */
  readonly valueMax: number;
}

/** Classes stacked on each other over time, a panel for each link (row) and policy (column). */
export function sharingOverTime(
  panels: readonly SharedPanel[],
  classes: readonly StackedClass[],
  { axis, tick, description, durationS, valueMax }: GridOptions,
): string {
  const unit = timeUnitOf(durationS);
  const policies = [...new Set(panels.map(({ policy }) => policy))];
  const links = [...new Set(panels.map(({ link }) => link))];
  const areas = panels.flatMap(({ policy, link, spans }) =>
    pieces(spans, durationS).flatMap(({ startS, endS, rates }): Area[] => {
      let below = 0;
      return (rates ?? []).map((rate, index) => {
        const y1 = below;
        below += rate;
        const colour = classes[index]!.colour;
        return { policy, link, x1: startS / unit.sizeS, x2: endS / unit.sizeS, y1, y2: below, colour };
      });
    }),
  );
  const plot = Plot.plot({
    document: new PlotDocument(),
    className: "plot",
    ariaLabel: description,
    width,
    height: 76 + links.length * 112,
    marginLeft: textWidth(tick(valueMax), fontSize) + 30,
    marginRight: Math.max(...links.map((link) => textWidth(link, fontSize))) + 20,
    marginTop: 44,
    marginBottom: 40,
    style: "background:none",
    x: { domain: [0, durationS / unit.sizeS], label: unit.name, labelArrow: "none", ticks: 4 },
    y: { domain: [0, valueMax], label: axis, labelArrow: "none", tickFormat: tick, ticks: 3, grid: true },
    fx: { domain: policies, label: null, padding: 0.08 },
    fy: { domain: links, label: null, padding: 0.16 },
    marks: [
      Plot.rect(
        areas.filter(({ y1, y2 }) => y2 > y1),
        {
          fx: "policy",
          fy: "link",
          x1: "x1",
          x2: "x2",
          y1: "y1",
          y2: "y2",
          fill: (area: Area) => `var(--${area.colour})`,
        },
      ),
      Plot.ruleY([0]),
    ],
  });
  return serialize(plot);
}

/** Neighbours that are equal as one; where there are too many, means over equal pieces of time. */
export function pieces(spans: readonly SharedSpan[], durationS: number): SharedSpan[] {
  const joined: SharedSpan[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    if (last !== undefined && last.endS === span.startS && sameRates(last.rates, span.rates))
      joined[joined.length - 1] = { ...last, endS: span.endS };
    else joined.push(span);
  }
  if (joined.length <= piecesMax) return joined;
  const count = joined.find(({ rates }) => rates !== null)?.rates?.length ?? 0;
  const sums = Array.from({ length: piecesMax }, () => new Float64Array(count));
  const widthS = durationS / piecesMax;
  for (const { startS, endS, rates } of joined) {
    if (rates === null) continue;
    const last = Math.min(piecesMax - 1, Math.floor(endS / widthS));
    for (let piece = Math.floor(startS / widthS); piece <= last; piece++) {
      const lastsS = Math.min(endS, (piece + 1) * widthS) - Math.max(startS, piece * widthS);
      for (const [index, rate] of rates.entries()) sums[piece]![index]! += (rate * Math.max(0, lastsS)) / widthS;
    }
  }
  return sums.map((sum, piece) => ({ startS: piece * widthS, endS: (piece + 1) * widthS, rates: [...sum] }));
}

function sameRates(left: readonly number[] | null, right: readonly number[] | null): boolean {
  if (left === null || right === null) return left === right;
  return left.every((rate, index) => Math.abs(rate - right[index]!) <= 1e-9 * Math.max(1, rate));
}

/** One bar of a grid of bars: its row, its column, its classes from left to right, what is written at its end. */
export interface SharedBar {
  readonly label: string;
  readonly policy: string;
  readonly rates: readonly number[];
}

interface BarPiece {
  readonly label: string;
  readonly policy: string;
  readonly from: number;
  readonly to: number;
  readonly colour: string;
}

/** Bars of stacked classes, policies beside each other. */
export function sharingBars(
  bars: readonly SharedBar[],
  classes: readonly StackedClass[],
  { axis, tick, description }: Pick<GridOptions, "axis" | "tick" | "description">,
): string {
  const labels = [...new Set(bars.map(({ label }) => label))];
  const policies = [...new Set(bars.map(({ policy }) => policy))];
  const shown = new Map(labels.map((label) => [label, fitText(harmless(label), labelMax, fontSize)]));
  const drawn = bars.flatMap(({ label, policy, rates }): BarPiece[] => {
    let from = 0;
    return rates.map((rate, index) => {
      const piece = { label, policy, from, to: from + rate, colour: classes[index]!.colour };
      from += rate;
      return piece;
    });
  });
  const plot = Plot.plot({
    document: new PlotDocument(),
    className: "plot",
    ariaLabel: description,
    width,
    height: 76 + labels.length * 22,
    marginLeft: Math.max(...[...shown.values()].map((text) => textWidth(text, fontSize))) + 16,
    marginRight: 16,
    marginTop: 34,
    marginBottom: 40,
    style: "background:none",
    x: {
      domain: [0, Math.max(...drawn.map(({ to }) => to), Number.MIN_VALUE)],
      label: axis,
      labelArrow: "none",
      tickFormat: tick,
      ticks: 3,
      grid: true,
    },
    y: {
      domain: labels,
      label: null,
      tickFormat: (label: string) => shown.get(label) ?? label,
      tickSize: 0,
      padding: 0.24,
    },
    fx: { domain: policies, label: null, padding: 0.08 },
    marks: [
      Plot.barX(drawn, {
        fx: "policy",
        x1: "from",
        x2: "to",
        y: "label",
        fill: (piece: BarPiece) => `var(--${piece.colour})`,
      }),
      Plot.ruleX([0]),
    ],
  });
  return serialize(plot);
}
