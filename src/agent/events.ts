/** What the engine tells: for the log, the journal, the metrics and the status page. All times are of the monotonic clock. */

import type { FaultTrigger, LinkEvent, LinkIndex, LinkState } from "../switching/index.ts";

/** A fault of a carrying link and what was done about it. */
export interface TakeoverEvent {
  readonly kind: "takeover";
  readonly peer: string;
  readonly link: LinkIndex;
  readonly trigger: FaultTrigger;
  /** Why, where the trigger does not say it all: a drain, a BFD diagnostic. */
  readonly reason: string | undefined;
  readonly lastGoodUs: number;
  readonly noticedUs: number;
  readonly decidedUs: number;
  /** When the kernel had confirmed the new way. */
  readonly switchedUs: number;
  /** The way before and after, as links. */
  readonly to: readonly LinkIndex[];
}

export type AgentEvent =
  | {
      readonly kind: "linkState";
      readonly peer: string;
      readonly link: LinkIndex;
      readonly from: LinkState;
      readonly to: LinkState;
      readonly event: LinkEvent;
      readonly atUs: number;
    }
  | TakeoverEvent
  | {
      readonly kind: "steered";
      readonly peer: string;
      readonly to: readonly LinkIndex[];
      readonly atUs: number;
      readonly switchUs: number;
    }
  | { readonly kind: "carrier"; readonly link: LinkIndex; readonly up: boolean; readonly atUs: number }
  | { readonly kind: "drain"; readonly link: LinkIndex; readonly reason: string | undefined; readonly atUs: number }
  | {
      readonly kind: "bfd";
      readonly peer: string;
      readonly link: LinkIndex;
      readonly from: string;
      readonly to: string;
      readonly atUs: number;
    }
  | { readonly kind: "weights"; readonly weights: readonly [number, number]; readonly atUs: number }
  | { readonly kind: "reconciled"; readonly operations: readonly string[]; readonly atUs: number }
  | { readonly kind: "kernelRefused"; readonly operation: string; readonly error: string; readonly atUs: number };

/** A snapshot of one peer's link. */
export interface PeerLinkStatus {
  readonly state: LinkState;
  readonly stateSinceUs: number;
  readonly carries: boolean;
  readonly hears: boolean;
  readonly peerHears: boolean;
  /** Smoothed, 0 while unknown. */
  readonly roundTripUs: number;
  readonly flapPenalty: number;
  /** Heartbeats or BFD packets that counted, and authentic ones that did not. */
  readonly received: number;
  readonly stale: number;
  /** Datagrams that nobody with the key has sent. */
  readonly forged: number;
  /** How often the link was suspected because heartbeats were late. */
  readonly suspected: number;
}

export interface PeerStatus {
  readonly name: string;
  readonly watch: "agent" | "bfd";
  readonly prefixes: readonly string[];
  readonly links: readonly [PeerLinkStatus, PeerLinkStatus];
  /** The links that carry now. */
  readonly to: readonly LinkIndex[];
  /** For each class of the host file. */
  readonly classes: readonly (LinkIndex | "hold")[];
}

export interface LinkStatus {
  readonly interfaceName: string;
  readonly carrier: boolean;
  readonly drained: string | undefined;
  readonly weight: number;
}

export interface AgentStatus {
  readonly name: string;
  readonly atUs: number;
  readonly sinceUs: number;
  readonly mode: string;
  readonly links: readonly [LinkStatus, LinkStatus];
  readonly peers: readonly PeerStatus[];
  readonly takeovers: number;
  readonly reconciliations: number;
  /** How the kernel is reached, and with which urgency. */
  readonly driver: string;
}
