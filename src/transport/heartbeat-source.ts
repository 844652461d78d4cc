/** Where a process's heartbeats come from, and how its sessions are woken. */

import type { HeartbeatChannel } from "./heartbeat-channel.ts";
import { HeartbeatLoad } from "./heartbeat-load.ts";
import { kernelHeartbeats } from "./kernel/kernel-heartbeats.ts";
import type { TransportLogger } from "./options.ts";
import { openPortableHeartbeats } from "./portable-heartbeats.ts";
import { eventLoopTicker, type Tick, type Ticker } from "./ticker.ts";

export interface HeartbeatRequest {
  readonly localAddress: string;
  /** Bind to this interface, where that can be done. */
  readonly interfaceName: string | undefined;
  readonly intervalUs: number;
  /** So many missed heartbeats prove a silence. */
  readonly missesMax: number;
  /** Gets each genuine heartbeat; undefined when only bytes of a connection were seen to arrive. */
  received(frame: Uint8Array | undefined, arrivedUs: number): void;
  /** Gets the words of sessions. */
  receivedWord(sessionId: number, frame: Uint8Array, arrivedUs: number): void;
}

/** Opens a link's heartbeat path on a local address. */
export type OpenHeartbeats = (request: HeartbeatRequest) => Promise<HeartbeatChannel>;

/** A process's way to heartbeats and time. */
export interface HeartbeatSource {
  /** Whether the kernel calls of Linux are in use, so that heartbeats keep time whatever the main thread does. */
  readonly kernel: boolean;
  readonly open: OpenHeartbeats;
  /** What there is to do for all heartbeat paths of the process. */
  readonly load: HeartbeatLoad;
  createTicker(tick: Tick): Ticker;
}

/** A heartbeat sent and one received take some 100 us of the event loop: a quarter of its time for all. */
const portablePathUs = 400;
const portableLoad = new HeartbeatLoad(portablePathUs);

export const portableHeartbeats: HeartbeatSource = {
  kernel: false,
  open: (request) => openPortableHeartbeats(request, portableLoad.open()),
  load: portableLoad,
  createTicker: eventLoopTicker,
};

let told = false;

/** The best source this process can have; says once in the log which that is. */
export function heartbeatSource(logger: TransportLogger): HeartbeatSource {
  const kernel = kernelHeartbeats();
  if (!told) {
    told = true;
    if (kernel !== undefined) logger.info({ heartbeats: "worker" }, "heartbeats by a worker thread and kernel calls");
    else logger.info({ heartbeats: "event loop" }, "heartbeats by the event loop: no koffi or not Linux");
  }
  return kernel ?? portableHeartbeats;
}
