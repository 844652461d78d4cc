/** The receiving half of one stream: puts pieces that arrive in any order, twice or overlapping, into order, each byte once. */

import { type HeldBytes, type HeldMemory, sessionPiecesMax } from "./held-memory.ts";

interface Piece {
  readonly offset: number;
  held: HeldBytes;
}

/** Pieces with gaps between them, or too long to be joined, that one stream may hold at once. */
export const heldPiecesMax = 4_096;
/** Pieces are joined with the one before them up to this length, so that many small ones take little room. */
const joinedBytesMax = 65_536;

export class Reassembly {
  /** Everything before this has been delivered. */
  nextOffset = 0;
  /** The end of the furthest piece seen. */
  highestOffset = 0;
  /** The stream's length, once known. */
  finalOffset: number | undefined;
  /** Bytes kept out of order. */
  heldBytes = 0;
  /** Ascending, without overlap. */
  readonly #pieces: Piece[] = [];
  readonly #memory: HeldMemory;

  /** `memory` is the session's. */
  constructor(memory: HeldMemory) {
    this.#memory = memory;
  }

  /**
   * Takes a piece; `deliver` is called with every run of bytes that is now in order. False when the piece contradicts the
   * stream's known length, or when the stream or the session hold too many with gaps between them.
   */
  add(offset: number, bytes: Uint8Array, final: boolean, deliver: (bytes: Uint8Array) => void): boolean {
    const end = offset + bytes.length;
    if (!this.#agrees(end, final)) return false;
    if (end > this.highestOffset) this.highestOffset = end;
    if (end <= this.nextOffset) return true;
    if (offset <= this.nextOffset) {
      const fresh = offset === this.nextOffset ? bytes : bytes.subarray(this.nextOffset - offset);
      this.nextOffset = end;
      deliver(fresh);
      if (this.#pieces.length > 0) this.#drain(deliver);
      return true;
    }
    this.#hold(offset, bytes);
    return this.#pieces.length <= heldPiecesMax && this.#memory.pieces <= sessionPiecesMax;
  }

  /** Whether the whole stream has been delivered. */
  get complete(): boolean {
    return this.finalOffset === this.nextOffset;
  }

  /** Forgets what is held. */
  clear(): void {
    for (const { held } of this.#pieces) this.#memory.release(held);
    this.#pieces.length = 0;
    this.heldBytes = 0;
  }

  #agrees(end: number, final: boolean): boolean {
    if (this.finalOffset !== undefined) return end <= this.finalOffset && (!final || end === this.finalOffset);
    if (!final) return true;
    if (end < this.highestOffset) return false;
    this.finalOffset = end;
    return true;
  }

  #hold(offset: number, bytes: Uint8Array): void {
    const pieces = this.#pieces;
    let at = pieces.length;
    while (at > 0 && pieces[at - 1]!.offset > offset) at--;
    let from = offset;
    const end = offset + bytes.length;
    const before = pieces[at - 1];
    if (before !== undefined) from = Math.max(from, before.offset + before.held.bytes.length);
    while (from < end) {
      const next = pieces[at];
      const until = next === undefined ? end : Math.min(end, next.offset);
      if (from < until) {
        const part = bytes.subarray(from - offset, until - offset);
        this.heldBytes += part.length;
        if (!this.#join(pieces[at - 1], from, part))
          pieces.splice(at++, 0, { offset: from, held: this.#memory.hold(part) });
      }
      if (next === undefined) break;
      from = next.offset + next.held.bytes.length;
      at++;
    }
  }

  #drain(deliver: (bytes: Uint8Array) => void): void {
    const pieces = this.#pieces;
    let taken = 0;
    while (taken < pieces.length && pieces[taken]!.offset <= this.nextOffset) {
      const { offset, held } = pieces[taken++]!;
      const { bytes } = held;
      this.#memory.release(held);
      this.heldBytes -= bytes.length;
      const end = offset + bytes.length;
      if (end <= this.nextOffset) continue;
      const fresh = bytes.subarray(this.nextOffset - offset);
      this.nextOffset = end;
      deliver(fresh);
    }
    pieces.splice(0, taken);
  }

  /** Appends `part` to the piece before it when they touch and are small; the piece's buffer doubles as it grows. */
  #join(before: Piece | undefined, offset: number, part: Uint8Array): boolean {
    if (before === undefined) return false;
    const { bytes } = before.held;
    const length = bytes.length + part.length;
    if (before.offset + bytes.length !== offset || length > joinedBytesMax) return false;
    if (part.length > joinedBytesMax / 16) return false;
    const grown =
      ownsRoom.get(bytes.buffer) === bytes.byteOffset + bytes.length &&
      bytes.byteOffset + length <= bytes.buffer.byteLength;
    const buffer = grown ? bytes.buffer : new ArrayBuffer(Math.min(2 * length, joinedBytesMax));
    const joined = new Uint8Array(buffer, grown ? bytes.byteOffset : 0, length);
    if (!grown) joined.set(bytes);
    joined.set(part, bytes.length);
    this.#memory.exchange(before.held);
    before.held = { bytes: joined, pinnedBytes: 0 };
    ownsRoom.set(buffer, joined.byteOffset + length);
    return true;
  }
}

/** How far the buffers made here are in use. */
const ownsRoom = new WeakMap<ArrayBufferLike, number>();
