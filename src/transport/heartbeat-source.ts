/** Where a process's heartbeats come from, and how its sessions are woken. */

import type { HeartbeatChannel } from "./heartbeat-channel.ts";
import type { TransportLogger } from "./options.ts";
import { openPortableHeartbeats } from "./portable-heartbeats.ts";
import { eventLoopTicker, type Ticker } from "./ticker.ts";

/** One session's way to heartbeats and time. */
export interface HeartbeatSource {
  /** Whether the kernel calls of Linux are in use, so that heartbeats keep time whatever the main thread does. */
  readonly kernel: boolean;
  /** Opens a link's heartbeat path on a local address; `received` gets genuine frames. */
  open(
    localAddress: string,
    received: (frame: Uint8Array, channel: HeartbeatChannel) => void,
  ): Promise<HeartbeatChannel>;
  createTicker(tick: () => void): Ticker;
}

export const portableHeartbeats: HeartbeatSource = {
  kernel: false,
  open: openPortableHeartbeats,
  createTicker: eventLoopTicker,
};

/** The best source this process can have. */
export function heartbeatSource(_logger: TransportLogger): HeartbeatSource {
  return portableHeartbeats;
}
