/** The receiving half of one stream: puts pieces that arrive in any order, twice or overlapping, into order, each byte once. */

interface Piece {
  readonly offset: number;
  bytes: Uint8Array;
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

  /**
   * Takes a piece; `deliver` is called with every run of bytes that is now in order. `keep` makes bytes safe to hold on to
   * (the caller's buffer may be reused). False when the piece contradicts the stream's known length, or when there are too
   * many with gaps between them.
   */
  add(
    offset: number,
    bytes: Uint8Array,
    final: boolean,
    keep: (bytes: Uint8Array) => Uint8Array,
    deliver: (bytes: Uint8Array) => void,
  ): boolean {
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
    this.#hold(offset, bytes, keep);
    return this.#pieces.length <= heldPiecesMax;
  }

  /** Whether the whole stream has been delivered. */
  get complete(): boolean {
    return this.finalOffset === this.nextOffset;
  }

  /** Forgets what is held. */
  clear(): void {
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

  #hold(offset: number, bytes: Uint8Array, keep: (bytes: Uint8Array) => Uint8Array): void {
    const pieces = this.#pieces;
    let at = pieces.length;
    while (at > 0 && pieces[at - 1]!.offset > offset) at--;
    let from = offset;
    const end = offset + bytes.length;
    const before = pieces[at - 1];
    if (before !== undefined) from = Math.max(from, before.offset + before.bytes.length);
    while (from < end) {
      const next = pieces[at];
      const until = next === undefined ? end : Math.min(end, next.offset);
      if (from < until) {
        const part = bytes.subarray(from - offset, until - offset);
        this.heldBytes += part.length;
        if (!join(pieces[at - 1], from, part)) pieces.splice(at++, 0, { offset: from, bytes: keep(part) });
      }
      if (next === undefined) break;
      from = next.offset + next.bytes.length;
      at++;
    }
  }

  #drain(deliver: (bytes: Uint8Array) => void): void {
    const pieces = this.#pieces;
    let taken = 0;
    while (taken < pieces.length && pieces[taken]!.offset <= this.nextOffset) {
      const { offset, bytes } = pieces[taken++]!;
      this.heldBytes -= bytes.length;
      const end = offset + bytes.length;
      if (end <= this.nextOffset) continue;
      const fresh = bytes.subarray(this.nextOffset - offset);
      this.nextOffset = end;
      deliver(fresh);
    }
    pieces.splice(0, taken);
  }
}

/** Appends `part` to the piece before it when they touch and are small; the piece's buffer doubles as it grows. */
function join(before: Piece | undefined, offset: number, part: Uint8Array): boolean {
  if (before === undefined || before.offset + before.bytes.length !== offset) return false;
  const { bytes } = before;
  const length = bytes.length + part.length;
  if (length > joinedBytesMax || part.length > joinedBytesMax / 16) return false;
  const grown =
    ownsRoom.get(bytes.buffer) === bytes.byteOffset + bytes.length &&
    bytes.byteOffset + length <= bytes.buffer.byteLength;
  const buffer = grown ? bytes.buffer : new ArrayBuffer(Math.min(2 * length, joinedBytesMax));
  const joined = new Uint8Array(buffer, grown ? bytes.byteOffset : 0, length);
  if (!grown) joined.set(bytes);
  joined.set(part, bytes.length);
  before.bytes = joined;
  ownsRoom.set(buffer, joined.byteOffset + length);
  return true;
}

/** How far the buffers made here are in use. */
const ownsRoom = new WeakMap<ArrayBufferLike, number>();
