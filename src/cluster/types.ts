/** The cluster as the rest of the program sees it: every default filled in, every quantity a number in its base unit. */

import type { Catalog } from "../catalog/types.ts";
import type { LeafSpinePlane, LinkSettings, TreePlane } from "./plane-schema.ts";
import type { Attachment, ClusterFile } from "./schema.ts";
import type { SharedRiskSettings, SwitchingSettings } from "./switching-schema.ts";
import type { EconomicsSettings, TrainingSettings } from "./training-schema.ts";

export type Plane = (LeafSpinePlane | TreePlane) & {
  readonly name: string;
  /** Where the plane stands in the cluster file: `plane`, `planes.0`. */
  readonly path: string;
};

export interface Servers {
  readonly count: number;
  /** GPUs of each server. */
  readonly gpus: number;
  /** Rails: NIC indices of each server that carry training traffic. */
  readonly rails: number;
  /** One model: both links of a rail leave the same NIC. Two: each link has a NIC of its own. */
  readonly nicModels: readonly [string] | readonly [string, string];
  readonly linksPerRail: 1 | 2;
  /** Scale-up bandwidth of each GPU in one direction, in Gbps; 0 for none. */
  readonly scaleUpGbps: number;
}

export interface Cluster {
  readonly name: string;
  readonly servers: Servers;
  readonly attachment: Attachment;
  /** One plane, or two. */
  readonly planes: readonly Plane[];
  readonly sharedRisks: readonly SharedRiskSettings[];
  readonly switching: SwitchingSettings;
  readonly training: TrainingSettings;
  readonly collectives: ClusterFile["collectives"];
  readonly economics: EconomicsSettings;
  /** The built-in parts and those of the cluster file. */
  readonly catalog: Catalog;
}

export type {
  Attachment,
  EconomicsSettings,
  LeafSpinePlane,
  LinkSettings,
  SharedRiskSettings,
  SwitchingSettings,
  TrainingSettings,
  TreePlane,
};
