/** Messages of known length out of a new connection's bytes, one after the other. */

import type { Taker } from "./byte-reader.ts";
import { TransportError } from "./errors.ts";

export class JoinInbox {
  #wanted: { readonly bytes: number; readonly resolve: (message: Buffer) => void } | undefined;
  #reject: ((error: Error) => void) | undefined;
  #failure: Error | undefined;

  /** For the byte reader: gives out a message when one is awaited and whole, and leaves everything else. */
  readonly taker: Taker = (slab, start, end) => {
    const wanted = this.#wanted;
    if (wanted === undefined || end - start < wanted.bytes) return 0;
    this.#wanted = undefined;
    wanted.resolve(Buffer.from(slab.subarray(start, start + wanted.bytes)));
    return wanted.bytes;
  };

  /** The next message of this length. */
  next(bytes: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) reject(this.#failure);
      this.#wanted = { bytes, resolve };
      this.#reject = reject;
    });
  }

  /** The connection is gone or too slow. */
  fail(message: string): void {
    this.#failure ??= new TransportError("transport/handshake", message);
    this.#reject?.(this.#failure);
  }
}
