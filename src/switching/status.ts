/** A snapshot of an endpoint for displays and metrics. */

import { bothLinks, type LinkIndex } from "./config.ts";
import type { DampingConfig } from "./flap-damping.ts";
import { penaltyAt } from "./flap-damping.ts";
import type { LinkState } from "./link-states.ts";
import type { Outgoing } from "./outgoing.ts";
import type { LinkPairController } from "./pair-controller.ts";
import type { Streams } from "./streams.ts";

export interface LinkStatus {
  readonly state: LinkState;
  readonly stateSinceUs: number;
  readonly carries: boolean;
  /** Measured; 0 while unknown. */
  readonly rateBytesPerSecond: number;
  /** Smoothed; 0 while unknown. */
  readonly roundTripUs: number;
  readonly inFlightBytes: number;
  /** Confirmed by the peer over this link since the session began. */
  readonly confirmedBytes: number;
  readonly flapPenalty: number;
}

export interface EndpointStatus {
  readonly bound: boolean;
  readonly ended: boolean;
  readonly links: readonly [LinkStatus, LinkStatus];
  readonly streams: number;
  /** Written here and not confirmed. */
  readonly unconfirmedBytes: number;
  /** Kept out of order for all streams. */
  readonly heldBytes: number;
  /** Sent again because a link failed. */
  readonly replayedBytes: number;
  /** Frames dropped because they were damaged, stale or of another session. */
  readonly strayFrames: number;
}

interface Parts {
  readonly pair: LinkPairController;
  readonly damping: DampingConfig;
  readonly outgoing: Outgoing;
  readonly streams: Streams;
  readonly strayFrames: number;
  readonly isBound: boolean;
  readonly ended: boolean;
  readonly nowUs: number;
}

export function endpointStatus(parts: Parts): EndpointStatus {
  let heldBytes = 0;
  for (const stream of parts.streams.byId.values()) heldBytes += stream.receive.heldBytes;
  return {
    bound: parts.isBound,
    ended: parts.ended,
    links: [linkStatus(parts, bothLinks[0]!), linkStatus(parts, bothLinks[1]!)],
    streams: parts.streams.byId.size,
    unconfirmedBytes: parts.outgoing.unconfirmedBytes,
    heldBytes,
    replayedBytes: parts.outgoing.replayedBytes,
    strayFrames: parts.strayFrames,
  };
}

function linkStatus({ pair, damping, outgoing, nowUs }: Parts, link: LinkIndex): LinkStatus {
  const health = pair.health(link);
  const { meter, inFlightBytes } = outgoing.senders[link];
  return {
    state: health.state,
    stateSinceUs: health.stateSinceUs,
    carries: pair.carries[link],
    rateBytesPerSecond: meter.rate * 1e6,
    roundTripUs: meter.roundTripUs,
    inFlightBytes,
    confirmedBytes: meter.deliveredBytes,
    flapPenalty: penaltyAt(health.damping, damping, nowUs),
  };
}
