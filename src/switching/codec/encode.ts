/** Frames to bytes. Stream payloads are not copied: a frame is a small head and, for stream frames, the payload's view. */

import { writeUint32, writeUint53 } from "./bytes.ts";
import { crc32c } from "./checksum.ts";
import type { AckFrame, CloseFrame, HeartbeatFrame, HelloFrame, ResetFrame, WindowFrame } from "./frames.ts";
import {
  flagAckSoon,
  flagChecksum,
  flagFinal,
  flagOnBoth,
  flagProbe,
  flagRepeated,
  frameMagic,
  frameType,
  headerBytes,
  streamBodyBytes,
  wireVersion,
} from "./layout.ts";

/** Heads are cut from slabs, which is far cheaper than an allocation each. */
let slab = new Uint8Array(16_384);
let slabUsed = 0;

function begin(type: number, tag: number, bodyBytes: number, payloadBytes: number): Uint8Array {
  const size = headerBytes + bodyBytes;
  if (slabUsed + size > slab.length) {
    slab = new Uint8Array(16_384);
    slabUsed = 0;
  }
  const head = slab.subarray(slabUsed, slabUsed + size);
  slabUsed += size;
  head[0] = frameMagic;
  head[1] = wireVersion;
  head[2] = type;
  writeUint32(head, 4, size + payloadBytes);
  writeUint32(head, 8, tag);
  return head;
}

/** Fills in the checksum over the head (with the field zero) and the payload. */
export function seal(head: Uint8Array, payload: readonly Uint8Array[] = []): void {
  head[3] = head[3]! | flagChecksum;
  writeUint32(head, 12, 0);
  let checksum = crc32c(0, head, 0, head.length);
  for (const piece of payload) checksum = crc32c(checksum, piece, 0, piece.length);
  writeUint32(head, 12, checksum);
}

export function encodeHello(frame: Omit<HelloFrame, "type">): Uint8Array {
  const head = begin(frameType.hello, 0, 60, 0);
  head[16] = frame.versionMin;
  head[17] = frame.versionMax;
  head[18] = frame.role;
  writeUint53(head, 20, frame.sessionId);
  writeUint53(head, 28, frame.incarnation);
  writeUint53(head, 36, frame.boundIncarnation);
  writeUint53(head, 44, frame.echoIncarnation);
  writeUint32(head, 52, frame.heartbeatIntervalUs);
  writeUint53(head, 56, frame.streamReceiveBytes);
  writeUint53(head, 64, frame.sessionReceiveBytes);
  writeUint32(head, 72, frame.streamsLimit);
  return head;
}

export function encodeHeartbeat(tag: number, frame: Omit<HeartbeatFrame, "type">): Uint8Array {
  const head = begin(frameType.heartbeat, tag, 56, 0);
  head[16] = (frame.probe ? flagProbe : 0) | (frame.onBoth ? flagOnBoth : 0) | (frame.repeated ? flagRepeated : 0);
  head[17] = (frame.hears[0] ? 1 : 0) | (frame.hears[1] ? 2 : 0);
  head[18] = frame.connections[0];
  head[19] = frame.connections[1];
  writeUint53(head, 20, frame.sentUs);
  writeUint53(head, 28, frame.echoSentUs);
  writeUint32(head, 36, Math.min(frame.echoHeldUs, 0xffff_ffff));
  writeUint53(head, 40, frame.floor);
  writeUint53(head, 48, frame.cumulative[0]);
  writeUint53(head, 56, frame.cumulative[1]);
  writeUint53(head, 64, frame.sessionLimit);
  return head;
}

/** The head of a stream frame whose payload follows. */
export function encodeStreamHead(
  tag: number,
  sequence: number,
  floor: number,
  stream: number,
  offset: number,
  classNumber: number,
  final: boolean,
  ackSoon: boolean,
  payloadBytes: number,
): Uint8Array {
  const head = begin(frameType.stream, tag, streamBodyBytes, payloadBytes);
  writeUint53(head, 16, sequence);
  writeUint53(head, 24, floor);
  writeUint32(head, 32, stream);
  writeUint53(head, 36, offset);
  head[44] = classNumber;
  head[45] = (final ? flagFinal : 0) | (ackSoon ? flagAckSoon : 0);
  return head;
}

export function encodeWindow(tag: number, frame: Omit<WindowFrame, "type">): Uint8Array {
  const head = begin(frameType.window, tag, 32, 0);
  writeUint53(head, 16, frame.sequence);
  writeUint53(head, 24, frame.floor);
  writeUint32(head, 32, frame.stream);
  writeUint53(head, 36, frame.limit);
  writeUint32(head, 44, frame.streamsLimit);
  return head;
}

export function encodeReset(tag: number, frame: Omit<ResetFrame, "type">): Uint8Array {
  const head = begin(frameType.reset, tag, 32, 0);
  writeUint53(head, 16, frame.sequence);
  writeUint53(head, 24, frame.floor);
  writeUint32(head, 32, frame.stream);
  writeUint53(head, 36, frame.finalOffset);
  writeUint32(head, 44, frame.code);
  return head;
}

export function encodeAck(tag: number, frame: Omit<AckFrame, "type">): Uint8Array {
  const head = begin(frameType.ack, tag, 16 + 8 * frame.ranges.length, 0);
  head[16] = frame.link;
  head[17] = frame.ranges.length / 2;
  writeUint32(head, 20, frame.delayUs);
  writeUint53(head, 24, frame.cumulative);
  for (let index = 0; index < frame.ranges.length; index++) writeUint53(head, 32 + 8 * index, frame.ranges[index]!);
  return head;
}

export function encodeClose(tag: number, frame: Omit<CloseFrame, "type">): Uint8Array {
  const head = begin(frameType.close, tag, 12, 0);
  writeUint32(head, 16, frame.code);
  writeUint53(head, 20, frame.unconfirmedBytes);
  return head;
}
