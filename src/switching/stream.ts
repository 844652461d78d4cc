/** One stream: a sending and a receiving half under one number. */

import type { WindowChunk } from "./chunk.ts";
import type { HeldMemory } from "./held-memory.ts";
import { Reassembly } from "./reassembly.ts";
import type { SendStream } from "./send-stream.ts";
import type { TrafficClass } from "./traffic-classes.ts";

export interface Stream {
  readonly id: number;
  trafficClass: TrafficClass;
  /** Opened here, or a frame of it has been seen. */
  announced: boolean;
  send: SendStream;
  readonly receive: Reassembly;
  /** The peer may send up to this offset. */
  receiveLimit: number;
  consumedBytes: number;
  /** The latest window chunk, while it is on its way. */
  window: WindowChunk | undefined;
  /** Our reset is on its way or has arrived; what still comes in is counted and dropped. */
  resetSent: boolean;
  resetConfirmed: boolean;
  /** The peer has finished or reset its half, and all of it has been counted. */
  receiveEnded: boolean;
}

export function createStream(
  id: number,
  send: SendStream,
  receiveLimit: number,
  announced: boolean,
  memory: HeldMemory,
): Stream {
  return {
    id,
    trafficClass: send.trafficClass,
    announced,
    send,
    receive: new Reassembly(memory),
    receiveLimit,
    consumedBytes: 0,
    window: undefined,
    resetSent: false,
    resetConfirmed: false,
    receiveEnded: false,
  };
}

/** Whether both halves are over and every delivered byte has been consumed. */
export function isOver(stream: Stream): boolean {
  const sendOver = stream.resetSent ? stream.resetConfirmed : stream.send.complete;
  return sendOver && stream.receiveEnded && stream.consumedBytes === stream.receive.highestOffset;
}
