/**
 * The latest message from one thread to another in shared memory: one writer, one reader, nobody waits. A reader that
 * meets a writer at work tries again later. Heartbeats need no queue: each says all that those before it said.
 */

const frameBytesMax = 160;
const headerBytes = 24;
/** Bytes of shared memory a mailbox takes. */
export const mailboxBytes = headerBytes + frameBytesMax;

const version = 0;
const length = 1;
const writtenAt = 2;

export class Mailbox {
  readonly #numbers: Int32Array;
  readonly #times: Float64Array;
  readonly #bytes: Uint8Array;
  readonly #copy = Buffer.alloc(frameBytesMax);
  #seen = 0;
  /** When the message last read was written, by its writer's word. */
  atUs = 0;

  /** On shared memory at a multiple of 8. */
  constructor(memory: SharedArrayBuffer, at: number) {
    this.#numbers = new Int32Array(memory, at, 2);
    this.#times = new Float64Array(memory, at, 3);
    this.#bytes = new Uint8Array(memory, at + headerBytes, frameBytesMax);
  }

  /** For the writer: replaces the message. Longer ones than fit are refused. */
  write(message: Uint8Array, atUs: number): boolean {
    if (message.length > frameBytesMax) return false;
    Atomics.add(this.#numbers, version, 1);
    this.#bytes.set(message);
    this.#times[writtenAt] = atUs;
    Atomics.store(this.#numbers, length, message.length);
    Atomics.add(this.#numbers, version, 1);
    return true;
  }

  /** For the reader: the message, if it is a new one; valid until the next call. */
  take(): Buffer | undefined {
    const before = Atomics.load(this.#numbers, version);
    if (before === this.#seen || before % 2 !== 0) return undefined;
    const message = this.#copyOut();
    if (Atomics.load(this.#numbers, version) !== before) return undefined;
    this.#seen = before;
    return message;
  }

  #copyOut(): Buffer {
    this.#copy.set(this.#bytes);
    this.atUs = this.#times[writtenAt]!;
    return this.#copy.subarray(0, Atomics.load(this.#numbers, length));
  }
}
