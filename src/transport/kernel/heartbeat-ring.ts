/**
 * The latest heartbeats of one link in shared memory, each with its time of arrival, from the worker to the main thread: one
 * writer, one reader, nobody waits. A reader that is late finds the latest ones; older ones are overwritten.
 */

const frameBytesMax = 160;
const slotBytes = frameBytesMax + 16;
const headerBytes = 8;

/** Bytes of shared memory that a ring of so many slots takes. */
export function ringBytes(slots: number): number {
  return headerBytes + slots * slotBytes;
}

/** Slots, a power of two, of a ring that keeps at least so many heartbeats. */
export function slotsFor(heartbeats: number): number {
  return Math.max(16, 2 ** Math.ceil(Math.log2(heartbeats + 1)));
}

export class HeartbeatRing {
  /** How many have been written. */
  readonly #written: Int32Array;
  readonly #memory: SharedArrayBuffer;
  readonly #at: number;
  readonly #slots: number;
  readonly #times: Float64Array;
  readonly #lengths: Int32Array;
  #read = 0;
  /** When the heartbeat last taken arrived, by its writer's word. */
  arrivedUs = 0;

  /** On shared memory at a multiple of 8; `slots` is a power of two. */
  constructor(memory: SharedArrayBuffer, at: number, slots: number) {
    this.#slots = slots;
    this.#memory = memory;
    this.#at = at + headerBytes;
    this.#written = new Int32Array(memory, at, 1);
    this.#times = new Float64Array(memory, this.#at, (slots * slotBytes) / 8);
    this.#lengths = new Int32Array(memory, this.#at, (slots * slotBytes) / 4);
  }

  /** For the writer. Longer ones than fit are refused. */
  write(frame: Uint8Array, arrivedUs: number): boolean {
    if (frame.length > frameBytesMax) return false;
    const count = Atomics.load(this.#written, 0);
    const slot = (count & (this.#slots - 1)) * slotBytes;
    this.#times[slot / 8] = arrivedUs;
    this.#lengths[slot / 4 + 2] = frame.length;
    new Uint8Array(this.#memory, this.#at + slot + 16, frame.length).set(frame);
    Atomics.store(this.#written, 0, (count + 1) | 0);
    return true;
  }

  /** For the reader: passes over all but the latest `most`. */
  skipToLatest(most: number): void {
    const written = Atomics.load(this.#written, 0);
    const waiting = (written - this.#read) | 0;
    // The slot being written must not be read.
    const kept = Math.min(most, this.#slots - 1);
    if (waiting > kept) this.#read = (written - kept) | 0;
  }

  /** For the reader: the next heartbeat, a copy of its own; undefined when there is none. */
  take(): Buffer | undefined {
    while (Atomics.load(this.#written, 0) !== this.#read) {
      const slot = (this.#read & (this.#slots - 1)) * slotBytes;
      const arrivedUs = this.#times[slot / 8]!;
      const length = Math.min(this.#lengths[slot / 4 + 2]!, frameBytesMax);
      const frame = Buffer.from(new Uint8Array(this.#memory, this.#at + slot + 16, length));
      const wasOverwritten = ((Atomics.load(this.#written, 0) - this.#read) | 0) >= this.#slots;
      this.#read = (this.#read + 1) | 0;
      if (wasOverwritten) {
        this.skipToLatest(this.#slots);
        continue;
      }
      this.arrivedUs = arrivedUs;
      return frame;
    }
    return undefined;
  }
}
