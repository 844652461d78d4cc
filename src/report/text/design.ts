/** The design in the terminal: tiers, links, bill of materials. */

import { describeAssembly } from "../../catalog/index.ts";
import type { BillRow, FabricPlane } from "../../fabric/index.ts";
import type { Assessment } from "../assessment.ts";
import {
  formatCapacity,
  formatCount,
  formatLength,
  formatOversubscription,
  formatPower,
  formatSpeed,
  formatUsd,
} from "../format.ts";
import { type TextOptions, table } from "../table.ts";
import { describeFabric } from "../topology/words.ts";
import { stageWord } from "../words.ts";
import { paragraph, type Section } from "./layout.ts";

/** Tiers and links; with `whole`, every row of the bill of materials instead of its sums. */
export function designSections(assessment: Assessment, options: TextOptions, whole = false): Section[] {
  const { fabric } = assessment;
  const planes = fabric.planes.map((plane) => planeText(assessment, plane, options));
  const notes = assessment.design.warnings.map((each) => paragraph(`${each.severity}: ${each.message}`, options));
  return [
    {
      title: "Design",
      text: [paragraph(describeFabric(fabric), options), "", tiersTable(assessment, options), ...notes].join("\n"),
    },
    { title: "Links", text: planes.join("\n") },
    whole ? billSection(assessment, options) : billSums(assessment, options),
  ];
}

function tiersTable({ fabric }: Assessment, options: TextOptions): string {
  const rows = fabric.planes.flatMap((plane) =>
    plane.switchCounts.flatMap((count, tier) => {
      if (count === 0) return [];
      const ratio = tier === 2 ? 0 : plane.oversubscription[tier]!;
      const shared = tier < 2 && plane.pods > 1 ? formatCount(plane.pods) : "";
      return [
        [
          plane.name,
          plane.tierNames[tier]!,
          formatCount(count),
          shared,
          ratio > 0 ? formatOversubscription(ratio) : "",
        ],
      ];
    }),
  );
  const columns = [
    { title: "plane" },
    { title: "tier" },
    { title: "switches", align: "right" },
    { title: "pods", align: "right" },
    { title: "oversubscription", align: "right" },
  ] as const;
  return table(columns, rows, options);
}

function planeText({ fabric }: Assessment, plane: FabricPlane, options: TextOptions): string {
  const rows = plane.linkCounts.flatMap((count, tier) => {
    if (count === 0) return [];
    const assembly = plane.assemblies[tier];
    const ends =
      tier === 0 ? `server - ${plane.tierNames[0]}` : `${plane.tierNames[tier - 1]} - ${plane.tierNames[tier]}`;
    const capacity =
      assembly === undefined
        ? ""
        : `${formatSpeed(assembly.speedGbps)} = ${formatCapacity(assembly.speedGbps * count)}`;
    const pair = tier === 0 ? "" : formatCount(plane.linksPerPair[tier - 1]!);
    return [
      [plane.name, ends, formatCount(count), capacity, pair, assembly === undefined ? "" : describeAssembly(assembly)],
    ];
  });
  const columns = [
    { title: "plane" },
    { title: "ends" },
    { title: "links", align: "right" },
    { title: "each = all", align: "right" },
    { title: "per pair", align: "right" },
    { title: "parts, lower end first", flexible: true },
  ] as const;
  const text = table(columns, rows, options);
  return fabric.planes[0] === plane ? text : text.split("\n").slice(2).join("\n");
}

const kindNames: Readonly<Record<BillRow["kind"], string>> = {
  switch: "switches",
  nic: "NICs",
  module: "modules",
  "captive-cable": "cables with plugs",
  fibre: "fibres",
};

function totalText({ bill }: Assessment, options: TextOptions): string {
  const { priceUsd, powerW, unpriced } = bill.totals;
  const missing = unpriced.length === 0 ? "" : ` (no price known: ${unpriced.join(", ")})`;
  return paragraph(`Network: ${formatUsd(priceUsd)}${missing}, ${formatPower(powerW)} without cooling.`, options);
}

function billSums(assessment: Assessment, options: TextOptions): Section {
  const counts = new Map<BillRow["kind"], number>();
  for (const { kind, count } of assessment.bill.rows) counts.set(kind, (counts.get(kind) ?? 0) + count);
  const parts = [...counts].map(([kind, count]) => `${formatCount(count)} ${kindNames[kind]}`).join(", ");
  return { title: "Bill of materials", text: `${paragraph(`${parts}.`, options)}\n${totalText(assessment, options)}` };
}

function billSection(assessment: Assessment, options: TextOptions): Section {
  const rows = assessment.bill.rows.map((row) => [
    row.model,
    stageWord(row.stage),
    row.lengthM === undefined ? "" : formatLength(row.lengthM),
    formatCount(row.count),
    row.unitPriceUsd === undefined ? "?" : formatUsd(row.unitPriceUsd),
    row.unitPriceUsd === undefined ? "?" : formatUsd(row.unitPriceUsd * row.count),
    row.unitPowerW === undefined ? "" : formatPower(row.unitPowerW),
    row.priceGrade ?? "",
  ]);
  const columns = [
    { title: "model" },
    { title: "stage" },
    { title: "length", align: "right" },
    { title: "count", align: "right" },
    { title: "each", align: "right" },
    { title: "all", align: "right" },
    { title: "power", align: "right" },
    { title: "price from" },
  ] as const;
  return { title: "Bill of materials", text: `${table(columns, rows, options)}\n${totalText(assessment, options)}` };
}
