/** How busy leaves and spines are in the course of the run, as a heat map. */

import type { Utilisation } from "../../../simulate/result.ts";
import { formatCount, formatShare } from "../../format.ts";
import type { Simulated } from "../../simulation-json.ts";
import { runName } from "../../simulation-summary.ts";
import { element, type Node } from "../../svg.ts";
import { paragraph, picture, type ReportSection } from "../elements.ts";
import { type HeatRow, heatMap } from "../heat-map.ts";

const columns = 120;
/** Switches with a row of their own, half as many beside other modes; of more, those that change most have one. */
const rowsMax = 48;

export function switchesSection({ runs }: Simulated): ReportSection | undefined {
  const sampled = runs.filter(({ utilisation }) => utilisation.switches.length > 0 && utilisation.atS.length > 0);
  if (sampled.length === 0) return undefined;
  const most = Math.floor(rowsMax / Math.min(2, sampled.length));
  const drawn = sampled.map((run) => {
    const { utilisation, totals } = run;
    const durationS = Math.max(totals.simulatedS, 1e-6);
    const all = utilisation.switches.map((label, index) => ({ label, shares: meansOf(utilisation, index, durationS) }));
    return { mode: runName(run), durationS, all, rows: chosen(all, most) };
  });
  // One scale for all modes, so that they can be compared.
  const shareMax = drawn
    .flatMap(({ rows }) => rows.flatMap(({ shares }) => shares))
    .reduce((top, share) => Math.max(top, share), 1e-9);
  const left = drawn.some(({ all, rows }) => all.length > rows.length)
    ? ` ${formatCount(drawn[0]!.all.length)} switches: those that change most by themselves, the others of their kind as one row.`
    : "";
  return {
    id: "switches",
    title: "Leaves and spines",
    content: [
      paragraph(
        `How much of the capacity of its links, both directions, each switch carries while gradients flow.${left}`,
      ),
      ...drawn.map(({ mode, durationS, rows }) =>
        picture(
          `Utilisation of switches, ${mode}`,
          `Means over ${columns} equal pieces of time.`,
          heatMap(rows, {
            durationS,
            shareMax,
            description: `How busy each switch is in the course of the run, ${mode}`,
          }),
          "heat",
        ),
      ),
      scale(shareMax),
    ],
  };
}

/** Time-weighted means of one switch over equal pieces of time. */
export function meansOf({ atS, share }: Utilisation, index: number, durationS: number): number[] {
  const sums = new Float64Array(columns);
  const width = durationS / columns;
  for (const [at, startS] of atS.entries()) {
    const endS = atS[at + 1] ?? durationS;
    const value = share[at]![index]!;
    for (let column = Math.floor(startS / width); column < columns && column * width < endS; column++) {
      const from = Math.max(startS, column * width);
      const to = Math.min(endS, (column + 1) * width);
      if (to > from) sums[column]! += value * (to - from);
    }
  }
  return Array.from(sums, (sum) => sum / width);
}

/** All rows, or those that change most and one for the rest of each kind (names without their number). */
function chosen(all: readonly HeatRow[], most: number): readonly HeatRow[] {
  if (all.length <= most) return all;
  const span = ({ shares }: HeatRow) => Math.max(...shares) - Math.min(...shares);
  const kept = new Set(all.toSorted((left, right) => span(right) - span(left)).slice(0, most - 8));
  const kinds = new Map<string, HeatRow[]>();
  for (const row of all) {
    if (kept.has(row)) continue;
    const kind = row.label.replace(/-?\d+$/, "");
    kinds.set(kind, [...(kinds.get(kind) ?? []), row]);
  }
  const rest = [...kinds].map(
    ([kind, rows]): HeatRow => ({
      label: `${kind}: ${formatCount(rows.length)} others`,
      shares: rows[0]!.shares.map((_, column) => rows.reduce((sum, row) => sum + row.shares[column]!, 0) / rows.length),
    }),
  );
  return [...all.filter((row) => kept.has(row)), ...rest];
}

function scale(shareMax: number): Node {
  const items = [0, 0.25, 0.5, 0.75, 1].map((part) =>
    element(
      "li",
      {},
      element("i", { style: `background:color-mix(in srgb,var(--accent) ${part * 100}%,var(--panel))` }),
      formatShare(part * shareMax),
    ),
  );
  return element("ul", { class: "legend" }, ...items);
}
