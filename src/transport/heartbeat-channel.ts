/**
 * Heartbeats have a path of their own on each link: datagrams that do not queue behind bulk data, each with a keyed hash. The
 * path is shared by all sessions between two processes: it carries the heartbeats of the monitor of the links, and now and
 * then the word of a session.
 */

import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { frameMagic, heartbeatAt } from "../switching/codec/layout.ts";
import type { PeerWord } from "./peer-word.ts";
import { isSame } from "./proofs.ts";

/** Bytes of the keyed hash behind each frame. */
export const sealBytes = 16;
/** Larger datagrams are no heartbeats. */
export const datagramBytesMax = 512;
/** Bytes of the session's number before a session's word. */
const sessionBytes = 8;

/** One link's heartbeats in both directions. */
export interface HeartbeatChannel {
  /** Our port, to be told to the peer. */
  readonly port: number;
  /** For channels that repeat heartbeats: what those of both links say alike. Called before anything is sent. */
  share(word: PeerWord): void;
  /** Begins once the peer's port and the keys are known. */
  start(peer: HeartbeatPeer): void;
  /** Sends a heartbeat frame of the monitor now. */
  send(frame: Uint8Array): void;
  /** Sends the word of a session, a heartbeat frame of its own, once. It may be lost. */
  sendWord(sessionId: number, frame: Uint8Array): void;
  /**
   * For channels that keep the beat themselves: while `isCalm` only news is to be told at once, and a silence of `silenceUs`;
   * the beat comes every `intervalUs`.
   */
  watch(isCalm: boolean, silenceUs: number, intervalUs: number): void;
  /** Data arrives on this connection of the link: while heartbeats are missing, its bytes show that the link lives. */
  noteConnection(fd: number): void;
  close(): void;
}

export interface HeartbeatPeer {
  readonly address: string;
  readonly port: number;
  readonly sendKey: Buffer;
  readonly receiveKey: Buffer;
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

/** A session's word as a datagram: the session's number and the frame, sealed. */
export function sealWord(sessionId: number, frame: Uint8Array, key: KeyObject): Buffer {
  const body = Buffer.alloc(sessionBytes + frame.length);
  body.writeBigUInt64BE(BigInt(sessionId));
  body.set(frame, sessionBytes);
  return sealDatagram(body, key);
}

/** The number of the session that a word begins with, and its frame; undefined when that cannot be. */
export function openWord(body: Buffer): { readonly sessionId: number; readonly frame: Buffer } | undefined {
  const sessionId = body.readBigUInt64BE(0);
  if (sessionId > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return { sessionId: Number(sessionId), frame: body.subarray(sessionBytes) };
}

/** Whether what a datagram says is a session's word; else it is a heartbeat. */
export function isWord(body: Uint8Array): boolean {
  return body[0] !== frameMagic;
}

/** Opens datagrams of one peer: wrong ones are dropped, and heartbeats that are repeated or overtaken. */
export class DatagramOpener {
  readonly #key: KeyObject;
  #latestSentUs = -1;

  constructor(key: Uint8Array) {
    this.#key = sealingKey(key);
  }

  /** What the datagram says, a heartbeat frame or a session's word ({@link isWord}); or undefined. */
  open(datagram: Buffer): Buffer | undefined {
    const bodyBytes = datagram.length - sealBytes;
    if (bodyBytes < heartbeatAt.limitEnd || datagram.length > datagramBytesMax) return undefined;
    const body = datagram.subarray(0, bodyBytes);
    const seal = createHmac("sha256", this.#key).update(body).digest().subarray(0, sealBytes);
    if (!isSame(seal, datagram.subarray(bodyBytes))) return undefined;
    // An old word says nothing that a newer one has not said; an old heartbeat would make a silent link live.
    return isWord(body) || this.#isFresh(body) ? body : undefined;
  }

  #isFresh(frame: Buffer): boolean {
    const sentUs = Number(frame.readBigUInt64BE(heartbeatAt.sentUs));
    if (sentUs <= this.#latestSentUs) return false;
    this.#latestSentUs = sentUs;
    return true;
  }
}
