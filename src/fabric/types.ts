/**
 * The built fabric. Parts and links are columns in typed arrays, addressed by integer index; names are computed
 * (names.ts), not stored, unless the fabric was read in with names of its own. Built from a cluster by build.ts, or read in from a real fabric.
 */

import type { LinkAssembly, Network, PartModel } from "../catalog/types.ts";

/** Kinds of part, in the order of their codes in {@link Parts.kind}. */
export const partKinds = [
  "server",
  "nic",
  "nic-port",
  "module",
  "cable",
  "cage",
  "switch",
  "feed",
  "rack",
  "control-plane",
] as const;
export type PartKind = (typeof partKinds)[number];

/** Stages on the path from GPU to GPU, in the order of their codes in {@link Parts.stage}. */
export const stages = [
  "server",
  "nic",
  "access-link",
  "leaf-switch",
  "leaf-spine-link",
  "spine-switch",
  "spine-core-link",
  "core-switch",
  "access-switch",
  "aggregation-link",
  "aggregation-switch",
  "core-link",
  "shared",
] as const;
export type Stage = (typeof stages)[number];

export const kindCode = Object.fromEntries(partKinds.map((kind, code) => [kind, code])) as Record<PartKind, number>;
export const stageCode = Object.fromEntries(stages.map((stage, code) => [stage, code])) as Record<Stage, number>;

/** One row a part. Order: servers, NICs, NIC ports, switches, then per link tier: cages, modules, cables; then shared things. */
export interface Parts {
  readonly count: number;
  /** Code of {@link partKinds}. */
  readonly kind: Uint8Array;
  /** Code of {@link stages}. */
  readonly stage: Uint8Array;
  /** Index into {@link Fabric.models}; 65535 where the part has no model (server, cage, NIC port, shared things). */
  readonly model: Uint16Array;
  /**
   * The part that this one sits in or is named after: NIC -> server, NIC port -> NIC, cage -> switch, module -> NIC port
   * or cage, cable -> the port or cage of its lower end; -1 for servers, switches and shared things.
   */
  readonly owner: Int32Array;
  /** Number within the owner, from 1, as printed in the name. */
  readonly ordinal: Uint32Array;
}

export const noModel = 65_535;

/** One row a switch. */
export interface Switches {
  readonly count: number;
  /** Part index. */
  readonly part: Int32Array;
  readonly plane: Uint8Array;
  /** 0 leaf (or access), 1 spine (or aggregation), 2 core. */
  readonly tier: Uint8Array;
  /** Number within plane and tier, from 0. */
  readonly ordinal: Int32Array;
  /** Pod (leaves and spines), from 0; core group for cores. 0 in two tiers. */
  readonly pod: Int32Array;
}

/** One row a link: port, module, cable, module, port in series. Part indices. */
export interface Links {
  readonly count: number;
  /** 0 access, 1 leaf to spine (access to aggregation), 2 spine to core (aggregation to core). */
  readonly tier: Uint8Array;
  readonly plane: Uint8Array;
  readonly speedGbps: Float64Array;
  /** The endpoint (server and rail) of an access link: server x rails + rail; -1 for others. */
  readonly endpoint: Int32Array;
  /** 0 or 1: which of the endpoint's links; 0 for others. */
  readonly side: Uint8Array;
  /** Switch index (not part index) of the lower end; -1 for access links. */
  readonly lowerSwitch: Int32Array;
  /** Switch index of the upper end. */
  readonly upperSwitch: Int32Array;
  /** NIC port or cage of the lower end. */
  readonly lowerPort: Int32Array;
  readonly lowerModule: Int32Array;
  readonly cable: Int32Array;
  readonly upperModule: Int32Array;
  /** Cage of the upper end. */
  readonly upperPort: Int32Array;
  /** Which of the links of its upper cage, from 1 (its lane group). */
  readonly upperLane: Uint8Array;
  readonly lowerLane: Uint8Array;
}

/** The name of each tier of switches in a plane, from the server up: leaf, spine, core or access, aggregation, core. */
export type TierNames = readonly [string, string, string];

export interface FabricPlane {
  readonly name: string;
  readonly network: Network;
  readonly topology: "leaf-spine" | "tree";
  readonly railOptimized: boolean;
  readonly tierNames: TierNames;
  /** Switches of each tier. */
  readonly switchCounts: readonly [number, number, number];
  /** Links of each tier: access, leaf-spine, spine-core. */
  readonly linkCounts: readonly [number, number, number];
  /** Number of pods (1 in two tiers). */
  readonly pods: number;
  /** Links between each leaf and each spine of its pod; between each spine and each core of its group. */
  readonly linksPerPair: readonly [number, number];
  /** How the links of each tier are built; undefined where the tier is absent or unknown (imported). */
  readonly assemblies: readonly [LinkAssembly | undefined, LinkAssembly | undefined, LinkAssembly | undefined];
  /** Largest downlink to uplink bandwidth ratio of the leaves (as built, full leaves), and of the spines where there are cores. */
  readonly oversubscription: readonly [number, number];
}

/** A shared thing: fails for all its members at once. */
export interface SharedRisk {
  readonly name: string;
  readonly kind: "feed" | "rack" | "control-plane";
  /** Part index of the shared thing itself. */
  readonly part: number;
  /** Part indices of the member devices (servers, switches), ascending. */
  readonly members: Int32Array;
}

/** Names that a fabric brought along when it was read in, in place of the computed ones. No name holds a slash. */
export interface GivenNames {
  /** One for each server; unique among servers and switches. */
  readonly servers: readonly string[];
  /** One for each switch, by switch index. */
  readonly switches: readonly string[];
  /** Labels of NICs, NIC ports and cages by part index (`mlx5_0`, `swp1`); the others keep their computed label. */
  readonly ports: ReadonlyMap<number, string>;
}

/** Where a fabric that was read in comes from. */
export interface Origin {
  /** Name of the format, such as `ibnetdiscover`. */
  readonly from: string;
  /** What the file did not say and was assumed, in sentences. */
  readonly assumptions: readonly string[];
}

export interface Fabric {
  readonly name: string;
  readonly serverCount: number;
  readonly gpusPerServer: number;
  /** Rails (NIC indices) of each server. An endpoint is one server's rail: server x rails + rail. */
  readonly railsPerServer: number;
  /** 1 or 2. */
  readonly linksPerEndpoint: 1 | 2;
  /** 1: both links of an endpoint leave one NIC; 2: each link has a NIC of its own. */
  readonly nicsPerEndpoint: 1 | 2;
  readonly models: readonly PartModel[];
  readonly parts: Parts;
  readonly switches: Switches;
  readonly links: Links;
  /** Link index of endpoint x linksPerEndpoint + side. */
  readonly accessLink: Int32Array;
  readonly planes: readonly FabricPlane[];
  readonly sharedRisks: readonly SharedRisk[];
  /** Absent: names are computed. */
  readonly names?: GivenNames;
  /** Absent: built from a cluster file. */
  readonly origin?: Origin;
}
