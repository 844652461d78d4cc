/**
 * Received bytes in blocks that are never written over, so that payloads can be handed on as views without a copy. Small
 * reads of all connections share one buffer and are copied out of it, so that a connection that is idle holds nothing; a
 * read that fills that buffer is followed by reads into a slab of the connection's own.
 */

/** Where small reads go. Its content counts until the next read of any connection, and is copied out before that. */
const shared = Buffer.allocUnsafeSlow(65_536);
const slabBytesMin = 1_048_576;
const slabBytesMax = 4_194_304;
/** So many of the messages that are broken off should fit into a slab. */
const messagesPerSlab = 8;
/** What one read takes at most: between two reads the session looks at its heartbeats. */
const readBytesMax = 524_288;
const readBytesMin = 65_536;
/** More than this is never left untaken: no message is that long. */
const untakenBytesMax = 2_097_152;

/** Takes what it can from bytes [start, end) of the block; returns how many it took, or a negative number to stop. */
export type Taker = (block: Buffer, start: number, end: number) => number;

const nothing = Buffer.alloc(0);

export class ByteReader {
  /** Called when more bytes have come. */
  arrived: () => void;
  /** Asked after each read of so many bytes: whether the connection is read on. */
  mayReadOn: (bytes: number) => boolean = () => true;
  /** Untaken bytes are #block[#start, #end). */
  #block = nothing;
  #start = 0;
  #end = 0;
  /** The room that the last {@link space} gave, when it is in the connection's own slab. */
  #ownSpaceBytes = 0;
  #usesSlab = false;

  constructor(arrived: () => void = () => {}) {
    this.arrived = arrived;
  }

  /** Bytes that have come and have not been taken. */
  get untakenBytes(): number {
    return this.#end - this.#start;
  }

  /** Room for the next read; what is read into it must be told with {@link filled} before any other reader is used. */
  space(): Buffer {
    if (!this.#usesSlab) {
      this.#ownSpaceBytes = 0;
      return shared;
    }
    if (this.#block.length - this.#end < readBytesMin) {
      const wanted = Math.min(Math.max(slabBytesMin, messagesPerSlab * this.untakenBytes), slabBytesMax);
      this.#moveTo(Math.max(wanted, this.untakenBytes + readBytesMax));
    }
    const space = this.#block.subarray(this.#end, Math.min(this.#end + readBytesMax, this.#block.length));
    this.#ownSpaceBytes = space.length;
    return space;
  }

  /** `bytes` have been read into the space; false when more is left untaken than any message is long. */
  filled(bytes: number): boolean {
    if (this.#ownSpaceBytes > 0) {
      this.#end += bytes;
      this.#usesSlab = bytes === this.#ownSpaceBytes;
    } else {
      this.#copyIn(shared, bytes);
      this.#usesSlab = bytes === shared.length;
    }
    this.arrived();
    return this.untakenBytes <= untakenBytesMax;
  }

  /** For sockets that read into buffers of their own. */
  append(chunk: Buffer): boolean {
    this.#copyIn(chunk, chunk.length);
    this.arrived();
    return this.untakenBytes <= untakenBytesMax;
  }

  /** Lets `taker` take what it can, once; returns what it returned. */
  take(taker: Taker): number {
    if (this.#start === this.#end) return 0;
    const taken = taker(this.#block, this.#start, this.#end);
    if (taken > 0) this.#start += taken;
    if (this.#start === this.#end && !this.#usesSlab) this.#forget();
    return taken;
  }

  /** Lets go of the block: an idle connection holds no memory, and views keep what they need. */
  #forget(): void {
    this.#block = nothing;
    this.#start = 0;
    this.#end = 0;
  }

  #copyIn(chunk: Buffer, bytes: number): void {
    const left = this.untakenBytes;
    // Room to grow for a message that comes in many small reads; a whole one gets what it needs.
    if (this.#block.length - this.#end < bytes) this.#moveTo(left === 0 ? bytes : 2 * (left + bytes));
    chunk.copy(this.#block, this.#end, 0, bytes);
    this.#end += bytes;
  }

  /** A new block of this size, with what is left of the old one at its beginning. */
  #moveTo(blockBytes: number): void {
    const next = Buffer.allocUnsafeSlow(blockBytes);
    this.#block.copy(next, 0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    this.#block = next;
  }
}
