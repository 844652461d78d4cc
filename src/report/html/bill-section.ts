/** What must be bought, and how the cables are labelled. */

import type { Assessment } from "../assessment.ts";
import { formatCount, formatLength, formatPower, formatUsd } from "../format.ts";
import { element } from "../svg.ts";
import { stageWord } from "../words.ts";
import { dataTable, paragraph, type ReportSection } from "./elements.ts";

export function billSection({ bill }: Assessment): ReportSection {
  const rows = bill.rows.map((row) => [
    element("span", {}, row.model, element("span", { class: "detail" }, row.description)),
    stageWord(row.stage),
    row.lengthM === undefined ? "" : formatLength(row.lengthM),
    formatCount(row.count),
    row.unitPowerW === undefined ? "" : formatPower(row.unitPowerW),
    row.unitPriceUsd === undefined ? "unknown" : formatUsd(row.unitPriceUsd),
    row.unitPriceUsd === undefined ? "" : formatUsd(row.unitPriceUsd * row.count),
    row.priceGrade ?? "",
  ]);
  const columns = [
    { title: "Model", className: "name wide" },
    { title: "Stage", className: "nowrap" },
    { title: "Length", align: "right" },
    { title: "Pieces", align: "right" },
    { title: "Power each", align: "right" },
    { title: "Price each", align: "right" },
    { title: "Price of all", align: "right" },
    { title: "Price from" },
  ] as const;
  const { priceUsd, powerW, unpriced } = bill.totals;
  const footer = ["All", "", "", "", formatPower(powerW), "", formatUsd(priceUsd), ""];
  const missing = unpriced.length === 0 ? "" : ` No price is known of ${unpriced.join(", ")}: left out of the sum.`;
  return {
    id: "bill",
    title: "Bill of materials",
    content: [
      paragraph(
        `The network's parts; servers and GPUs are not among them. The power in the last row is that of all pieces.${missing}`,
      ),
      dataTable(columns, rows, { footer }),
    ],
  };
}

export function cablingSection({ fabric }: Assessment): ReportSection {
  const cables = formatCount(new Set(fabric.links.cable).size);
  return {
    id: "cabling",
    title: "Cabling",
    content: [
      paragraph(
        `The cabling plan stands in cabling.csv beside this report: ${formatCount(fabric.links.count)} links over ${cables} cables, one row for each cable with both ends' device, cage, lane and label, the part number and the length.`,
      ),
      paragraph(
        "Names count from 1: srv-0001/nic-3/port-1 is the first port of the third NIC, leaf-a-07/cage-12 the twelfth cage of leaf 7 in plane a.",
      ),
    ],
  };
}
