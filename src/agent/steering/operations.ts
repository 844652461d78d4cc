/**
 * What the agent does to the kernel, as plain data. One operation has three forms: a netlink message (encode.ts), a line
 * of iproute2 (ip-command.ts: the dry run and the way without koffi), and what a dump of the kernel gives back (decode.ts).
 */

import type { Family } from "../netlink/addresses.ts";

/** Marks every route, rule and nexthop of the agent (rtm_protocol); no other tool is known to use it. */
export const ownProtocol = 201;

/** One way out: a gateway on an interface. */
export interface Hop {
  readonly interfaceName: string;
  readonly interfaceIndex: number;
  /** Undefined: the destination itself is on the link. */
  readonly gateway: string | undefined;
}

export interface Nexthop {
  readonly id: number;
  /** Its gateway's: an IPv4 route may lead to an IPv6 nexthop. */
  readonly family: Family;
  /** Undefined drops what comes: for traffic that is held back. */
  readonly hop: Hop | undefined;
}

export interface GroupMember {
  readonly id: number;
  /** 1 to 256. */
  readonly weight: number;
}

export interface Group {
  readonly id: number;
  readonly members: readonly GroupMember[];
  /** Buckets of a resilient group; undefined for an ordinary one. */
  readonly buckets: number | undefined;
}

export interface Route {
  readonly prefix: string;
  readonly table: number;
  readonly metric: number;
  /** A nexthop or group, or hops of the route's own. */
  readonly to: { readonly id: number } | { readonly hops: readonly Hop[] };
  readonly preferredSource: string | undefined;
  /** Shortest retransmission timeout of TCP over this route; undefined: the kernel's (200 ms). */
  readonly rtoMinMs: number | undefined;
}

export interface Rule {
  readonly family: Family;
  readonly priority: number;
  readonly table: number;
  readonly match:
    | { readonly fwmark: number; readonly mask: number }
    /** Needs Linux 6.13; iproute2 calls it dscp from 6.13 on too. */
    | { readonly dscp: number };
}

export type Operation =
  | { readonly kind: "nexthop"; readonly nexthop: Nexthop }
  | { readonly kind: "group"; readonly group: Group }
  | { readonly kind: "removeNexthop"; readonly id: number }
  | { readonly kind: "route"; readonly route: Route }
  | { readonly kind: "removeRoute"; readonly route: Route }
  | { readonly kind: "rule"; readonly rule: Rule }
  | { readonly kind: "removeRule"; readonly rule: Rule };

/** Everything the agent owns in one network namespace, by keys that name the place, not the content. */
export interface KernelState {
  readonly nexthops: ReadonlyMap<number, Nexthop>;
  readonly groups: ReadonlyMap<number, Group>;
  readonly routes: ReadonlyMap<string, Route>;
  readonly rules: ReadonlyMap<string, Rule>;
}

export const routeKey = ({ prefix, table, metric }: Route) => `${prefix} ${table} ${metric}`;
export const ruleKey = ({ family, priority, table, match }: Rule) =>
  `${family} ${priority} ${table} ${"dscp" in match ? `dscp ${match.dscp}` : `${match.fwmark}/${match.mask}`}`;
