/** The files of a design as export formats: bill of materials, cabling plan, all columns. */

import { billOfMaterials } from "../../fabric/bill-of-materials.ts";
import { billCsv } from "./bill.ts";
import { cablingCsv } from "./cabling.ts";
import { fabricJson } from "./fabric-json.ts";
import { type ExportFormat, lazy, lazyPieces } from "./format.ts";

export const bill: ExportFormat = {
  name: "bill",
  writes: "bill-of-materials.csv: one row a model, stage and length",
  checkedBy: "an RFC 4180 reader",
  make: ({ cluster, fabric }) => ({
    files: [{ name: "bill-of-materials.csv", content: lazy(() => billCsv(billOfMaterials(fabric, cluster))) }],
    remarks: [],
  }),
};

export const cabling: ExportFormat = {
  name: "cabling",
  writes: "cabling.csv: one row a cable with both ends",
  checkedBy: "an RFC 4180 reader",
  make: ({ fabric }) => ({
    files: [{ name: "cabling.csv", content: lazyPieces(() => cablingCsv(fabric)) }],
    remarks: [],
  }),
};

export const fabricColumns: ExportFormat = {
  name: "fabric",
  writes: "fabric.json: every part and link, as columns",
  checkedBy: "a JSON parser",
  make: ({ fabric }) => ({
    files: [{ name: "fabric.json", content: lazyPieces(() => fabricJson(fabric)) }],
    remarks: [],
  }),
};
