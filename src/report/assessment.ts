/** Everything that is known of one cluster: what the report, the terminal, the JSON and the studio show. */

import { type AuditResult, auditFabric } from "../audit/index.ts";
import type { Cluster } from "../cluster/types.ts";
import { type Auditor, type BaselineKind, type PriceResult, priceFabric } from "../economics/index.ts";
import { type BillOfMaterials, billOfMaterials, buildFabric, type Design, type Fabric } from "../fabric/index.ts";

/** A cluster whose fabric could be built, with whatever was asked about it. */
export interface Assessment {
  readonly kind: "assessment";
  readonly cluster: Cluster;
  readonly design: Design;
  readonly fabric: Fabric;
  readonly bill: BillOfMaterials;
  /** Absent when only the design was asked for. */
  readonly audit?: AuditResult;
  /** Absent when no price was asked for. */
  readonly price?: PriceResult;
  /** Version of twinspine. */
  readonly version: string;
}

/** A cluster whose fabric cannot be built; `design.rejections` says why. */
export interface Rejected {
  readonly kind: "rejected";
  readonly cluster: Cluster;
  readonly design: Design;
  readonly version: string;
}

export interface AssessOptions {
  /** Version of twinspine, for the report. */
  readonly version: string;
  /** Whether to audit. Default true. */
  readonly audit?: boolean;
  /** Whether to price; needs the audit. Default true. */
  readonly price?: boolean;
  /** What the price is compared with: a derived baseline, another cluster, or nothing. Default nothing. */
  readonly baseline?: BaselineKind | Cluster | undefined;
  /** Whether pairs of failures are looked at. Default true. */
  readonly pairs?: boolean;
  /** Work out every failure by itself instead of one of each class of equals. Slow. Default false. */
  readonly exhaustive?: boolean;
  /** Called now and then with the share of the work that is done, in [0, 1], and what is being done. */
  readonly onProgress?: (fraction: number, label: string) => void;
}

/** Shares of the whole work: building, auditing, pricing. */
const builtAt = 0.2;
const auditedAt = 0.7;

/** Designs a cluster, audits it and prices it. What cannot be built comes back rejected; nothing is thrown for it. */
export function assessCluster(cluster: Cluster, options: AssessOptions): Assessment | Rejected {
  const { version, audit: wantsAudit = true, price: wantsPrice = true, pairs = true, exhaustive = false } = options;
  const onProgress = options.onProgress ?? (() => {});
  onProgress(0, "building the fabric");
  const design = buildFabric(cluster);
  const { fabric } = design;
  if (fabric === undefined) return { kind: "rejected", cluster, design, version };
  const bill = billOfMaterials(fabric, cluster);
  const built: Assessment = { kind: "assessment", cluster, design, fabric, bill, version };
  if (!wantsAudit && !wantsPrice) return built;
  const audit = auditFabric(fabric, cluster, {
    pairs,
    exhaustive,
    onProgress: (fraction, label) => onProgress(builtAt + fraction * (auditedAt - builtAt), label),
  });
  if (!wantsPrice) return { ...built, audit };
  onProgress(auditedAt, "pricing");
  const auditor: Auditor = (other, otherCluster) => auditFabric(other, otherCluster, { pairs: false });
  const price = priceFabric({ cluster, fabric, audit, baseline: options.baseline, auditor });
  onProgress(1, "done");
  return { ...built, audit, price };
}
