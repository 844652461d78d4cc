/** Files to take away: the same bytes as the command line writes; formats of several files as one zip. */

import { zipSync } from "fflate";
import { assert } from "../../../src/base/assert.ts";
import { billCsv } from "../../../src/exchange/export/bill.ts";
import { cablingCsv } from "../../../src/exchange/export/cabling.ts";
import { fabricJson } from "../../../src/exchange/export/fabric-json.ts";
import { exportFormat } from "../../../src/exchange/export/registry.ts";
import { designOfFabric } from "../../../src/exchange/import/cluster-of-fabric.ts";
import { billOfMaterials } from "../../../src/fabric/index.ts";
import { assessCluster } from "../../../src/report/assess-cluster.ts";
import { assessmentJson } from "../../../src/report/assessment-json.ts";
import { reportHtml } from "../../../src/report/report-html.ts";
import { topologySvg } from "../../../src/report/topology-svg.ts";
import type { Adopted, MadeFile } from "./protocol.ts";

export function makeFile(subject: Adopted, what: string, version: string): MadeFile {
  const { cluster, fabric, isImported } = subject;
  if (what === "report.html" || what === "assessment.json") {
    const baseline = cluster.servers.linksPerRail === 1 ? "dual" : "single";
    const design = isImported ? { design: designOfFabric(fabric, cluster) } : {};
    const assessment = assessCluster(cluster, { version, baseline, ...design });
    assert(assessment.kind === "assessment", "a fabric on screen could be built");
    if (what === "report.html") return textFile(what, "text/html", [reportHtml(assessment)]);
    return textFile(what, "application/json", [`${JSON.stringify(assessmentJson(assessment), null, 2)}\n`]);
  }
  if (what === "bill-of-materials.csv") return textFile(what, "text/csv", [billCsv(billOfMaterials(fabric, cluster))]);
  if (what === "cabling.csv") return textFile(what, "text/csv", cablingCsv(fabric));
  if (what === "fabric.json") return textFile(what, "application/json", fabricJson(fabric));
  if (what === "topology.svg") return textFile(what, "image/svg+xml", [topologySvg(fabric)]);
  const files: Record<string, Uint8Array> = {};
  for (const { name, content } of exportFormat(what).make(subject).files) files[name] = bytesOf(content);
  // A fixed time, so that equal files make equal archives.
  const bytes = zipSync(files, { level: 6, mtime: "2000-01-01" });
  return { name: `${what}.zip`, type: "application/zip", bytes: bytes as Uint8Array<ArrayBuffer> };
}

function textFile(name: string, type: string, pieces: Iterable<string>): MadeFile {
  return { name, type, bytes: bytesOf(pieces) };
}

function bytesOf(pieces: Iterable<string>): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts = Array.from(pieces, (piece) => encoder.encode(piece));
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
