/**
 * The agent's heartbeat datagram, 72 bytes, big-endian:
 * 0 magic "tsha" | 4 version | 5 flags | 6 link | 7 hears | 8 incarnation u64 | 16 sent (us) u64 | 24 echoed nonce u64 |
 * 32 nonce u64 | 40 echoed sent (us) u64 | 48 echo held (us) u32 | 52 interval (us) u32 | 56 keyed hash (16 bytes).
 */

import { createHmac, timingSafeEqual } from "node:crypto";

const magic = 0x7473_6861;
const version = 1;
const bodyBytes = 56;
const sealBytes = 16;
export const heartbeatBytes = bodyBytes + sealBytes;
const probeFlag = 1;
const onBothFlag = 2;

export interface Heartbeat {
  /** Asks for an answer at once. */
  readonly probe: boolean;
  /** Whether the like of it went out on both links. */
  readonly onBoth: boolean;
  /** The sender's index of the link. */
  readonly link: 0 | 1;
  /** Bit 0 and 1: whether the sender hears the receiver on its links 0 and 1. */
  readonly hears: number;
  /** A random number of the sender's process. */
  readonly incarnation: bigint;
  /** The sender's clock; no two of a process say the same. */
  readonly sentUs: number;
  /** The receiver's nonce, as last heard by the sender on this link; 0 for none. */
  readonly echoedNonce: bigint;
  readonly nonce: bigint;
  /** The receiver's clock in the latest heartbeat heard here, 0 for none, and how long ago that came. */
  readonly echoSentUs: number;
  readonly echoHeldUs: number;
  readonly intervalUs: number;
}

/** The key of the heartbeats, from the secret that the agents share. */
export function heartbeatKey(secret: Buffer): Buffer {
  return createHmac("sha256", secret).update("twinspine agent heartbeat 1").digest();
}

export function sealHeartbeat(each: Heartbeat, key: Buffer): Buffer {
  const bytes = Buffer.alloc(heartbeatBytes);
  bytes.writeUInt32BE(magic, 0);
  bytes.writeUInt8(version, 4);
  bytes.writeUInt8((each.probe ? probeFlag : 0) | (each.onBoth ? onBothFlag : 0), 5);
  bytes.writeUInt8(each.link, 6);
  bytes.writeUInt8(each.hears, 7);
  bytes.writeBigUInt64BE(each.incarnation, 8);
  bytes.writeBigUInt64BE(BigInt(each.sentUs), 16);
  bytes.writeBigUInt64BE(each.echoedNonce, 24);
  bytes.writeBigUInt64BE(each.nonce, 32);
  bytes.writeBigUInt64BE(BigInt(each.echoSentUs), 40);
  bytes.writeUInt32BE(Math.min(each.echoHeldUs, 0xffff_ffff), 48);
  bytes.writeUInt32BE(each.intervalUs, 52);
  bytes.set(hashOf(bytes.subarray(0, bodyBytes), key), bodyBytes);
  return bytes;
}

/** The heartbeat in a datagram; undefined for anything that nobody with the key has sent. */
export function openHeartbeat(bytes: Buffer, key: Buffer): Heartbeat | undefined {
  if (bytes.length !== heartbeatBytes || bytes.readUInt32BE(0) !== magic || bytes.readUInt8(4) !== version)
    return undefined;
  if (!timingSafeEqual(hashOf(bytes.subarray(0, bodyBytes), key), bytes.subarray(bodyBytes))) return undefined;
  const flags = bytes.readUInt8(5);
  return {
    probe: (flags & probeFlag) !== 0,
    onBoth: (flags & onBothFlag) !== 0,
    link: bytes.readUInt8(6) === 0 ? 0 : 1,
    hears: bytes.readUInt8(7),
    incarnation: bytes.readBigUInt64BE(8),
    sentUs: Number(bytes.readBigUInt64BE(16)),
    echoedNonce: bytes.readBigUInt64BE(24),
    nonce: bytes.readBigUInt64BE(32),
    echoSentUs: Number(bytes.readBigUInt64BE(40)),
    echoHeldUs: bytes.readUInt32BE(48),
    intervalUs: bytes.readUInt32BE(52),
  };
}

function hashOf(body: Uint8Array, key: Buffer): Buffer {
  return createHmac("sha256", key).update(body).digest().subarray(0, sealBytes);
}
