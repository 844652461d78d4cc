/** The table under the picture: every kind of link with its numbers and its parts. */

import { describeAssembly } from "../../catalog/index.ts";
import type { Fabric } from "../../fabric/index.ts";
import { formatCapacity, formatCount, formatOversubscription, formatSpeed } from "../format.ts";
import { element, type Node } from "../svg.ts";
import { label, type Point } from "./shapes.ts";
import type { TierTotals } from "./tiers.ts";

const rowHeight = 22;

interface FactRow {
  readonly cells: readonly string[];
}

const columns = [
  { title: "Links", x: 0, width: 190, end: false },
  { title: "Number", x: 270, width: 76, end: true },
  { title: "Speed", x: 340, width: 60, end: true },
  { title: "Capacity", x: 430, width: 80, end: true },
  { title: "Per pair", x: 510, width: 70, end: true },
  { title: "Oversubscription", x: 640, width: 120, end: true },
  { title: "Parts of one link, lower end first", x: 668, width: 612, end: false },
] as const;

/** Height of the table of a fabric. */
export function factsHeight(fabric: Fabric): number {
  return 34 + rowsOf(fabric, undefined).length * rowHeight;
}

/** Draws the table at `at`. */
export function drawFacts(fabric: Fabric, totals: readonly TierTotals[], at: Point, width: number): Node[] {
  const header = columns.map(({ title, x, width: widthMax, end }) =>
    label(
      title,
      { x: at.x + x, y: at.y + 14 },
      { tone: "soft bold", size: 11, anchor: end ? "end" : "start", widthMax },
    ),
  );
  const rule = element("line", { x1: at.x, x2: at.x + width, y1: at.y + 22, y2: at.y + 22, class: "rule" });
  const rows = rowsOf(fabric, totals).flatMap((row, index) =>
    row.cells.map((cell, column) => {
      const { x, end, width: widthMax } = columns[column]!;
      const place = { x: at.x + x, y: at.y + 40 + index * rowHeight };
      return label(cell, place, {
        size: 12,
        anchor: end ? "end" : "start",
        widthMax,
        tone: column === 0 ? "bold" : "",
      });
    }),
  );
  return [...header, rule, ...rows];
}

/** Equal rows of two planes are written once. */
function rowsOf(fabric: Fabric, totals: readonly TierTotals[] | undefined): FactRow[] {
  const found = new Map<string, { planes: string[]; tier: number; plane: number; cells: string[] }>();
  for (const [index, plane] of fabric.planes.entries()) {
    for (const tier of [0, 1, 2]) {
      if (plane.linkCounts[tier] === 0) continue;
      const cells = factCells(fabric, index, tier, totals);
      const key = `${tier} ${cells.join("|")}`;
      const same = found.get(key);
      if (same === undefined) found.set(key, { planes: [plane.name], tier, plane: index, cells });
      else same.planes.push(plane.name);
    }
  }
  const several = fabric.planes.length > 1;
  return [...found.values()]
    .sort((left, right) => left.tier - right.tier || left.plane - right.plane)
    .map(({ planes, tier, plane, cells }) => {
      const names = fabric.planes[plane]!.tierNames;
      const ends = tier === 0 ? `server – ${names[0]}` : `${names[tier - 1]} – ${names[tier]}`;
      const where = !several ? "" : planes.length > 1 ? ", each plane" : `, plane ${planes[0]}`;
      return { cells: [`${ends}${where}`, ...cells] };
    });
}

function factCells(fabric: Fabric, plane: number, tier: number, totals: readonly TierTotals[] | undefined): string[] {
  const { assemblies, linksPerPair, oversubscription, linkCounts } = fabric.planes[plane]!;
  const assembly = assemblies[tier];
  const total = totals?.[plane * 3 + tier];
  const ratio = tier === 0 ? undefined : oversubscription[tier - 1];
  return [
    formatCount(linkCounts[tier]!),
    assembly === undefined ? "" : formatSpeed(assembly.speedGbps),
    total === undefined ? "" : formatCapacity(total.capacityGbps),
    tier === 0 ? "" : formatCount(linksPerPair[tier - 1]!),
    ratio === undefined || ratio === 0 ? "" : formatOversubscription(ratio),
    assembly === undefined ? "" : describeAssembly(assembly),
  ];
}
