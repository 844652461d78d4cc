/**
 * What the pieces that one session holds out of order cost it: they are counted, and what they keep of received buffers is
 * bounded. Without that a few bytes in each of many buffers would keep all of these.
 */

import { copyOf, isPinning } from "./pinned.ts";

/** Pieces that one session may hold out of order, over all streams: with what belongs to each some 20 MB. */
export const sessionPiecesMax = 65_536;
/** Received buffers that held pieces may keep beyond their own bytes; further pieces are copied. */
const pinnedBytesMax = 67_108_864;

export interface HeldBytes {
  readonly bytes: Uint8Array;
  /** What they keep of a received buffer, as it was counted. */
  readonly pinnedBytes: number;
}

export class HeldMemory {
  /** Pieces held now. */
  pieces = 0;
  #pinnedBytes = 0;
  readonly #buffersAreStable: boolean;

  /** `buffersAreStable`: received bytes are never written over, so views of them may be held. */
  constructor(buffersAreStable: boolean) {
    this.#buffersAreStable = buffersAreStable;
  }

  /** Bytes that are safe to hold on to. */
  hold(bytes: Uint8Array): HeldBytes {
    this.pieces += 1;
    if (!this.#buffersAreStable) return { bytes: copyOf(bytes), pinnedBytes: 0 };
    if (!isPinning(bytes)) return { bytes, pinnedBytes: 0 };
    const pinnedBytes = bytes.buffer.byteLength;
    if (this.#pinnedBytes + pinnedBytes > pinnedBytesMax) return { bytes: copyOf(bytes), pinnedBytes: 0 };
    this.#pinnedBytes += pinnedBytes;
    return { bytes, pinnedBytes };
  }

  /** A piece is held on, in a buffer of its own. */
  exchange(held: HeldBytes): void {
    this.#pinnedBytes -= held.pinnedBytes;
  }

  /** A piece is held no longer. */
  release(held: HeldBytes): void {
    this.pieces -= 1;
    this.#pinnedBytes -= held.pinnedBytes;
  }
}
