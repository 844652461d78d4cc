/** Bytes to frames. Whatever comes in, the answer is a frame, `ignored`, or a coded fault; nothing is thrown or copied. */

import { readUint32, readUint53 } from "./bytes.ts";
import { crc32c } from "./checksum.ts";
import type { Frame } from "./frames.ts";
import {
  ackRangesMax,
  bodyBytesMin,
  flagAckSoon,
  flagChecksum,
  flagFinal,
  flagOnBoth,
  flagProbe,
  flagRepeated,
  frameBytesMax,
  frameMagic,
  frameType,
  headerBytes,
  ignorableTypeMin,
  wireVersion,
} from "./layout.ts";

/** What can be wrong with received bytes. */
export type FrameFault = "short" | "magic" | "version" | "length" | "type" | "checksum" | "field";

/** A decoded frame with the tag it carried; or what is wrong with it; or a frame of a later version to be skipped. */
export type Decoded =
  | { readonly kind: "frame"; readonly tag: number; readonly frame: Frame }
  | { readonly kind: "ignored" }
  | { readonly kind: "fault"; readonly fault: FrameFault };

const faults: Readonly<Record<FrameFault, Decoded>> = {
  short: { kind: "fault", fault: "short" },
  magic: { kind: "fault", fault: "magic" },
  version: { kind: "fault", fault: "version" },
  length: { kind: "fault", fault: "length" },
  type: { kind: "fault", fault: "type" },
  checksum: { kind: "fault", fault: "checksum" },
  field: { kind: "fault", fault: "field" },
};
const ignored: Decoded = { kind: "ignored" };

/**
 * For byte-stream transports: the length of the frame that begins at `at`, once its header is there; 0 when more bytes are
 * needed to tell, -1 when no frame begins here (close the connection).
 */
export function frameLengthAt(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 8) return 0;
  const length = readUint32(bytes, at + 4);
  return bytes[at] !== frameMagic || length < headerBytes || length > frameBytesMax ? -1 : length;
}

/** The frame that begins at `at` as a view; everything from there where no whole frame begins. */
export function firstFrame(bytes: Uint8Array, at: number): Uint8Array {
  const length = frameLengthAt(bytes, at, bytes.length);
  const end = length <= 0 || at + length > bytes.length ? bytes.length : at + length;
  return at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end);
}

/** Decodes one whole frame; with `checksum` only frames with a right checksum pass. Payloads are views into `bytes`. */
export function decodeFrame(bytes: Uint8Array, checksum: boolean): Decoded {
  if (bytes.length < headerBytes) return faults.short;
  if (bytes[0] !== frameMagic) return faults.magic;
  if (readUint32(bytes, 4) !== bytes.length || bytes.length > frameBytesMax) return faults.length;
  if (checksum && !checksumHolds(bytes)) return faults.checksum;
  const type = bytes[2]!;
  const tag = readUint32(bytes, 8);
  if (type !== frameType.hello && bytes[1] !== wireVersion) return faults.version;
  const bodyMin = bodyBytesMin[type];
  if (bodyMin === undefined) return type >= ignorableTypeMin ? ignored : faults.type;
  if (bytes.length < headerBytes + bodyMin) return faults.length;
  const frame = type === frameType.stream ? decodeStream(bytes) : decodeOther(type, bytes);
  return frame === undefined ? faults.field : { kind: "frame", tag, frame };
}

function checksumHolds(bytes: Uint8Array): boolean {
  if ((bytes[3]! & flagChecksum) === 0) return false;
  const before = crc32c(0, bytes, 0, 12);
  const zeros = crc32c(before, fourZeros, 0, 4);
  return crc32c(zeros, bytes, 16, bytes.length) === readUint32(bytes, 12);
}
const fourZeros = new Uint8Array(4);

function decodeStream(bytes: Uint8Array): Frame | undefined {
  const sequence = readUint53(bytes, 16);
  const floor = readUint53(bytes, 24);
  const stream = readUint32(bytes, 32);
  const offset = readUint53(bytes, 36);
  const flags = bytes[45]!;
  const extensionBytes = (bytes[46]! << 8) | bytes[47]!;
  const payloadAt = 48 + extensionBytes;
  if (!isSequence(sequence, floor) || stream === 0 || offset < 0 || payloadAt > bytes.length) return undefined;
  const payload = bytes.subarray(payloadAt);
  if (offset + payload.length > Number.MAX_SAFE_INTEGER) return undefined;
  return {
    type: "stream",
    sequence,
    floor,
    stream,
    offset,
    classNumber: bytes[44]!,
    final: (flags & flagFinal) !== 0,
    ackSoon: (flags & flagAckSoon) !== 0,
    payload,
  };
}

