/** Shares over time, one row for each thing, the darker the more. */

import * as Plot from "@observablehq/plot";
import { harmless } from "../../base/display-text.ts";
import { PlotDocument, serialize } from "../plot-document.ts";
import { fitText, textWidth } from "../text-measure.ts";
import { timeUnitOf } from "./time-axis.ts";

const fontSize = 12.5;
const labelMax = 220;

export interface HeatRow {
  readonly label: string;
  /** One for each column, in [0, 1]; columns are equally long. */
  readonly shares: readonly number[];
}

/** Colour of the largest share is the accent in full; zero is paper. */
export function heatMap(
  rows: readonly HeatRow[],
  { durationS, shareMax, description }: { durationS: number; shareMax: number; description: string },
): string {
  const unit = timeUnitOf(durationS);
  const labels = rows.map(({ label }) => fitText(harmless(label), labelMax, fontSize));
  const columns = rows[0]?.shares.length ?? 1;
  const step = durationS / columns / unit.sizeS;
  const cells = rows.flatMap(({ shares }, row) => runsOf(shares).map((run) => ({ row, ...run })));
  const rowHeight = rows.length > 40 ? 13 : 17;
  const plot = Plot.plot({
    document: new PlotDocument() as never,
    className: "plot",
    ariaLabel: description,
    width: 900,
    height: 50 + rows.length * rowHeight,
    marginLeft: Math.max(...labels.map((label) => textWidth(label, fontSize))) + 14,
    marginRight: 16,
    marginTop: 6,
    marginBottom: 40,
    style: "background:none",
    x: { domain: [0, durationS / unit.sizeS], label: unit.name, labelArrow: "none", ticks: 8 },
    y: {
      domain: rows.map((_, row) => row),
      type: "band",
      label: null,
      tickSize: 0,
      tickFormat: (row: number) => labels[row]!,
      padding: 0.12,
    },
    marks: [
      Plot.barX(rows, { x1: () => 0, x2: () => columns * step, y: (_, row) => row, fill: "var(--panel)" }),
      Plot.barX(cells, {
        x1: (cell: Cell) => cell.from * step,
        x2: (cell: Cell) => cell.to * step,
        y: "row",
        fill: "var(--accent)",
        fillOpacity: (cell: Cell) => Math.round((cell.share / shareMax) * 100) / 100,
      }),
    ],
    opacity: { type: "identity" },
  });
  return serialize(plot);
}

interface Run {
  readonly from: number;
  readonly to: number;
  readonly share: number;
}

interface Cell extends Run {
  readonly row: number;
}

/** Neighbours of the same share as one, so that long quiet times cost nothing. */
function runsOf(shares: readonly number[]): Run[] {
  const runs: Run[] = [];
  let from = 0;
  for (let at = 1; at <= shares.length; at++) {
    if (at < shares.length && Math.abs(shares[at]! - shares[from]!) < 1e-6) continue;
    runs.push({ from, to: at, share: shares[from]! });
    from = at;
  }
  return runs;
}
