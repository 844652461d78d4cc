/** The picture of the fabric. */

import type { Assessment } from "../assessment.ts";
import { describeFabric } from "../topology/words.ts";
import { topologySvg } from "../topology-svg.ts";
import { picture, type ReportSection } from "./elements.ts";

export function topologySection({ fabric, audit }: Assessment): ReportSection {
  const highlight = (audit?.singlePointsOfFailure ?? []).filter((point) => point.verdict === "fatal");
  const svg = topologySvg(fabric, { id: "topology-picture", highlight, heading: false });
  return {
    id: "topology",
    title: "The fabric",
    content: [
      picture("Planes, tiers, servers, and the parts of a NIC's links", describeFabric(fabric), svg, "topology"),
    ],
  };
}
