/** What a {@link LinkPairController} is told, and what it says. */

import type { LinkIndex } from "./config.ts";
import type { FaultTrigger, LinkEvent, LinkState } from "./link-states.ts";

export type PairInput =
  /** The driver has a connection on this link (again). */
  | { readonly kind: "attach"; readonly link: LinkIndex }
  /** The connection on this link is gone. */
  | { readonly kind: "detach"; readonly link: LinkIndex }
  /** The kernel or the module says so; `occurredUs` is when, if known. */
  | { readonly kind: "carrier"; readonly link: LinkIndex; readonly up: boolean; readonly occurredUs?: number }
  /** A send or completion failed; a fatal one blames at once, others are counted. */
  | { readonly kind: "linkError"; readonly link: LinkIndex; readonly fatal: boolean }
  /** Data on this link is not confirmed although heartbeats pass. */
  | { readonly kind: "noProgress"; readonly link: LinkIndex }
  /**
   * Something of the peer arrived. `peerSentUs` is the peer's clock in it, -1 when it says none; `onBoth` when the peer
   * sent the like on both links.
   */
  | {
      readonly kind: "heard";
      readonly link: LinkIndex;
      readonly peerSentUs: number;
      readonly onBoth: boolean;
      /** When it arrived, if that was before now. */
      readonly arrivedUs?: number;
    }
  /** The peer says, at `peerSentUs` of its clock, whether it hears us on this link. */
  | { readonly kind: "peerReport"; readonly link: LinkIndex; readonly hears: boolean; readonly peerSentUs: number }
  /**
   * For drivers that know the path themselves (simulation engines): from now on we hear the peer, and it hears us, without
   * a gap, or no longer. While both links are heard no deadline is pending, so that an idle pair costs nothing.
   */
  | { readonly kind: "path"; readonly link: LinkIndex; readonly hears: boolean; readonly peerHears: boolean }
  /** For pairs whose links a {@link PathMonitor} watches: what has become of the path of a link. */
  | { readonly kind: "monitored"; readonly link: LinkIndex; readonly change: PathChange }
  /**
   * Time has passed. Between two ticks the driver must have offered everything that had arrived. With `drainedUs` it vouches
   * that every heartbeat that had arrived by then has been offered, with its time of arrival: silence is judged as of that
   * moment, however late this tick is.
   */
  | { readonly kind: "tick"; readonly drainedUs?: number };

/** What a {@link PathMonitor} says of the path of one link. */
export interface PathChange {
  /** `heard`: it carries both ways; `missed`: it is silent for longer than usual; else why it is blamed. */
  readonly event: "heard" | "missed" | FaultTrigger;
  /** The last moment at which it was known to be good. */
  readonly lastGoodUs: number;
  /** When the first sign of this was noticed. */
  readonly noticedUs: number;
}

export type PairOutput =
  /** Send a heartbeat on this link now; a probe asks the peer to answer at once. */
  | { readonly kind: "heartbeat"; readonly link: LinkIndex; readonly probe: boolean }
  | {
      readonly kind: "linkState";
      readonly link: LinkIndex;
      readonly from: LinkState;
      readonly to: LinkState;
      readonly event: LinkEvent;
      readonly atUs: number;
    }
  /** From now on these links carry data; none when both are gone. */
  | { readonly kind: "carrying"; readonly carries: readonly [boolean, boolean]; readonly atUs: number }
  /** A link that carried was blamed. */
  | { readonly kind: "fault"; readonly fault: LinkFault };

/** Why and when a carrying link was blamed. */
export interface LinkFault {
  readonly link: LinkIndex;
  readonly trigger: FaultTrigger;
  /** The last moment at which the link was known to be good. */
  readonly lastGoodUs: number;
  /** When the first sign of the fault was noticed. */
  readonly noticedUs: number;
  /** When the link was blamed. */
  readonly decidedUs: number;
}
