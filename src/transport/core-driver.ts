/** Drives one endpoint of the switching core with real connections and time. */

import { assert } from "../base/assert.ts";
import {
  Endpoint,
  type EndpointConfig,
  frameLengthAt,
  type Input,
  type LinkIndex,
  type Output,
} from "../switching/index.ts";
import { nowUs } from "./clock.ts";
import type { LinkSocket } from "./link-socket.ts";
import type { PeerMonitor } from "./peer-monitor.ts";
import { type Runnable, runQueue } from "./run-queue.ts";
import type { Tick, Ticker } from "./ticker.ts";

/** Every output but the frames. */
export type News = Exclude<Output, { kind: "send" }>;

/** One link's connection. */
export interface Attachment {
  readonly socket: LinkSocket;
  /** The number that both sides give it. */
  readonly connection: number;
}

export interface DriverHost {
  /** What the core tells. */
  news(output: News): void;
  /** A link's connection is gone. */
  linkLost(link: LinkIndex, reason: string): void;
}

/** Type number of a heartbeat frame (docs/wire-format.md). */
const heartbeatType = 2;
/** The core is told of parts of frames at most this often. */
const arrivingEveryUs = 250;
/** What one turn takes of a link, in bytes and frames, and what it carries out. */
const turnBytesMax = 1_048_576;
const turnFramesMax = 512;
const turnOutputsMax = 512;

const bothLinks: readonly LinkIndex[] = [0, 1];

export class CoreDriver implements Runnable {
  readonly endpoint: Endpoint;
  readonly #host: DriverHost;
  readonly #ticker: Ticker;
  readonly #attachments: [Attachment | undefined, Attachment | undefined] = [undefined, undefined];
  /** Links on which bytes may wait to be taken. */
  readonly #hasArrived: [boolean, boolean] = [false, false];
  /** Why a link's connection is gone, until what it brought has been taken. */
  readonly #goneReasons: [string | undefined, string | undefined] = [undefined, undefined];
  /** What the core asks for, in order; those before #next are carried out. */
  readonly #outputs: Output[] = [];
  #next = 0;
  /** Keeps the heartbeats; without it they go in the stream. */
  readonly #peer: PeerMonitor | undefined;
  /** Bytes of frames each link has carried on its data connection. */
  readonly sentBytes: [number, number] = [0, 0];
  readonly receivedBytes: [number, number] = [0, 0];
  readonly #arrivingUs: [number, number] = [0, 0];
  #isHandling = false;
  #hasTurn = false;
  #lastUs = 0;

