/** Small assessed fabrics for the tests of this room: verdicts are laid down by rule, not found by an audit. */

import type { AuditResult, NMinusOne, Verdict } from "../audit/types.ts";
import { parseCluster } from "../cluster/parse.ts";
import type { Cluster } from "../cluster/types.ts";
import { buildFabric, type Fabric, type PartKind, partKinds, type Stage, stages } from "../fabric/index.ts";
import type { Assessed } from "./types.ts";

/** One row for each kind and stage of the fabric; `judge` says what a failure does. */
export function auditByRule(
  fabric: Fabric,
  judge: (kind: PartKind, stage: Stage) => Pick<NMinusOne, "verdict" | "gpusCutOff" | "bandwidthKept">,
): Pick<AuditResult, "nMinusOne" | "healthyGbpsPerGpu"> {
  const counts = new Map<number, number>();
  const { parts } = fabric;
  for (let part = 0; part < parts.count; part++) {
    const key = parts.kind[part]! * 100 + parts.stage[part]!;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const nMinusOne = [...counts].map(([key, count]): NMinusOne => {
    const kind = partKinds[Math.floor(key / 100)]!;
    const stage = stages[key % 100]!;
    const effect = judge(kind, stage);
    return { kind, stage, count, example: `${kind} of ${stage}`, bandwidthKeptPacked: effect.bandwidthKept, ...effect };
  });
  return { nMinusOne, healthyGbpsPerGpu: { placed: 400, packed: 400 } };
}

const survived = (verdict: Verdict, bandwidthKept: number) => ({ verdict, gpusCutOff: 0, bandwidthKept });
const fatal = (gpusCutOff: number) => ({ verdict: "fatal" as const, gpusCutOff, bandwidthKept: 0 });

/** What is to be expected of a leaf-spine fabric or a tree without rerouting over the scale-up network. */
export function plainAudit(fabric: Fabric, cluster: Cluster): Pick<AuditResult, "nMinusOne" | "healthyGbpsPerGpu"> {
  const dual = cluster.servers.linksPerRail === 2;
  const tree = cluster.planes[0]!.topology === "tree";
  const gpus = cluster.servers.count * cluster.servers.gpus;
  return auditByRule(fabric, (kind, stage) => {
    if (kind === "server") return fatal(cluster.servers.gpus);
    if (kind === "nic") return dual ? survived("rerouted", 0.875) : fatal(1);
    if (stage === "access-link") return dual ? survived("degraded", 0.9375) : fatal(1);
    if (stage === "leaf-switch" || stage === "access-switch") return dual ? survived("degraded", 0.5) : fatal(64);
    return tree ? fatal(gpus) : survived("transparent", 1);
  });
}

/** Parses, builds and judges a cluster file. */
export function assessedFrom(text: string, auditor = plainAudit): Assessed {
  const cluster = parseCluster(text, "test.yaml");
  const { fabric, rejections } = buildFabric(cluster);
  if (fabric === undefined) throw new Error(rejections.map((each) => each.message).join("; "));
  return { cluster, fabric, audit: auditor(fabric, cluster) };
}

export const dualText = `
name: dual
servers: {count: 16, gpus: 8, nics: 8}
plane: {leaf: {downlinks: 16}}
`;

export const singleText = `
name: single
servers: {count: 16, gpus: 8, nics: 8, nic: ConnectX-7 1x400G OSFP, linksPerNic: 1}
plane: {leaf: {downlinks: 16}}
`;
