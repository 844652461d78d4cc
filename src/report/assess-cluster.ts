/** The main job in one call: design, audit and price a cluster, and simulate its worst failures. */

import { auditFabric } from "../audit/index.ts";
import type { Cluster } from "../cluster/types.ts";
import { type BaselineKind, priceFabric } from "../economics/index.ts";
import { billOfMaterials, buildFabric, type Design, type Fabric } from "../fabric/index.ts";
import type { Assessment, Rejected } from "./assessment.ts";
import { trainingFeels } from "./training-feels.ts";

export interface AssessmentOptions {
  /** Version of twinspine, for the report. */
  readonly version: string;
  /** A fabric that was read in, to be assessed in place of the one that the cluster describes. */
  readonly design?: Design;
  /** Default true. */
  readonly audit?: boolean;
  /** Default true; needs the audit. */
  readonly price?: boolean;
  /** Whether the worst failures are simulated; needs audit and price. Default true. */
  readonly training?: boolean;
  /** What the price is compared with. Default: nothing. */
  readonly baseline?: BaselineKind | Cluster | undefined;
  /** Whether pairs of failures are audited. Default true. */
  readonly pairs?: boolean;
  /** Evaluates every part by itself instead of by classes. Default false. */
  readonly exhaustive?: boolean;
  /** Fraction done in [0, 1], and what is being done. */
  readonly onProgress?: (fraction: number, label: string) => void;
}

/** Designs, audits and prices a cluster, and simulates its worst failures. Pure; long work reports its progress. */
export function assessCluster(cluster: Cluster, options: AssessmentOptions): Assessment | Rejected {
  const progress = options.onProgress ?? (() => {});
  progress(0, "design");
  const design = options.design ?? buildFabric(cluster);
  const { version } = options;
  if (design.fabric === undefined) return { kind: "rejected", cluster, design, version };
  const { fabric } = design;
  const bill = billOfMaterials(fabric, cluster);
  const designed = { kind: "assessment", cluster, design, fabric, bill, version } as const;
  if (options.audit === false) return designed;
  const audit = auditFabric(fabric, cluster, {
    pairs: options.pairs ?? true,
    exhaustive: options.exhaustive ?? false,
    onProgress: (fraction, label) => progress(0.1 + 0.6 * fraction, label),
  });
  if (options.price === false) return { ...designed, audit };
  progress(0.7, "price");
  const auditor = (other: Fabric, of: Cluster) => auditFabric(other, of, { pairs: false });
  const price = priceFabric({ cluster, fabric, audit, baseline: options.baseline, auditor });
  if (options.training === false) return { ...designed, audit, price };
  const training = trainingFeels(cluster, fabric, audit, price, (fraction) =>
    progress(0.8 + 0.2 * fraction, "training"),
  );
  progress(1, "done");
  return { ...designed, audit, price, ...(training === undefined ? {} : { training }) };
}
