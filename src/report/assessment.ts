/** Everything that is known of one cluster: what the report, the terminal, the JSON and the studio show. */

import type { AuditResult } from "../audit/index.ts";
import type { Cluster } from "../cluster/types.ts";
import type { PriceResult } from "../economics/index.ts";
import type { BillOfMaterials, Design, Fabric } from "../fabric/index.ts";
import type { TrainingFeels } from "./training-feels.ts";

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
  /** The worst failures, simulated. Absent when not asked for, without audit and price, and when nothing can fail. */
  readonly training?: TrainingFeels;
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
