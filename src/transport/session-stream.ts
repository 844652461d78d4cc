/** One connection through the pair, as an ordinary Node Duplex stream. */

import { Duplex } from "node:stream";
import type { Endpoint, Input, TrafficClass } from "../switching/index.ts";
import { TransportError } from "./errors.ts";
import { ReceiveQueue } from "./receive-queue.ts";

/** What a stream needs of its session. */
export interface StreamHost {
  readonly endpoint: Endpoint;
  input(input: Input): void;
  readonly copyWrites: boolean;
  readonly ended: boolean;
  /** Calls the stream's {@link SessionStream.credit} once what is being handled now is done. */
  creditSoon(stream: SessionStream): void;
}

const writableHighWaterMark = 1_048_576;
/** What is not read at once waits in a queue of our own, which knows what it costs; Node's is kept all but empty. */
const readableHighWaterMark = 1;
/** A write this long goes to the core at once; a shorter one waits for those that follow in the same turn. */
const promptBytesMin = 65_536;
/** Reset codes told to the peer. */
const codeCancelled = 0;
const codeFailed = 1;

export class SessionStream extends Duplex {
  /** Its number in the session: odd when the connecting side opened it. */
  readonly id: number;
  readonly trafficClass: TrafficClass;
  readonly #host: StreamHost;
  /** Written, and not yet taken by the core. */
  #pending: Buffer[] = [];
  #pendingDone: (() => void) | undefined;
  #finishDone: (() => void) | undefined;
  #finishTold = false;
  #receiveEnded = false;
  readonly #queue = new ReceiveQueue();
  /** Whether the reading side has asked for bytes and has had none since. */
  #isWanted = false;
  #willFeed = false;
  #deliveredBytes = 0;
  #creditedBytes = 0;
  #unconfirmedBytes = 0;

  /** Made by the session. */
  constructor(host: StreamHost, id: number, trafficClass: TrafficClass) {
    super({ readableHighWaterMark, writableHighWaterMark, allowHalfOpen: true });
    this.#host = host;
    this.id = id;
    this.trafficClass = trafficClass;
  }

  /** Written and not yet confirmed by the peer. */
  get unconfirmedBytes(): number {
    return this.#unconfirmedBytes;
  }

  /** From the session: the next bytes, in order. */
  deliver(bytes: Uint8Array): void {
    this.#deliveredBytes += bytes.length;
    if (!this.destroyed) {
      const isTakenAtOnce = this.readableFlowing === true && this.readableLength === 0 && this.#queue.bytes === 0;
      if (isTakenAtOnce) this.push(bytes);
      else {
        this.#queue.push(bytes);
        this.#feedSoon();
      }
    }
    this.#host.creditSoon(this);
  }

  /** From the session: the peer has finished. */
  deliverEnd(): void {
    this.#receiveEnded = true;
    if (!this.destroyed && this.#queue.bytes === 0) this.push(null);
  }

  /** From the session: bytes are at the peer. */
  acknowledged(bytes: number): void {
    this.#unconfirmedBytes -= bytes;
    if (this.#pending.length > 0) this.#writePending();
    this.#settleFinish();
  }

  /** From the session: the peer gave up. */
  deliverReset(code: number): void {
    this.#receiveEnded = true;
    this.#finishTold = true;
    this.destroy(new TransportError("transport/stream-reset", `the peer gave the stream up (code ${code})`));
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (chunk.length >= promptBytesMin) {
      this.#begin([chunk], done);
      return;
    }
    // Those that are written meanwhile come together, by _writev.
    queueMicrotask(() => {
      if (!this.destroyed) this.#begin([chunk], done);
    });
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#begin(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#finishTold = true;
    this.#finishDone = done;
    this.#host.input({ kind: "finish", stream: this.id });
    this.#settleFinish();
  }

  /** Bytes come when they come; see {@link read} for the room given back. */
  override _read(): void {
    this.#isWanted = true;
    this.#feed();
  }

  override read(size?: number): unknown {
    const taken: unknown = super.read(size);
    this.#host.creditSoon(this);
    return taken;
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.#host.ended) {
      this.credit();
      if (!this.#receiveEnded || !this.#finishTold)
        this.#host.input({ kind: "reset", stream: this.id, code: error === null ? codeCancelled : codeFailed });
    }
    this.#pending = [];
    this.#queue.clear();
    done(error);
  }

  /** Small pieces that come together are read together. */
  #feedSoon(): void {
    if (this.#willFeed || !this.#isWanted) return;
    this.#willFeed = true;
    queueMicrotask(() => {
      this.#willFeed = false;
      this.#feed();
    });
  }

  #feed(): void {
    while (this.#isWanted && !this.destroyed) {
      const piece = this.#queue.shift();
      if (piece === undefined) return;
      this.#isWanted = this.push(piece);
      if (this.#receiveEnded && this.#queue.bytes === 0) this.push(null);
    }
  }

  #begin(chunks: Buffer[], done: () => void): void {
    this.#pending = this.#host.copyWrites ? chunks.map((chunk) => Buffer.from(chunk)) : chunks;
    this.#pendingDone = done;
    this.#writePending();
  }

  #writePending(): void {
    const pieces = this.#pending;
    if (pieces.length > 0) {
      const capacity = this.#host.endpoint.sendCapacity(this.id);
      if (capacity <= 0) return;
      let bytes = 0;
      let taken = 0;
      while (taken < pieces.length && bytes + pieces[taken]!.length <= capacity) bytes += pieces[taken++]!.length;
      this.#pending = pieces.splice(taken);
      const next = this.#pending[0];
      if (next !== undefined && bytes < capacity) {
        pieces.push(next.subarray(0, capacity - bytes));
        this.#pending[0] = next.subarray(capacity - bytes);
        bytes = capacity;
      }
      this.#unconfirmedBytes += bytes;
      this.#host.input({ kind: "writeAll", stream: this.id, pieces });
      if (this.#pending.length > 0) return;
    }
    const done = this.#pendingDone;
    this.#pendingDone = undefined;
    done?.();
  }

  /** 'finish' means that the peer has everything. */
  #settleFinish(): void {
    if (this.#unconfirmedBytes > 0) return;
    const done = this.#finishDone;
    this.#finishDone = undefined;
    done?.();
  }

  /** Bytes the user has taken and the core has not been told of. */
  get owedBytes(): number {
    const unreadBytes = this.destroyed ? 0 : this.readableLength + this.#queue.bytes;
    return this.#deliveredBytes - unreadBytes - this.#creditedBytes;
  }

  /** Gives the peer room for what the user has taken. */
  credit(): void {
    const bytes = this.owedBytes;
    if (bytes <= 0 || this.#host.ended) return;
    this.#creditedBytes += bytes;
    this.#host.input({ kind: "consumed", stream: this.id, bytes });
  }
}
