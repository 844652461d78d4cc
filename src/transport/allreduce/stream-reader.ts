/** Reads exact numbers of bytes from a stream, and notes the longest time nothing came while something was awaited. */

import type { Readable } from "node:stream";

export class StreamReader {
  longestGapMs = 0;
  readonly #stream: Readable;
  readonly #pieces: Buffer[] = [];
  #lastMs = 0;
  #wake: () => void = () => {};
  #failure: Error | undefined;

  constructor(stream: Readable) {
    this.#stream = stream;
    stream.on("data", (piece: Buffer) => {
      const nowMs = performance.now();
      this.longestGapMs = Math.max(this.longestGapMs, nowMs - this.#lastMs);
      this.#lastMs = nowMs;
      this.#pieces.push(piece);
      this.#wake();
    });
    stream.on("error", (error) => this.#fail(error));
    stream.on("end", () => this.#fail(new Error("the rank before has ended")));
  }

  /** Gaps count from now. */
  beginGaps(): void {
    this.longestGapMs = 0;
    this.#lastMs = performance.now();
  }

  /** Fills `into` with the next bytes. */
  async fill(into: Uint8Array): Promise<void> {
    for (let at = 0; at < into.length; ) {
      const piece = this.#pieces.shift();
      if (piece === undefined) await this.#arrival();
      else {
        const count = Math.min(piece.length, into.length - at);
        into.set(piece.subarray(0, count), at);
        at += count;
        if (count < piece.length) this.#pieces.unshift(piece.subarray(count));
      }
    }
  }

  async #arrival(): Promise<void> {
    if (this.#failure !== undefined || this.#stream.destroyed) throw this.#failure ?? new Error("the stream is gone");
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }
}