const isSequence = (sequence: number, floor: number) => sequence >= 1 && floor >= 1 && floor <= sequence;

function decodeOther(type: number, bytes: Uint8Array): Frame | undefined {
  switch (type) {
    case frameType.hello:
      return decodeHello(bytes);
    case frameType.heartbeat:
      return decodeHeartbeat(bytes);
    case frameType.window:
    case frameType.reset:
      return decodeSequenced(type, bytes);
    case frameType.ack:
      return decodeAck(bytes);
    default: {
      const unconfirmedBytes = readUint53(bytes, 20);
      return unconfirmedBytes < 0 ? undefined : { type: "close", code: readUint32(bytes, 16), unconfirmedBytes };
    }
  }
}

function decodeHello(bytes: Uint8Array): Frame | undefined {
  const sessionId = readUint53(bytes, 20);
  const incarnation = readUint53(bytes, 28);
  const boundIncarnation = readUint53(bytes, 36);
  const echoIncarnation = readUint53(bytes, 44);
  const streamReceiveBytes = readUint53(bytes, 56);
  const sessionReceiveBytes = readUint53(bytes, 64);
  const role = bytes[18]!;
  if (sessionId < 1 || incarnation < 1 || boundIncarnation < 0 || echoIncarnation < 0) return undefined;
  if (streamReceiveBytes < 0 || sessionReceiveBytes < 0 || role > 1 || bytes[16]! > bytes[17]!) return undefined;
  return {
    type: "hello",
    versionMin: bytes[16]!,
    versionMax: bytes[17]!,
    role,
    sessionId,
    incarnation,
    boundIncarnation,
    echoIncarnation,
    heartbeatIntervalUs: readUint32(bytes, 52),
    streamReceiveBytes,
    sessionReceiveBytes,
    streamsLimit: readUint32(bytes, 72),
  };
}

function decodeHeartbeat(bytes: Uint8Array): Frame | undefined {
  const sentUs = readUint53(bytes, 20);
  const echoSentUs = readUint53(bytes, 28);
  const floor = readUint53(bytes, 40);
  const first = readUint53(bytes, 48);
  const second = readUint53(bytes, 56);
  const sessionLimit = readUint53(bytes, 64);
  if (sentUs < 0 || echoSentUs < 0 || floor < 1 || first < 0 || second < 0 || sessionLimit < 0) return undefined;
  return {
    type: "heartbeat",
    probe: (bytes[16]! & flagProbe) !== 0,
    onBoth: (bytes[16]! & flagOnBoth) !== 0,
    repeated: (bytes[16]! & flagRepeated) !== 0,
    hears: [(bytes[17]! & 1) !== 0, (bytes[17]! & 2) !== 0],
    connections: [bytes[18]!, bytes[19]!],
    sentUs,
    echoSentUs,
    echoHeldUs: readUint32(bytes, 36),
    floor,
    cumulative: [first, second],
    sessionLimit,
  };
}

function decodeSequenced(type: number, bytes: Uint8Array): Frame | undefined {
  const sequence = readUint53(bytes, 16);
  const floor = readUint53(bytes, 24);
  const stream = readUint32(bytes, 32);
  const number = readUint53(bytes, 36);
  if (!isSequence(sequence, floor) || number < 0) return undefined;
  if (type === frameType.window)
    return { type: "window", sequence, floor, stream, limit: number, streamsLimit: readUint32(bytes, 44) };
  if (stream === 0) return undefined;
  return { type: "reset", sequence, floor, stream, finalOffset: number, code: readUint32(bytes, 44) };
}

function decodeAck(bytes: Uint8Array): Frame | undefined {
  const link = bytes[16]!;
  const count = bytes[17]!;
  const cumulative = readUint53(bytes, 24);
  if (link > 1 || cumulative < 0 || count > ackRangesMax || bytes.length < 32 + 16 * count) return undefined;
  const ranges: number[] = [];
  let before = cumulative;
  for (let index = 0; index < 2 * count; index++) {
    const value = readUint53(bytes, 32 + 8 * index);
    if (value < before || (index % 2 === 0 && value === before)) return undefined;
    ranges.push(value);
    before = value;
  }
  return { type: "ack", link, delayUs: readUint32(bytes, 20), cumulative, ranges };
}
