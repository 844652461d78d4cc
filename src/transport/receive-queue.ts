/**
 * Delivered bytes that wait for their reader. What they cost is what they count for: small pieces are gathered in blocks of
 * the queue's own, and none keeps the memory of a larger buffer.
 */

import { copyOf, isPinning } from "../switching/index.ts";

/** Pieces below this are gathered. */
const gatheredBytesMax = 16_384;
const blockBytesMin = 1_024;
const blockBytesMax = 65_536;

const nothing = new Uint8Array(0);

export class ReceiveQueue {
  /** Bytes in it. */
  bytes = 0;
  readonly #pieces: Uint8Array[] = [];
  #first = 0;
  /** The block that small pieces are gathered in, the last of the pieces, and how far it is filled. */
  #block = nothing;
  #used = 0;

  push(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    if (bytes.length < gatheredBytesMax) this.#gather(bytes);
    else {
      this.#closeBlock();
      this.#pieces.push(isPinning(bytes) ? copyOf(bytes) : bytes);
    }
  }

  /** The next bytes; undefined when there are none. */
  shift(): Uint8Array | undefined {
    if (this.#first === this.#pieces.length) this.#closeBlock();
    const piece = this.#pieces[this.#first];
    if (piece === undefined) return undefined;
    this.#pieces[this.#first++] = nothing;
    if (this.#first === this.#pieces.length || this.#first >= 64) this.#pieces.splice(0, this.#first);
    if (this.#first >= 64 || this.#pieces.length === 0) this.#first = 0;
    this.bytes -= piece.length;
    return piece;
  }

  clear(): void {
    this.#pieces.length = 0;
    this.#first = 0;
    this.#block = nothing;
    this.#used = 0;
    this.bytes = 0;
  }

  /** Blocks double while pieces keep coming, so that a queue of few bytes is small. */
  #gather(bytes: Uint8Array): void {
    if (this.#block.length - this.#used < bytes.length) {
      const doubled = Math.min(2 * this.#block.length, blockBytesMax);
      this.#closeBlock();
      this.#block = new Uint8Array(Math.max(doubled, blockBytesMin, bytes.length));
    }
    this.#block.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  #closeBlock(): void {
    if (this.#used === 0) return;
    this.#pieces.push(this.#block.subarray(0, this.#used));
    this.#block = nothing;
    this.#used = 0;
  }
}
