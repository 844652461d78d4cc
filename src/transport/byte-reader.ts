/**
 * Received bytes in slabs that are never reused, so that payloads can be handed on as views without a copy. A slab is
 * filled by reads one after the other; what is left of an incomplete message moves to the next slab.
 */

/** Larger slabs cost memory while a user keeps a small piece; smaller ones more copies of broken-off messages. */
const slabBytesMin = 1_048_576;
const slabBytesMax = 4_194_304;
/** So many of the messages that are broken off should fit into a slab. */
const messagesPerSlab = 8;
/** What one read takes at most: between two reads the session looks at its heartbeats. */
const readBytesMax = 524_288;
const readBytesMin = 65_536;
/** More than this is never left untaken: no message is that long. */
const untakenBytesMax = 2_097_152;

/** Takes what it can from bytes [start, end) of the slab; returns how many it took, or a negative number to stop. */
export type Taker = (slab: Buffer, start: number, end: number) => number;

export class ByteReader {
  /** Who takes the bytes now; may be replaced between calls. */
  taker: Taker;
  #slab = Buffer.allocUnsafeSlow(slabBytesMin);
  #start = 0;
  #end = 0;

  constructor(taker: Taker) {
    this.taker = taker;
  }

  /** Room for the next read. */
  space(): Buffer {
    const free = this.#slab.length - this.#end;
    if (free < readBytesMin) {
      const left = this.#end - this.#start;
      const wanted = Math.min(Math.max(slabBytesMin, messagesPerSlab * left), slabBytesMax);
      const next = Buffer.allocUnsafeSlow(Math.max(wanted, left + readBytesMax));
      this.#slab.copy(next, 0, this.#start, this.#end);
      this.#slab = next;
      this.#start = 0;
      this.#end = left;
    }
    return this.#slab.subarray(this.#end, Math.min(this.#end + readBytesMax, this.#slab.length));
  }

  /** `bytes` more have been read into the space (0: the taker is another now); false when the taker wants no more. */
  filled(bytes: number): boolean {
    this.#end += bytes;
    while (this.#start < this.#end) {
      const taken = this.taker(this.#slab, this.#start, this.#end);
      if (taken < 0) return false;
      if (taken === 0) break;
      this.#start += taken;
    }
    return this.#end - this.#start <= untakenBytesMax;
  }

  /** For sockets that read into buffers of their own. */
  append(chunk: Buffer): boolean {
    for (let at = 0; at < chunk.length; ) {
      const space = this.space();
      const count = Math.min(space.length, chunk.length - at);
      chunk.copy(space, 0, at, at + count);
      at += count;
      if (!this.filled(count)) return false;
    }
    return true;
  }
}
