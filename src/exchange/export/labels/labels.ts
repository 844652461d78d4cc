/** Cabling labels: two for a cable (more for a splitter), as a page to print on label sheets and as a table for label printers. */

import type { Fabric } from "../../../fabric/index.ts";
import { csvLine } from "../../csv.ts";
import { type CableRow, cableRows, endText } from "../cables.ts";
import { type Exported, type ExportFormat, type ExportInput, lazyPieces } from "../format.ts";
import { sheetHtml } from "./sheet.ts";

export const labels: ExportFormat = {
  name: "labels",
  writes: "labels.html (A4 sheets of 3 x 8 labels, 70 x 37 mm) and labels.csv for label printers",
  checkedBy: "Chromium prints the sheets",
  make: exportLabels,
};

/** One label: what it hangs on, and where the other end goes. */
export interface Label {
  readonly cable: string;
  /** `srv-0001:nic-1/port-1.1`. */
  readonly here: string;
  /** The other end; several for the trunk of a splitter. */
  readonly there: readonly string[];
  /** `200G`, part and length, tier and plane. */
  readonly about: string;
}

/** Labels of the printable page, which a browser holds whole. */
const printedMax = 24_000;

function exportLabels({ fabric }: ExportInput): Exported {
  let count = 0;
  for (const row of cableRows(fabric)) count += row.lowers.length + row.uppers.length;
  const csv = { name: "labels.csv", content: lazyPieces(() => labelsCsv(fabric)) };
  if (count <= printedMax) {
    const html = { name: "labels.html", content: lazyPieces(() => sheetHtml(fabric.name, labelsOf(fabric))) };
    return { files: [html, csv], remarks: [] };
  }
  return {
    files: [csv],
    remarks: [
      {
        code: "export/too-large",
        severity: "warning",
        message: `${count} labels are more than the ${printedMax} that one page to print takes: labels.html is not written`,
        remedy: "Print from labels.csv.",
      },
    ],
  };
}

/** Labels in the order of the cables, lower ends first. */
function* labelsOf(fabric: Fabric): Generator<Label> {
  for (const row of cableRows(fabric)) {
    const about = describe(row);
    const [lowers, uppers] = [row.lowers.map(endText), row.uppers.map(endText)];
    for (const here of lowers) yield { cable: row.name, here, there: uppers, about };
    for (const here of uppers) yield { cable: row.name, here, there: lowers, about };
  }
}

function describe({ plane, tier, speedGbps, model, lengthM }: CableRow): string {
  const part = [model, lengthM === undefined ? "" : `${lengthM} m`].filter((each) => each !== "").join(" ");
  return [`${speedGbps}G`, part, `${tier} ${plane}`].filter((each) => each !== "").join(" · ");
}

function* labelsCsv(fabric: Fabric): Generator<string> {
  yield `${csvLine(["cable", "here", "there", "about"])}\n`;
  for (const { cable, here, there, about } of labelsOf(fabric))
    yield `${csvLine([cable, here, there.join(" + "), about])}\n`;
}