  constructor(
    config: EndpointConfig,
    host: DriverHost,
    createTicker: (tick: Tick) => Ticker,
    peer: PeerMonitor | undefined,
  ) {
    this.endpoint = new Endpoint(config, nowUs(), peer?.view);
    this.#host = host;
    this.#peer = peer;
    this.#ticker = createTicker((drainedUs) =>
      this.input(drainedUs === undefined ? { kind: "tick" } : { kind: "tick", drainedUs }),
    );
    this.#arm();
  }

  /** Now, in microseconds; never earlier than the time last given to the core. */
  now(): number {
    this.#lastUs = Math.max(this.#lastUs, nowUs());
    return this.#lastUs;
  }

  /**
   * Tells the core something. What it answers is carried out in order, at once if no driver of the process has its turn,
   * else when this one has.
   */
  input(input: Input): void {
    assert(!this.#isHandling, "a driver never re-enters itself");
    this.#isHandling = true;
    try {
      for (const output of this.endpoint.handle(input, this.now())) this.#outputs.push(output);
    } finally {
      this.#isHandling = false;
    }
    if (!this.#hasTurn) runQueue.add(this);
  }

  /** One turn, for the queue: takes of what has arrived, carries out what the core asks for. */
  run(): boolean {
    this.#hasTurn = true;
    try {
      if (this.#next === this.#outputs.length) for (const link of bothLinks) this.#takeArrived(link);
      for (const link of bothLinks) this.#dropGone(link);
      this.#carryOut();
    } finally {
      this.#hasTurn = false;
    }
    for (const attachment of this.#attachments) attachment?.socket.flush();
    this.#arm();
    return this.#next < this.#outputs.length || this.#hasArrived[0] || this.#hasArrived[1];
  }

  isAttached(link: LinkIndex): boolean {
    return this.#attachments[link] !== undefined;
  }

  /** A link's connection is there; it replaces an older one. */
  attach(link: LinkIndex, attachment: Attachment): void {
    if (this.#attachments[link] !== undefined) this.drop(link, "replaced by a newer connection");
    this.#attachments[link] = attachment;
    const isCurrent = () => this.#attachments[link] === attachment;
    attachment.socket.attach({
      arrived: () => {
        if (!isCurrent()) return;
        this.#hasArrived[link] = true;
        if (!this.#hasTurn) runQueue.add(this);
      },
      writable: (writable) => {
        if (isCurrent()) this.input({ kind: "writable", link, writable });
      },
      closed: (reason) => {
        if (!isCurrent()) return;
        this.#goneReasons[link] = reason;
        if (!this.#hasTurn) runQueue.add(this);
      },
    });
    this.input({ kind: "attach", link, connection: attachment.connection });
  }

  /** A word of the other end came on the link's heartbeat path. */
  wordArrived(link: LinkIndex, frame: Uint8Array, arrivedUs: number): void {
    if (this.#attachments[link] === undefined) return;
    this.input({ kind: "frame", link, bytes: frame, arrivedUs: Math.min(arrivedUs, this.now()) });
  }

  /** Closes a link's connection. */
  drop(link: LinkIndex, reason: string): void {
    const attachment = this.#attachments[link];
    if (attachment === undefined) return;
    this.#attachments[link] = undefined;
    this.#hasArrived[link] = false;
    this.#goneReasons[link] = undefined;
    attachment.socket.destroy(reason);
    this.input({ kind: "detach", link });
    this.#host.linkLost(link, reason);
  }

  /** No more time passes; connections end once what is kept for them has been sent. */
  stop(): void {
    this.#ticker.stop();
    for (const link of bothLinks) {
      const attachment = this.#attachments[link];
      this.#attachments[link] = undefined;
      this.#hasArrived[link] = false;
      attachment?.socket.end();
    }
  }

  /** Carries out what the core asks for. An error of the user's handler ends the turn; the rest waits for the next one. */
  #carryOut(): void {
    const outputs = this.#outputs;
    for (let count = 0; count < turnOutputsMax && this.#next < outputs.length; count++) {
      const output = outputs[this.#next++]!;
      if (output.kind === "send") this.#send(output);
      else this.#host.news(output);
    }
    if (this.#next === outputs.length) outputs.length = 0;
    else outputs.splice(0, this.#next);
    this.#next = 0;
  }

  #send({ link, head, payload, urgent }: Extract<Output, { kind: "send" }>): void {
    const attachment = this.#attachments[link];
    if (attachment === undefined) return;
    const isWord = this.#peer !== undefined && urgent && head[2] === heartbeatType;
    if (isWord) this.#peer!.sendWord(link, this.endpoint.config.sessionId, head);
    else this.sentBytes[link] += attachment.socket.write(head, payload);
  }

  #takeArrived(link: LinkIndex): void {
    if (!this.#hasArrived[link]) return;
    const attachment = this.#attachments[link];
    this.#hasArrived[link] =
      attachment?.socket.take((block, start, end) => this.#takeFrames(link, block, start, end)) ?? false;
  }

  /** A connection that is gone is dropped once everything that it brought has been taken. */
  #dropGone(link: LinkIndex): void {
    const reason = this.#goneReasons[link];
    if (reason !== undefined && !this.#hasArrived[link]) this.drop(link, reason);
  }

  /** Whole frames, as many as one turn may take. */
  #takeFrames(link: LinkIndex, block: Buffer, start: number, end: number): number {
    const until = Math.min(end, start + turnBytesMax);
    let at = start;
    let broken = false;
    for (let frames = 0; at < until && frames < turnFramesMax && !broken; frames++) {
      const length = frameLengthAt(block, at, end);
      if (length === 0 || (length > 0 && at + length > end)) break;
      broken = length < 0;
      // A broken length is shown to the core too, which blames the link for it.
      at = broken ? end : at + length;
    }
    this.receivedBytes[link] += at - start;
    if (this.#peer !== undefined) this.#peer.arriving(link, this.#attachments[link]?.socket.fd ?? -1);
    if (at > start) this.input({ kind: "frame", link, bytes: block.subarray(start, at) });
    else if (!broken) this.#noteArriving(link);
    return broken ? -1 : at - start;
  }

  /** Part of a frame is there: on a slow link the whole of it takes longer than heartbeats may be missed. */
  #noteArriving(link: LinkIndex): void {
    const atUs = this.now();
    if (atUs < this.#arrivingUs[link] + arrivingEveryUs) return;
    this.#arrivingUs[link] = atUs;
    this.input({ kind: "arriving", link });
  }

  #arm(): void {
    this.#ticker.arm(this.endpoint.nextDeadlineUs());
  }
}
