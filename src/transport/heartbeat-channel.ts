/** Heartbeats have a path of their own on each link: datagrams that do not queue behind bulk data, each with a keyed hash. */

import { createHmac } from "node:crypto";
import { isSame } from "./proofs.ts";

/** Bytes of the keyed hash behind each frame. */
export const sealBytes = 16;
/** Larger datagrams are no heartbeats. */
export const datagramBytesMax = 512;
/** Where a heartbeat frame says when it was sent (docs/wire-format.md). */
const sentAtOffset = 20;

/** One link's heartbeats in both directions. */
export interface HeartbeatChannel {
  /** Our port, to be told to the peer. */
  readonly port: number;
  /** Begins once the peer's port and the keys are known. */
  start(peer: HeartbeatPeer): void;
  /** Sends a heartbeat frame now. */
  send(frame: Uint8Array): void;
  close(): void;
}

export interface HeartbeatPeer {
  readonly address: string;
  readonly port: number;
  readonly sendKey: Buffer;
  readonly receiveKey: Buffer;
}

/** The frame and its keyed hash as one datagram. */
export function sealDatagram(frame: Uint8Array, key: Buffer): Buffer {
  const seal = createHmac("sha256", key).update(frame).digest();
  return Buffer.concat([frame, seal.subarray(0, sealBytes)]);
}

/** Opens datagrams of one peer: wrong, repeated and overtaken ones are dropped. */
export class DatagramOpener {
  readonly #key: Buffer;
  #latestSentUs = -1;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** The frame, or undefined. */
  open(datagram: Buffer): Buffer | undefined {
    const bodyBytes = datagram.length - sealBytes;
    if (bodyBytes < sentAtOffset + 8 || datagram.length > datagramBytesMax) return undefined;
    const frame = datagram.subarray(0, bodyBytes);
    const seal = createHmac("sha256", this.#key).update(frame).digest().subarray(0, sealBytes);
    if (!isSame(seal, datagram.subarray(bodyBytes))) return undefined;
    const sentUs = Number(frame.readBigUInt64BE(sentAtOffset));
    if (sentUs <= this.#latestSentUs) return undefined;
    this.#latestSentUs = sentUs;
    return frame;
  }
}
