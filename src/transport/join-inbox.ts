/** Messages of known length out of a new connection's bytes, one after the other. */

import { ByteReader, type Taker } from "./byte-reader.ts";
import { TransportError } from "./errors.ts";

export class JoinInbox {
  /** Where the connection's bytes go; what follows the messages stays in it. */
  readonly reader = new ByteReader(() => this.#takeAll());
  #wanted: { readonly bytes: number; readonly resolve: (message: Buffer) => void } | undefined;
  #reject: ((error: Error) => void) | undefined;
  #failure: Error | undefined;

  /** The next message of this length. */
  next(bytes: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) reject(this.#failure);
      this.#wanted = { bytes, resolve };
      this.#reject = reject;
      this.#takeAll();
    });
  }

  /** The connection is gone or too slow. */
  fail(message: string): void {
    this.#failure ??= new TransportError("transport/handshake", message);
    this.#reject?.(this.#failure);
  }

  /** Gives out a message when one is awaited and whole, and leaves everything else. */
  readonly #taker: Taker = (block, start, end) => {
    const wanted = this.#wanted;
    if (wanted === undefined || end - start < wanted.bytes) return 0;
    this.#wanted = undefined;
    wanted.resolve(Buffer.from(block.subarray(start, start + wanted.bytes)));
    return wanted.bytes;
  };

  #takeAll(): void {
    while (this.reader.take(this.#taker) > 0);
  }
}
