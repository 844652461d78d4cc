/** The sending half of one stream: written bytes by reference (the smallest are copied), cut into chunks as links take them. */

import { assert } from "../base/assert.ts";
import type { Chunk, DataChunk } from "./chunk.ts";
import type { TrafficClass } from "./traffic-classes.ts";

export class SendStream {
  readonly id: number;
  readonly trafficClass: TrafficClass;
  /** Where the next chunk begins. */
  nextOffset = 0;
  /** Written and not yet cut into chunks. */
  unsentBytes = 0;
  /** Written and not yet confirmed. */
  unconfirmedBytes = 0;
  /** The peer takes bytes up to this offset. */
  limit: number;
  /** No more will be written. */
  finished = false;
  /** The chunk that carries the end has been cut. */
  finalCut = false;
  /** Chunks cut and not yet confirmed. */
  pendingChunks = 0;
  /** Whether the stream stands in its class's queue. */
  ready = false;
  /** Given up by a reset: its chunks count as confirmed. */
  abandoned = false;
  readonly #pieces: Uint8Array[] = [];
  #firstPiece = 0;
  #firstUsed = 0;
  /** Where small writes are collected, and how far it is filled. */
  #tail = nothing;
  #tailUsed = 0;

  constructor(id: number, trafficClass: TrafficClass, limit: number) {
    this.id = id;
    this.trafficClass = trafficClass;
    this.limit = limit;
  }

  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (bytes.length > copiedBytesMax) this.#pieces.push(bytes);
    else this.#collect(bytes);
    this.unsentBytes += bytes.length;
    this.unconfirmedBytes += bytes.length;
  }

  /** Whether so many writes wait that no more should be taken, however small. */
  get isCrowded(): boolean {
    return this.#pieces.length - this.#firstPiece >= waitingWritesMax;
  }

  /** Whether a chunk can be cut, given how much the session still allows. */
  hasChunk(sessionCredit: number): boolean {
    if (this.abandoned) return false;
    if (this.unsentBytes > 0) return this.nextOffset < this.limit && sessionCredit > 0;
    return this.finished && !this.finalCut;
  }

  /** Bytes that could be sent now, were there room on the links. */
  sendableBytes(sessionCredit: number): number {
    return Math.min(this.unsentBytes, this.limit - this.nextOffset, sessionCredit);
  }

  /** The length of the next chunk of at most `bytesMax`, unless its pieces are too many. */
  nextChunkBytes(bytesMax: number, sessionCredit: number): number {
    return Math.min(this.unsentBytes, bytesMax, this.limit - this.nextOffset, sessionCredit);
  }

  /** Cuts the next chunk. */
  cut(bytesMax: number, sessionCredit: number): DataChunk {
    const pieces: Uint8Array[] = [];
    const length = this.#take(this.nextChunkBytes(bytesMax, sessionCredit), pieces);
    this.unsentBytes -= length;
    const final = this.finished && this.unsentBytes === 0;
    assert(length > 0 || final, "a chunk carries bytes or the end");
    const offset = this.nextOffset;
    this.nextOffset += length;
    this.finalCut = final;
    this.pendingChunks += 1;
    return {
      kind: "data",
      stream: this,
      offset,
      pieces,
      payloadBytes: length,
      final,
      confirmed: false,
      copies: 0,
      queued: false,
      takeover: undefined,
    };
  }

  /** Takes note that a chunk has arrived. */
  confirm(chunk: DataChunk): void {
    this.pendingChunks -= 1;
    if (!this.abandoned) this.unconfirmedBytes -= chunk.payloadBytes;
    chunk.pieces = [];
    chunk.payloadBytes = 0;
  }

  /** Whether everything including the end has been confirmed. */
  get complete(): boolean {
    return this.finalCut && this.pendingChunks === 0;
  }

  /** Gives up what has not been sent; what is in flight is no longer cared for. */
  abandon(): void {
    this.abandoned = true;
    this.#pieces.length = 0;
    this.unsentBytes = 0;
    this.unconfirmedBytes = 0;
  }

  /** Moves up to `bytes` from the front into `taken`; returns how many. */
  #take(bytes: number, taken: Uint8Array[]): number {
    let left = bytes;
    while (left > 0 && taken.length < chunkPiecesMax) {
      const piece = this.#pieces[this.#firstPiece]!;
      const from = this.#firstUsed;
      const count = Math.min(piece.length - from, left);
      taken.push(count === piece.length ? piece : piece.subarray(from, from + count));
      left -= count;
      this.#firstUsed += count;
      if (this.#firstUsed === piece.length) this.#dropPiece();
    }
    return bytes - left;
  }

  /** A small write joins those before it in a buffer of our own: a piece each would cost more than the copy. */
  #collect(bytes: Uint8Array): void {
    if (this.#tail.length - this.#tailUsed < bytes.length) {
      this.#tail = new Uint8Array(tailBytes);
      this.#tailUsed = 0;
    }
    const tail = this.#tail;
    const from = this.#tailUsed;
    tail.set(bytes, from);
    this.#tailUsed += bytes.length;
    const last = this.#pieces.length - 1;
    const before = this.#pieces[last];
    const follows = before !== undefined && before.buffer === tail.buffer && before.length > 0;
    if (follows && before.byteOffset + before.length === tail.byteOffset + from)
      this.#pieces[last] = new Uint8Array(tail.buffer, before.byteOffset, before.length + bytes.length);
    else this.#pieces.push(tail.subarray(from, this.#tailUsed));
  }

  #dropPiece(): void {
    this.#pieces[this.#firstPiece] = nothing;
    this.#firstPiece += 1;
    this.#firstUsed = 0;
    if (this.#firstPiece < 64 && this.#firstPiece < this.#pieces.length) return;
    this.#pieces.splice(0, this.#firstPiece);
    this.#firstPiece = 0;
  }
}

const nothing = new Uint8Array(0);
/** Pieces of one stream that may wait to be sent; small writes share one. */
const waitingWritesMax = 65_536;
/** Pieces of one chunk at most: a system call takes so many and no more. */
const chunkPiecesMax = 64;
/** Writes up to this length are copied. */
const copiedBytesMax = 1_024;
const tailBytes = 16_384;

/** Whether a chunk need not be sent any more. */
export function isSettled(chunk: Chunk): boolean {
  return chunk.confirmed || (chunk.kind === "data" && chunk.stream.abandoned);
}
