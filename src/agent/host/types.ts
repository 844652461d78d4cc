/** The host as the agent sees it: every default filled in, links counted from 0, times in microseconds. */

import type { HealthConfig, LinkIndex, SwitchingMode } from "../../switching/index.ts";
import type { Family } from "../netlink/addresses.ts";

export interface HostLink {
  readonly interfaceName: string;
  readonly address: string;
  readonly gateway: string | undefined;
  /** Undefined: as the driver reports. */
  readonly capacityGbps: number | undefined;
}

export interface HostPeer {
  readonly name: string;
  readonly watch: "agent" | "bfd";
  readonly addresses: readonly [string, string];
  readonly family: Family;
  /** In canonical form. */
  readonly prefixes: readonly string[];
  readonly source: string | undefined;
  readonly rtoMinMs: number | undefined;
}

export interface HostClass {
  readonly name: string;
  readonly match: { readonly fwmark: number; readonly mask: number } | { readonly dscp: number };
  readonly prefer: LinkIndex;
  readonly onFailure: "share" | "hold";
}

export interface Host {
  readonly name: string;
  /** Path as written. */
  readonly keyFile: string | undefined;
  readonly links: readonly [HostLink, HostLink];
  readonly mode: SwitchingMode;
  readonly primary: LinkIndex;
  readonly revertive: boolean;
  readonly health: HealthConfig;
  readonly heartbeatPort: number;
  readonly heartbeatDscp: number;
  readonly bfd: { readonly intervalUs: number; readonly multiplier: number };
  readonly peers: readonly HostPeer[];
  readonly classes: readonly HostClass[];
  readonly metric: number;
  readonly table: number;
  readonly rulePriority: number;
  readonly resilientBuckets: number;
  readonly errorsPerSecond: number;
  readonly optics: {
    readonly pollMs: number;
    readonly drainOnAlarm: boolean;
    readonly fallDbPerDay: number;
    readonly uncorrectedPerPoll: number;
  };
  readonly mptcp: boolean;
  readonly metricsPort: number | undefined;
  readonly stateFolder: string;
}
