/** Everything an {@link Endpoint} can be told. */

import type { LinkIndex } from "./config.ts";
import type { PathChange } from "./pair-inputs.ts";
import type { TrafficClass } from "./traffic-classes.ts";

export type Input =
  /**
   * The driver has a connection on this link (again). `connection` is the number that both sides give it (monitored
   * sessions; default 0): what the peer says of an earlier one does not count for it.
   */
  | { readonly kind: "attach"; readonly link: LinkIndex; readonly connection?: number }
  /** The connection on this link is gone; nothing sent on it before can still arrive. */
  | { readonly kind: "detach"; readonly link: LinkIndex }
  /** A carrier event; `occurredUs` is when it happened, if known. */
  | { readonly kind: "carrier"; readonly link: LinkIndex; readonly up: boolean; readonly occurredUs?: number }
  /** What the monitor of the links says of one ({@link PairConfig.monitored}). */
  | { readonly kind: "monitored"; readonly link: LinkIndex; readonly change: PathChange }
  /** Sending on this link failed; a fatal error blames at once, others are counted. */
  | { readonly kind: "linkError"; readonly link: LinkIndex; readonly fatal: boolean }
  /**
   * One whole frame arrived, or several, one behind the other. Unless `receiveBuffersStable`, the bytes may be reused once
   * the outputs are handled.
   */
  | {
      readonly kind: "frame";
      readonly link: LinkIndex;
      readonly bytes: Uint8Array;
      /** When it arrived, if that was before now. */
      readonly arrivedUs?: number;
    }
  /**
   * Bytes of a frame came on this link, though not yet all of it: the link lives. Heartbeats may queue behind data on their
   * way, and a long frame takes a slow link longer than they may be missed. `arrivedUs`: when, if that was before now.
   */
  | { readonly kind: "arriving"; readonly link: LinkIndex; readonly arrivedUs?: number }
  /** Whether the driver's own buffer for this link has room; while not, only heartbeats are given out for it. */
  | { readonly kind: "writable"; readonly link: LinkIndex; readonly writable: boolean }
  /** Opens a stream; `stream` is {@link Endpoint.nextStreamId}. */
  | { readonly kind: "open"; readonly stream: number; readonly trafficClass: TrafficClass }
  /** Bytes to send. They are kept by reference and must not change until `acknowledged` has passed them. */
  | { readonly kind: "write"; readonly stream: number; readonly bytes: Uint8Array }
  /** Several writes at once, taken or refused together. */
  | { readonly kind: "writeAll"; readonly stream: number; readonly pieces: readonly Uint8Array[] }
  /** No more will be written; the peer may still write. */
  | { readonly kind: "finish"; readonly stream: number }
  /** Gives the stream up in both directions; `code` (0 to 2^32 - 1) is told to the peer. */
  | { readonly kind: "reset"; readonly stream: number; readonly code: number }
  /** The user has taken this many delivered bytes; room is given back to the peer. */
  | { readonly kind: "consumed"; readonly stream: number; readonly bytes: number }
  /** Ends the session at once, telling the peer. Finish the streams first to lose nothing. */
  | { readonly kind: "close" }
  /**
   * Time has passed (due at `nextDeadlineUs`). Between two ticks the driver must have offered every frame that had
   * arrived on either link, so that no link is blamed for frames that only waited to be read. `drainedUs`: every heartbeat
   * that had arrived by then has been offered, with its time of arrival; silence is judged as of that moment.
   */
  | { readonly kind: "tick"; readonly drainedUs?: number };
