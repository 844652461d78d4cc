/** The units of sending: everything that must arrive is a chunk, and a chunk is kept until it is confirmed. */

import type { SendStream } from "./send-stream.ts";
import type { TakeoverInProgress } from "./takeover.ts";

interface ChunkState {
  /** Confirmed by the peer, over whichever link; nothing more is to be done. */
  confirmed: boolean;
  /** On how many links it is in flight. */
  copies: number;
  /** Whether it waits in a queue to be sent (again). */
  queued: boolean;
  /** The takeover that handed it back, until it is confirmed. */
  takeover: TakeoverInProgress | undefined;
}

/** Bytes of a stream. */
export interface DataChunk extends ChunkState {
  readonly kind: "data";
  readonly stream: SendStream;
  offset: number;
  /** What was written, by reference, in order; several pieces when small writes go together. */
  pieces: readonly Uint8Array[];
  /** Bytes of all pieces. */
  payloadBytes: number;
  final: boolean;
}

/** A new limit for the peer; what it says is filled in when it is sent, so that it is always the latest. */
export interface WindowChunk extends ChunkState {
  readonly kind: "window";
  /** 0 for the whole session. */
  readonly streamId: number;
}

export interface ResetChunk extends ChunkState {
  readonly kind: "reset";
  readonly streamId: number;
  readonly code: number;
  readonly finalOffset: number;
}

export type Chunk = DataChunk | WindowChunk | ResetChunk;

/** Bytes a chunk counts for in windows and rates. */
export function chunkBytes(chunk: Chunk): number {
  return chunk.kind === "data" ? chunk.payloadBytes + 48 : 48;
}

/** Cuts a data chunk that is too long for a link; the rest is returned and follows it. */
export function splitChunk(chunk: DataChunk, payloadBytesMax: number): DataChunk {
  const rest: DataChunk = {
    ...chunk,
    offset: chunk.offset + payloadBytesMax,
    pieces: slicePieces(chunk.pieces, payloadBytesMax, chunk.payloadBytes),
    payloadBytes: chunk.payloadBytes - payloadBytesMax,
    copies: 0,
    queued: false,
  };
  chunk.pieces = slicePieces(chunk.pieces, 0, payloadBytesMax);
  chunk.payloadBytes = payloadBytesMax;
  chunk.final = false;
  chunk.stream.pendingChunks += 1;
  if (chunk.takeover !== undefined) chunk.takeover.pendingChunks += 1;
  return rest;
}

/** The bytes [from, to) of some pieces, as views. */
function slicePieces(pieces: readonly Uint8Array[], from: number, to: number): Uint8Array[] {
  const slices: Uint8Array[] = [];
  let at = 0;
  for (const piece of pieces) {
    const begin = Math.max(from - at, 0);
    const end = Math.min(to - at, piece.length);
    if (begin < end) slices.push(end - begin === piece.length ? piece : piece.subarray(begin, end));
    at += piece.length;
  }
  return slices;
}
