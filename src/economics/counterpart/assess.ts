/** Builds and audits a derived cluster, or the user's own baseline, so that it can be priced. */

import type { AuditResult } from "../../audit/types.ts";
import type { Diagnostic } from "../../base/diagnostics.ts";
import type { Cluster } from "../../cluster/types.ts";
import { buildFabric, type Fabric } from "../../fabric/index.ts";
import type { Assessed } from "../types.ts";
import { type BaselineKind, baselineCluster, type Derived } from "./derive.ts";

/** Audits a fabric: `auditFabric`, or one that leaves out what the price does not need. */
export type Auditor = (fabric: Fabric, cluster: Cluster) => Pick<AuditResult, "nMinusOne" | "healthyGbpsPerGpu">;

export interface AssessedCounterpart {
  readonly assessed: Assessed | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** What to compare with: a derived baseline, or another cluster. */
export function assessBaseline(cluster: Cluster, wish: BaselineKind | Cluster, auditor: Auditor): AssessedCounterpart {
  const derived =
    typeof wish === "string" ? baselineCluster(cluster, wish) : { cluster: wish, diagnostics: unlike(cluster, wish) };
  return assessDerived(derived, auditor);
}

/** Money and GPU-hours are compared as they are, which says little about two clusters of different size. */
function unlike(cluster: Cluster, other: Cluster): Diagnostic[] {
  const [own, others] = [cluster, other].map(({ servers }) => servers.count * servers.gpus);
  if (own === others) return [];
  return [
    {
      code: "price/baseline",
      severity: "warning",
      message: `${cluster.name} has ${own} GPUs, ${other.name} has ${others}: their GPU-hours and costs are not for the same work`,
      remedy: "Compare with a cluster file of as many GPUs.",
    },
  ];
}

/** Builds and audits; a fabric that cannot be built is a warning, so that the rest of the price still stands. */
export function assessDerived(derived: Derived, auditor: Auditor): AssessedCounterpart {
  const { cluster, diagnostics } = derived;
  if (cluster === undefined) return { assessed: undefined, diagnostics };
  const { fabric, rejections } = buildFabric(cluster);
  if (fabric !== undefined) return { assessed: { cluster, fabric, audit: auditor(fabric, cluster) }, diagnostics };
  const first = rejections[0];
  const problem: Diagnostic = {
    code: "price/baseline-infeasible",
    severity: "warning",
    message: `${cluster.name} cannot be designed${first === undefined ? "" : `: ${first.message}`}`,
    ...(first?.remedy === undefined ? {} : { remedy: first.remedy }),
  };
  return { assessed: undefined, diagnostics: [...diagnostics, problem] };
}
