/** Heartbeats have a path of their own on each link: datagrams that do not queue behind bulk data, each with a keyed hash. */

import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { heartbeatAt } from "../switching/codec/layout.ts";
import { isSame } from "./proofs.ts";

/** Bytes of the keyed hash behind each frame. */
export const sealBytes = 16;
/** Larger datagrams are no heartbeats. */
export const datagramBytesMax = 512;

/** One link's heartbeats in both directions. */
export interface HeartbeatChannel {
  /** Our port, to be told to the peer. */
  readonly port: number;
  /**
   * For channels that repeat heartbeats: where the session's two channels keep whom it was last told that we hear, so that
   * what one repeats never contradicts, with a later time, what the other has told. Called before anything is sent.
   */
  share(told: Int32Array): void;
  /** Begins once the peer's port and the keys are known. */
  start(peer: HeartbeatPeer): void;
  /** Sends a heartbeat frame now. */
  send(frame: Uint8Array): void;
  /**
   * For channels that keep the beat themselves: while `isCalm` only news is to be told at once, and a silence of `silenceUs`.
   */
  watch(isCalm: boolean, silenceUs: number): void;
  close(): void;
}

export interface HeartbeatPeer {
  readonly address: string;
  readonly port: number;
  readonly sendKey: Buffer;
  readonly receiveKey: Buffer;
  /** Descriptor of the link's connection, -1 when it has none: bytes that come on it show that the link lives. */
  readonly connectionFd: number;
}

/** A key made ready: about half the time of a hash goes into that. */
export function sealingKey(key: Uint8Array): KeyObject {
  return createSecretKey(key);
}

/** The frame and its keyed hash as one datagram; written into `into` where that has room. */
export function sealDatagram(
  frame: Uint8Array,
  key: KeyObject,
  into = Buffer.allocUnsafe(frame.length + sealBytes),
): Buffer {
  const seal = createHmac("sha256", key).update(frame).digest();
  into.set(frame);
  seal.copy(into, frame.length, 0, sealBytes);
  return into.length === frame.length + sealBytes ? into : into.subarray(0, frame.length + sealBytes);
}

/** Opens datagrams of one peer: wrong, repeated and overtaken ones are dropped. */
export class DatagramOpener {
  readonly #key: KeyObject;
  #latestSentUs = -1;

  constructor(key: Uint8Array) {
    this.#key = sealingKey(key);
  }

  /** The frame, or undefined. */
  open(datagram: Buffer): Buffer | undefined {
    const bodyBytes = datagram.length - sealBytes;
    if (bodyBytes < heartbeatAt.sentUs + 8 || datagram.length > datagramBytesMax) return undefined;
    const frame = datagram.subarray(0, bodyBytes);
    const seal = createHmac("sha256", this.#key).update(frame).digest().subarray(0, sealBytes);
    if (!isSame(seal, datagram.subarray(bodyBytes))) return undefined;
    const sentUs = Number(frame.readBigUInt64BE(heartbeatAt.sentUs));
    if (sentUs <= this.#latestSentUs) return undefined;
    this.#latestSentUs = sentUs;
    return frame;
  }
}
