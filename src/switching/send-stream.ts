/** The sending half of one stream: written bytes by reference, cut into chunks as links take them. */

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

  constructor(id: number, trafficClass: TrafficClass, limit: number) {
    this.id = id;
    this.trafficClass = trafficClass;
    this.limit = limit;
  }

  write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.push(bytes);
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

  /** The length of the next chunk of at most `bytesMax`. */
  nextChunkBytes(bytesMax: number, sessionCredit: number): number {
    const piece = this.#pieces[this.#firstPiece];
    const inPiece = piece === undefined ? 0 : piece.length - this.#firstUsed;
    return Math.min(inPiece, bytesMax, this.limit - this.nextOffset, sessionCredit);
  }

  /** Cuts the next chunk. */
  cut(bytesMax: number, sessionCredit: number): DataChunk {
    const length = this.nextChunkBytes(bytesMax, sessionCredit);
    const piece = this.#pieces[this.#firstPiece];
    const payload = piece === undefined ? nothing : piece.subarray(this.#firstUsed, this.#firstUsed + length);
    this.#firstUsed += length;
    if (piece !== undefined && this.#firstUsed === piece.length) this.#dropPiece();
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
      payload,
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
    if (!this.abandoned) this.unconfirmedBytes -= chunk.payload.length;
    chunk.payload = nothing;
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
/** Writes of one stream that may wait to be sent. */
const waitingWritesMax = 65_536;

/** Whether a chunk need not be sent any more. */
export function isSettled(chunk: Chunk): boolean {
  return chunk.confirmed || (chunk.kind === "data" && chunk.stream.abandoned);
}
