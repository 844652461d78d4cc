/** The wire format, version 1, as numbers: docs/wire-format.md says the same in prose. */

/** First byte of every frame. */
export const frameMagic = 0xd5;
/** The version this code speaks. */
export const wireVersion = 1;
/** Bytes before the body. */
export const headerBytes = 16;
/** Body bytes of a stream frame before its payload. */
export const streamBodyBytes = 32;
/** A stream frame's bytes without its payload. */
export const streamFrameBytes = headerBytes + streamBodyBytes;
/** The largest frame anybody may send. */
export const frameBytesMax = 1_048_576;
/** Ranges in one acknowledgement at most. */
export const ackRangesMax = 32;

export const frameType = {
  hello: 1,
  heartbeat: 2,
  stream: 3,
  window: 4,
  reset: 5,
  ack: 6,
  close: 7,
} as const;

/** Unknown types from here on are skipped; unknown ones below are an error. */
export const ignorableTypeMin = 0x80;

/** Smallest body of each type; a longer one comes from a later version and its end is skipped. */
export const bodyBytesMin: Readonly<Record<number, number>> = {
  [frameType.hello]: 60,
  [frameType.heartbeat]: 56,
  [frameType.stream]: streamBodyBytes,
  [frameType.window]: 32,
  [frameType.reset]: 32,
  [frameType.ack]: 16,
  [frameType.close]: 12,
};

/** Header flag: the checksum field is in use. */
export const flagChecksum = 1;
/** Stream frame flags. */
export const flagFinal = 1;
export const flagAckSoon = 2;
/** Heartbeat flags. */
export const flagProbe = 1;
export const flagOnBoth = 2;
/** Set by whoever repeats a heartbeat while its author is busy. */
export const flagRepeated = 4;
/** Where a heartbeat frame says what, in bytes from its beginning: for those who repeat it with other flags and times. */
export const heartbeatAt = {
  flags: 16,
  hears: 17,
  sentUs: 20,
  echoSentUs: 28,
  echoHeldUs: 36,
  floor: 40,
  limitEnd: 72,
} as const;
