/** What an ended session still says: a peer that goes on sending has not heard the end and is told it again. */

import { decodeFrame, firstFrame } from "./codec/decode.ts";

/** The peer is told at most this often, in microseconds. */
const repeatUs = 10_000;

export class Farewell {
  /** The close frame. */
  readonly frame: Uint8Array;
  readonly #incomingTag: number;
  #sentUs: number;

  /** `frame` goes out at `nowUs`; the peer's frames carry `incomingTag`. */
  constructor(frame: Uint8Array, incomingTag: number, nowUs: number) {
    this.frame = frame;
    this.#incomingTag = incomingTag;
    this.#sentUs = nowUs;
  }

  /** Whether the frame is to be sent once more, now that `bytes` came. */
  isWantedAfter(bytes: Uint8Array, checksum: boolean, nowUs: number): boolean {
    if (nowUs < this.#sentUs + repeatUs) return false;
    const decoded = decodeFrame(firstFrame(bytes, 0), checksum);
    if (decoded.kind !== "frame" || decoded.tag !== this.#incomingTag || decoded.frame.type === "close") return false;
    this.#sentUs = nowUs;
    return true;
  }
}
