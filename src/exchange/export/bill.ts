/** The bill of materials as CSV, one row a model, stage and length. */

import type { BillOfMaterials } from "../../fabric/bill-of-materials.ts";
import { csvLine } from "../csv.ts";

const header = [
  "kind",
  "model",
  "description",
  "stage",
  "length_m",
  "count",
  "unit_price_usd",
  "price_grade",
  "price_usd",
  "unit_power_w",
  "power_w",
];

/** CSV with a header line; prices and powers that nobody knows stay empty. */
export function billCsv(bill: BillOfMaterials): string {
  const lines = bill.rows.map((row) =>
    csvLine([
      row.kind,
      row.model,
      row.description,
      row.stage,
      row.lengthM ?? "",
      row.count,
      row.unitPriceUsd ?? "",
      row.priceGrade ?? "",
      row.unitPriceUsd === undefined ? "" : row.unitPriceUsd * row.count,
      row.unitPowerW ?? "",
      row.unitPowerW === undefined ? "" : row.unitPowerW * row.count,
    ]),
  );
  return `${[csvLine(header), ...lines].join("\n")}\n`;
}
