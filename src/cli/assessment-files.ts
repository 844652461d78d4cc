/** The files of an assessment. */

import { billCsv } from "../exchange/export/bill.ts";
import { cablingCsv } from "../exchange/export/cabling.ts";
import { fabricJson } from "../exchange/export/fabric-json.ts";
import type { Assessment } from "../report/assessment.ts";
import { assessmentJson } from "../report/assessment-json.ts";
import { reportHtml } from "../report/report-html.ts";
import { topologySvg } from "../report/topology-svg.ts";
import type { OutputFile } from "./files.ts";

/** Files of the design alone. */
export function designFiles({ fabric, bill }: Pick<Assessment, "fabric" | "bill">): OutputFile[] {
  return [
    { name: "bill-of-materials.csv", content: [billCsv(bill)] },
    { name: "cabling.csv", content: cablingCsv(fabric) },
    { name: "fabric.json", content: fabricJson(fabric) },
    { name: "topology.svg", content: [topologySvg(fabric)] },
  ];
}

/** All files: the report first. */
export function assessmentFiles(assessment: Assessment): OutputFile[] {
  return [
    { name: "report.html", content: [reportHtml(assessment)] },
    { name: "assessment.json", content: [`${JSON.stringify(assessmentJson(assessment), null, 2)}\n`] },
    ...designFiles(assessment),
  ];
}
