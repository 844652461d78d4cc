/**
 * What the heartbeats on both links to a peer say alike, in memory that the main thread and the heartbeat worker share:
 * whom we hear, and when the main thread last made a heartbeat. What one link repeats then never contradicts, with a later
 * time, what the other has told; and both fall silent at the same beat when the main thread hangs, so that neither silence
 * is blamed on its link.
 */

const hearsAt = 0;
const writtenAt = 1;

export class PeerWord {
  readonly memory: SharedArrayBuffer;
  readonly #hears: Int32Array;
  readonly #writtenUs: Float64Array;

  constructor(memory = new SharedArrayBuffer(16)) {
    this.memory = memory;
    this.#hears = new Int32Array(memory);
    this.#writtenUs = new Float64Array(memory);
  }

  /** Bit n for link n. */
  get hears(): number {
    return Atomics.load(this.#hears, hearsAt);
  }

  /** When the latest heartbeat of either link was made. */
  get writtenUs(): number {
    return this.#writtenUs[writtenAt]!;
  }

  /** The main thread makes a heartbeat. */
  write(hears: number, atUs: number): void {
    Atomics.store(this.#hears, hearsAt, hears);
    this.#writtenUs[writtenAt] = atUs;
  }
}
