/** Reports of irregular imported fabrics: links missing at the very first server, planes of different size, lonely leaves. */

import { describe, expect, test } from "vitest";
import { builtInCatalog } from "../catalog/index.ts";
import { buildImported } from "../exchange/import/build-imported.ts";
import { clusterOfFabric, designOfFabric } from "../exchange/import/cluster-of-fabric.ts";
import { importFormats } from "../exchange/import/formats.ts";
import { assessCluster } from "./assess-cluster.ts";
import { assessmentJson } from "./assessment-json.ts";
import { reportHtml } from "./report-html.ts";
import { assessText } from "./text-report.ts";
import { topologySvg } from "./topology-svg.ts";

const header = "side_a_device,side_a_name,side_b_device,side_b_name";
const topologies = {
  "the first server lacks its first link": [
    "gpu-1,ens1f1np1,leaf-2,p1",
    "gpu-2,ens1f0np0,leaf-1,p2",
    "gpu-2,ens1f1np1,leaf-2,p2",
    "leaf-1,u1,spine-1,p1",
    "leaf-2,u1,spine-1,p2",
  ],
  "the first server lacks its second link": [
    "gpu-1,ens1f0np0,leaf-1,p1",
    "gpu-2,ens1f0np0,leaf-1,p2",
    "gpu-2,ens1f1np1,leaf-2,p2",
    "leaf-1,u1,spine-1,p1",
    "leaf-2,u1,spine-1,p2",
  ],
  "two planes of different size, one leaf by itself": [
    "gpu-1,eth1,leaf-1,p1",
    "gpu-1,eth2,leaf-9,p1",
    "gpu-2,eth1,leaf-2,p1",
    "gpu-2,eth2,leaf-9,p2",
    "leaf-1,u1,spine-1,p1",
    "leaf-2,u1,spine-1,p2",
    "leaf-2,u2,spine-2,p2",
  ],
  "one switch and one server": ["gpu-1,eth1,leaf-1,p1"],
  "four tiers and a link between leaves": [
    "gpu-1,eth1,leaf-1,p1",
    "gpu-2,eth1,leaf-2,p1",
    "leaf-1,x,leaf-2,x",
    "leaf-1,u1,spine-1,p1",
    "leaf-2,u1,spine-1,p2",
    "spine-1,u1,core-1,p1",
    "core-1,u1,core-9,p1",
    "core-9,p2,spine-2,u2",
  ],
};

describe("reports of irregular fabrics", () => {
  for (const [name, rows] of Object.entries(topologies))
    test(name, () => {
      const wiring = importFormats.netbox.read([{ name: "cables.csv", text: [header, ...rows].join("\n") }]);
      const { fabric } = buildImported(wiring, { name, catalog: builtInCatalog });
      const cluster = clusterOfFabric(fabric);
      const baseline = fabric.linksPerEndpoint === 1 ? "dual" : "single";
      const assessment = assessCluster(cluster, { version: "0", design: designOfFabric(fabric, cluster), baseline });
      if (assessment.kind === "rejected") throw new Error("rejected");
      expect(assessText(assessment, { width: 100, colour: false })).toContain("note: Each server has");
      expect(reportHtml(assessment)).not.toMatch(/undefined|NaN/);
      expect(topologySvg(fabric)).not.toMatch(/undefined|NaN/);
      expect(assessmentJson(assessment).design?.links?.access).toBe(
        fabric.links.tier.filter((tier) => tier === 0).length,
      );
    });
});
