/** Assesses one size in this process and prints the stages' times and the peak memory as JSON. */

import { parseCluster } from "../../src/cluster/parse.ts";
import { assessCluster } from "../../src/report/assess-cluster.ts";

/** Two planes, three tiers, rail-optimised: examples/hundred-thousand.yaml at another size. */
function clusterText(servers: number): string {
  return `
name: bench
servers: { count: ${servers} }
attachment: two-planes
plane:
  core: {}
  links: { access: { length: 30m }, leafSpine: { length: 100m }, spineCore: { length: 300m } }
`;
}

const servers = Number(process.argv[2]);
const pairs = process.argv[3] === "pairs";
const marks: [string, number][] = [];
const start = performance.now();
const assessment = assessCluster(parseCluster(clusterText(servers), "bench.yaml"), {
  version: "bench",
  baseline: "single",
  pairs,
  onProgress: (_fraction, label) => {
    if (marks.at(-1)?.[0] !== label) marks.push([label, performance.now()]);
  },
});
if (assessment.kind === "rejected")
  throw new Error(assessment.design.rejections.map((each) => each.message).join("; "));
const end = performance.now();
const stages = marks.map(([label, at], index) => [label, Math.round((marks[index + 1]?.[1] ?? end) - at)]);
process.stdout.write(
  JSON.stringify({
    gpus: servers * 8,
    parts: assessment.fabric.parts.count,
    totalMs: Math.round(end - start),
    stages: Object.fromEntries(stages),
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    examined: assessment.audit?.examined,
  }),
);
