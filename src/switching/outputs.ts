/** Everything an {@link Endpoint} can ask for or tell. */

import type { DiagnosticCode } from "../base/diagnostic-codes.ts";
import type { LinkIndex } from "./config.ts";
import type { LinkEvent, LinkState } from "./link-states.ts";
import type { TakeoverRecord } from "./takeover.ts";
import type { TrafficClass } from "./traffic-classes.ts";

export type Output =
  /** Send one frame: the head, then the pieces of its payload, if it has one. */
  | {
      readonly kind: "send";
      readonly link: LinkIndex;
      readonly head: Uint8Array;
      readonly payload: readonly Uint8Array[];
      /**
       * Heartbeats, confirmations and the like: small, and must not queue behind data where that can be avoided. A
       * heartbeat that is not urgent must not be lost either: it goes with the data.
       */
      readonly urgent: boolean;
    }
  /** The peer is there: both ends know each other. Once in a session. */
  | { readonly kind: "established" }
  /** The peer opened a stream. */
  | { readonly kind: "opened"; readonly stream: number; readonly trafficClass: TrafficClass }
  /** The next bytes of a stream, in order. A view: take or copy it before the next input (unless buffers are stable). */
  | { readonly kind: "data"; readonly stream: number; readonly bytes: Uint8Array }
  /** The peer has finished the stream and everything has been delivered. */
  | { readonly kind: "finished"; readonly stream: number }
  /** This many more written bytes are at the peer; `sendCapacity` has grown. */
  | { readonly kind: "acknowledged"; readonly stream: number; readonly bytes: number }
  /** The peer gave the stream up. */
  | { readonly kind: "reset"; readonly stream: number; readonly code: number }
  /** The stream is over on both sides and forgotten. */
  | { readonly kind: "closed"; readonly stream: number }
  /** A write was not taken: the send buffer is full, or the stream is not open for writing. Nothing of it will be sent. */
  | { readonly kind: "refused"; readonly stream: number; readonly reason: Refusal }
  | {
      readonly kind: "linkState";
      readonly link: LinkIndex;
      readonly from: LinkState;
      readonly to: LinkState;
      readonly event: LinkEvent;
      readonly atUs: number;
    }
  /** From now on these links carry data. */
  | { readonly kind: "carrying"; readonly carries: readonly [boolean, boolean]; readonly atUs: number }
  /** A takeover is complete. */
  | { readonly kind: "takeover"; readonly record: TakeoverRecord }
  /** Garbage came over a link that should not corrupt: close and renew its connection. */
  | { readonly kind: "linkBroken"; readonly link: LinkIndex; readonly code: DiagnosticCode }
  /** The session is over; no more inputs matter. */
  | { readonly kind: "ended"; readonly end: SessionEnd };

export type Refusal = "full" | "unknown-stream" | "finished" | "ended" | "streams-exhausted";

/** Why a session ended, and what is not known to have arrived. */
export interface SessionEnd {
  /** `switching/closed` without unconfirmed bytes is the ordinary end. */
  readonly code: DiagnosticCode;
  readonly message: string;
  /** Bytes written here that the peer has not confirmed: each may or may not have arrived. */
  readonly unconfirmedBytes: number;
}
