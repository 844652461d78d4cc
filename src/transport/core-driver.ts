/** Drives one endpoint of the switching core with real connections, heartbeats and time. */

import {
  Endpoint,
  type EndpointConfig,
  frameLengthAt,
  type Input,
  type LinkIndex,
  type Output,
} from "../switching/index.ts";
import { nowUs } from "./clock.ts";
import type { HeartbeatChannel } from "./heartbeat-channel.ts";
import type { LinkSocket } from "./link-socket.ts";
import type { Tick, Ticker } from "./ticker.ts";

/** Every output but the frames. */
export type News = Exclude<Output, { kind: "send" }>;

/** One link's connection and its heartbeats; without a channel they go in the stream. */
export interface Attachment {
  readonly socket: LinkSocket;
  readonly heartbeats: HeartbeatChannel | undefined;
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

export class CoreDriver {
  readonly endpoint: Endpoint;
  readonly #host: DriverHost;
  readonly #ticker: Ticker;
  readonly #attachments: [Attachment | undefined, Attachment | undefined] = [undefined, undefined];
  readonly #outputs: Output[] = [];
  /** Whom our heartbeats say we hear, as {@link HeartbeatChannel.share} has it. */
  readonly #told = new Int32Array(new SharedArrayBuffer(4));
  /** Bytes of frames each link has carried on its data connection. */
  readonly sentBytes: [number, number] = [0, 0];
  readonly receivedBytes: [number, number] = [0, 0];
  readonly #arrivingUs: [number, number] = [0, 0];
  #delivering = false;
  #lastUs = 0;

  constructor(config: EndpointConfig, host: DriverHost, createTicker: (tick: Tick) => Ticker) {
    this.endpoint = new Endpoint(config, nowUs());
    this.#host = host;
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

  /** Tells the core something and carries out what it answers, in order, even when told from within an answer. */
  input(input: Input): void {
    const outputs = this.endpoint.handle(input, this.now());
    for (const output of outputs) this.#outputs.push(output);
    if (this.#delivering) {
      this.#arm();
      return;
    }
    this.#deliver();
    this.#arm();
    this.#ticker.look();
  }

  isAttached(link: LinkIndex): boolean {
    return this.#attachments[link] !== undefined;
  }

  /** A link's connection is there; it replaces an older one. */
  attach(link: LinkIndex, attachment: Attachment): void {
    if (this.#attachments[link] !== undefined) this.drop(link, "replaced by a newer connection");
    this.#attachments[link] = attachment;
    const isCurrent = () => this.#attachments[link] === attachment;
    attachment.socket.attach((slab, start, end) => this.#takeFrames(link, attachment, slab, start, end), {
      writable: (writable) => {
        if (isCurrent()) this.input({ kind: "writable", link, writable });
      },
      closed: (reason) => {
        if (isCurrent()) this.drop(link, reason);
      },
    });
    attachment.heartbeats?.share(this.#told);
    this.input({ kind: "attach", link });
  }

  /** A heartbeat came on the link's own path; without a frame only bytes of its connection were seen to arrive. */
  heartbeat(
    link: LinkIndex,
    heartbeats: HeartbeatChannel,
    frame: Uint8Array | undefined,
    arrivedUs = this.now(),
  ): void {
    if (this.#attachments[link]?.heartbeats !== heartbeats) return;
    if (frame === undefined) this.input({ kind: "arriving", link, arrivedUs });
    else this.input({ kind: "frame", link, bytes: frame, arrivedUs });
  }

  /** Closes a link's connection. */
  drop(link: LinkIndex, reason: string): void {
    const attachment = this.#attachments[link];
    if (attachment === undefined) return;
    this.#attachments[link] = undefined;
    attachment.socket.destroy(reason);
    attachment.heartbeats?.close();
    this.input({ kind: "detach", link });
    this.#host.linkLost(link, reason);
  }

  /** No more time passes; connections end once what is kept for them has been sent. */
  stop(): void {
    this.#ticker.stop();
    for (const link of [0, 1] as const) {
      const attachment = this.#attachments[link];
      this.#attachments[link] = undefined;
      attachment?.socket.end();
      attachment?.heartbeats?.close();
    }
  }

  #deliver(): void {
    this.#delivering = true;
    try {
      for (let index = 0; index < this.#outputs.length; index++) {
        const output = this.#outputs[index]!;
        if (output.kind === "send") this.#send(output);
        else this.#host.news(output);
      }
    } finally {
      this.#outputs.length = 0;
      this.#delivering = false;
    }
    for (const attachment of this.#attachments) attachment?.socket.flush();
  }

  #send({ link, head, payload }: Extract<Output, { kind: "send" }>): void {
    const attachment = this.#attachments[link];
    if (attachment === undefined) return;
    if (head[2] === heartbeatType && attachment.heartbeats !== undefined) attachment.heartbeats.send(head);
    else {
      this.sentBytes[link] += attachment.socket.write(head, payload);
    }
  }

  #takeFrames(link: LinkIndex, attachment: Attachment, slab: Buffer, start: number, end: number): number {
    if (this.#attachments[link] !== attachment) return -1;
    let at = start;
    let broken = false;
    while (at < end && !broken) {
      const length = frameLengthAt(slab, at, end);
      if (length === 0 || (length > 0 && at + length > end)) break;
      broken = length < 0;
      // A broken length is shown to the core too, which blames the link for it.
      at = broken ? end : at + length;
    }
    this.receivedBytes[link] += at - start;
    if (at > start) this.input({ kind: "frame", link, bytes: slab.subarray(start, at) });
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
    const { isCalm, silenceUs } = this.endpoint.watched;
    for (const attachment of this.#attachments) attachment?.heartbeats?.watch(isCalm, silenceUs);
    this.#ticker.arm(this.endpoint.nextDeadlineUs());
  }
}
