/** How many switches and links a plane gets; numbers only. */

import type { CageGroup, SwitchModel } from "../../catalog/types.ts";

/** How one end of the links of a tier uses a switch's cages. */
export interface PortUse {
  readonly cage: CageGroup;
  readonly linksPerCage: 1 | 2 | 4 | 8;
  readonly speedGbps: number;
}

/** A switch with the use of its ports downwards and upwards (undefined at the top). */
export interface TierWish {
  readonly model: SwitchModel;
  readonly down: PortUse;
  readonly up: PortUse | undefined;
  /** Links kept free. */
  readonly reservedDown: number;
  /** Largest accepted downlink over uplink bandwidth. */
  readonly oversubscription: number;
  /** Uplinks of each switch when the user fixed them. */
  readonly uplinks: number | "auto";
  /** Downlinks of each switch when the user fixed them. */
  readonly downlinks: number | "auto";
}

export interface LeafSpineWish {
  readonly servers: number;
  /** Links that a server brings to each leaf of its group. */
  readonly linksPerServerAndLeaf: number;
  /** Whether the two links of a server lie in different cages of its leaf: each half of the links fills whole cages. Default no. */
  readonly halvesInOwnCages?: boolean;
  /** Leaves of each group: rails (when rail-optimised) times copies (2 for two-leaves). */
  readonly leavesPerGroup: number;
  readonly leaf: TierWish;
  readonly spine: TierWish;
  readonly spineCount: number | "auto";
  /** Fewest spines that are accepted with auto: 2 for dual-link fabrics. */
  readonly spineCountMin: number;
  readonly core: TierWish | undefined;
  readonly coreCount: number | "auto";
  readonly groupsPerPod: number | "auto";
}

export interface LeafSpineSizing {
  readonly groups: number;
  readonly serversPerGroup: number;
  readonly leaves: number;
  readonly downlinksPerLeaf: number;
  readonly uplinksPerLeaf: number;
  readonly pods: number;
  readonly groupsPerPod: number;
  readonly spinesPerPod: number;
  readonly linksPerLeafAndSpine: number;
  readonly uplinksPerSpine: number;
  readonly coreGroups: number;
  readonly coresPerGroup: number;
  readonly linksPerSpineAndCore: number;
  /** Spines and cores that the ports alone would need, without even striping. */
  readonly bareMinimum: { readonly spines: number; readonly cores: number };
}

/** Why a wish cannot be met: a code of the design room, the numbers, and what would do. */
export interface SizingProblem {
  readonly code: "design/infeasible" | "design/uneven" | "design/ports" | "design/oversubscription";
  readonly message: string;
  readonly remedy: string;
}
