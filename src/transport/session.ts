/** One session over the pair: streams in and out, events, and the end. */

import { EventEmitter } from "node:events";
import type {
  EndpointConfig,
  EndpointStatus,
  Input,
  LinkIndex,
  LinkState,
  PathChange,
  SessionEnd,
  TakeoverRecord,
  TrafficClass,
} from "../switching/index.ts";
import { watchCarrier } from "./carrier-watch.ts";
import { type Attachment, CoreDriver, type News } from "./core-driver.ts";
import { SessionEndedError, TransportError } from "./errors.ts";
import { IncomingQueue } from "./incoming-queue.ts";
import { interfaceOf } from "./interface-of.ts";
import type { SessionOptions, TransportLogger } from "./options.ts";
import type { MonitoredSession, PeerMonitor } from "./peer-monitor.ts";
import { SessionStream } from "./session-stream.ts";
import type { Tick, Ticker } from "./ticker.ts";

export interface LinkChange {
  readonly link: LinkIndex;
  readonly from: LinkState;
  readonly to: LinkState;
  /** What moved it. */
  readonly event: string;
}

export interface SessionTraffic {
  readonly sentBytes: readonly [number, number];
  readonly receivedBytes: readonly [number, number];
}

export interface SessionEvents {
  /** The peer opened a stream. Without a listener streams wait for async iteration. */
  stream: [stream: SessionStream];
  /** Both ends know each other. */
  established: [];
  link: [change: LinkChange];
  /** From now on these links carry data. */
  carrying: [carries: readonly [boolean, boolean]];
  /** A takeover is complete: detect, decide, switch, replay and their sum, in microseconds. */
  takeover: [record: TakeoverRecord];
  /** The session ended otherwise than by an orderly close. */
  error: [error: SessionEndedError];
  /** The session is over. */
  close: [end: SessionEnd];
  /** A link's connection is gone (for the dialling side). */
  linkLost: [link: LinkIndex, reason: string];
}

/** What a session is made of; for connect and listen. */
export interface SessionParts {
  readonly config: EndpointConfig;
  readonly options: SessionOptions;
  readonly logger: TransportLogger;
  /** Interfaces that the links are bound to; else those that hold their local addresses count. */
  readonly boundTo: readonly [string | undefined, string | undefined];
  /** Watches the links for all sessions with this peer; undefined when heartbeats go in the stream. */
  readonly peer: PeerMonitor | undefined;
  createTicker(tick: Tick): Ticker;
}

/** Bytes that users have taken are told to the core in portions of at most this. */
const creditBytesMax = 1_048_576;
/** When more streams than this owe it word, all are told. */
const owingStreamsMax = 8;

export class Session extends EventEmitter<SessionEvents> implements AsyncIterable<SessionStream>, MonitoredSession {
  readonly #driver: CoreDriver;
  readonly #logger: TransportLogger;
  readonly #streams = new Map<number, SessionStream>();
  readonly #incoming = new IncomingQueue<SessionStream>();
  readonly #copyWrites: boolean;
  readonly #boundTo: SessionParts["boundTo"];
  readonly #peer: PeerMonitor | undefined;
  /** Streams whose users have taken bytes that the core has not been told of. */
  readonly #uncredited = new Set<SessionStream>();
  /** The core is told of so many bytes of a stream at once. */
  readonly #creditBytes: number;
  #creditIsDue = false;
  #established = false;
  #end: SessionEnd | undefined;
  #endedHere = false;
  /** The interface each link was last seen on. */
  readonly #interfaces: [string | undefined, string | undefined] = [undefined, undefined];
  readonly #enabled: [boolean, boolean] = [true, true];
  readonly #stopCarrierWatch: () => void;

  /** Made by `connect` and `listen`. */
  constructor(parts: SessionParts) {
    super();
    this.#logger = parts.logger;
    this.#copyWrites = parts.options.copyWrites ?? false;
    const { streamReceiveBytesMax, sessionReceiveBytesMax } = parts.config.limits;
    this.#creditBytes = Math.min(creditBytesMax, streamReceiveBytesMax / 8, sessionReceiveBytesMax / 64);
    this.#driver = new CoreDriver(
      parts.config,
      {
        news: (output) => this.#hear(output),
        linkLost: (link, reason) => {
          this.#logger.info({ link, reason }, "link connection lost");
          this.emit("linkLost", link, reason);
        },
      },
      parts.createTicker,
      parts.peer,
    );
    this.#boundTo = parts.boundTo;
    this.#peer = parts.peer;
    this.#peer?.join(this);
    this.#stopCarrierWatch =
      parts.peer === undefined
        ? watchCarrier((name, up, atUs) => this.#carrier(name, up, atUs), parts.logger)
        : () => {};
    EventEmitter.prototype.on.call(this, "newListener", (event) => {
      if (event === "stream") queueMicrotask(() => this.#offerWaiting());
    });
  }

  /** The session's number, which is no secret. */
  get sessionId(): number {
    return this.#driver.endpoint.config.sessionId;
  }

  /** The number of the peer whose heartbeats it shares, which is no secret; undefined when they go in the stream. */
  get peerId(): number | undefined {
    return this.#peer?.credential?.id;
  }

  /** Whether both ends know each other. */
  get established(): boolean {
    return this.#established;
  }

  /** Why it ended; undefined while it lives. */
  get end(): SessionEnd | undefined {
    return this.#end;
  }

  /** Opens a connection through the pair; the class (default gradient) says how urgent it is. */
  openStream(options: { readonly trafficClass?: TrafficClass } = {}): SessionStream {
    if (this.#end !== undefined) throw new SessionEndedError(this.#end);
    const id = this.#driver.endpoint.nextStreamId;
    const stream = this.#create(id, options.trafficClass ?? "gradient");
    this.#driver.input({ kind: "open", stream: id, trafficClass: stream.trafficClass });
    return stream;
  }

  /** Streams the peer opens, until the session ends. */
  [Symbol.asyncIterator](): AsyncIterator<SessionStream> {
    return this.#incoming[Symbol.asyncIterator]();
  }

  /** What the links and queues look like now. */
  status(): EndpointStatus {
    return this.#driver.endpoint.status(this.#driver.now());
  }

  /** Bytes each link has carried so far in each direction, frames included, heartbeats not. */
  traffic(): SessionTraffic {
    return { sentBytes: [...this.#driver.sentBytes], receivedBytes: [...this.#driver.receivedBytes] };
  }

  /**
   * Ends the session in order: once all streams are over and everything written has been confirmed. Finish the streams
   * first; rejects with `SessionEndedError` when the session ends otherwise.
   */
  async close(): Promise<void> {
    while (this.#streams.size > 0 && this.#end === undefined)
      await new Promise<void>((resolve) => {
        const [stream] = this.#streams.values();
        if (stream === undefined || stream.closed) setImmediate(resolve);
        else stream.once("close", resolve);
      });
    if (this.#end === undefined) this.destroy();
    if (this.#end !== undefined && !isOrderly(this.#end)) throw new SessionEndedError(this.#end);
  }

  /** Ends the session at once; what is not confirmed may be lost, and `close` says how much that is. */
  destroy(): void {
    if (this.#end !== undefined) return;
    this.#endedHere = true;
    this.#driver.input({ kind: "close" });
  }

  /** Takes a link out of the session (for maintenance, or a rehearsal) or puts it back; the other side notices. */
  setLinkEnabled(link: LinkIndex, enabled: boolean): void {
    this.#enabled[link] = enabled;
    if (!enabled) this.#driver.drop(link, "taken out here");
    else this.emit("linkLost", link, "put back");
  }

  isLinkEnabled(link: LinkIndex): boolean {
    return this.#enabled[link];
  }

  /** For connect and listen: a link's connection is there. */
  attachLink(link: LinkIndex, attachment: Attachment): void {
    if (this.#end !== undefined) {
      attachment.socket.end();
      return;
    }
    if (!this.#enabled[link]) {
      attachment.socket.destroy("the link is taken out");
      return;
    }
    this.#driver.attach(link, attachment);
    // The handshake has just come over it; the kernel's own word may be late or lost.
    if (this.#peer !== undefined) this.#peer.connected(link);
    else {
      this.#interfaces[link] = this.#boundTo[link] ?? interfaceOf(attachment.socket.socket.localAddress);
      this.#driver.input({ kind: "carrier", link, up: true });
    }
  }

  /** For the monitor: the path of a link has changed. */
  pathChanged(link: LinkIndex, change: PathChange): void {
    if (this.#end === undefined) this.#driver.input({ kind: "monitored", link, change });
  }

  /** For the monitor: the connection of a link is of no use. */
  renewLink(link: LinkIndex, reason: string): void {
    this.#driver.drop(link, reason);
  }

  /** For the monitor: a word of the other end. */
  wordArrived(...word: Parameters<CoreDriver["wordArrived"]>): void {
    if (this.#end === undefined) this.#driver.wordArrived(...word);
  }

  /** The kernel says that an interface has carrier or not. */
  #carrier(interfaceName: string, up: boolean, atUs: number): void {
    for (const link of [0, 1] as const) {
      if (this.#interfaces[link] !== interfaceName || this.#end !== undefined) continue;
      this.#logger.info({ link, interfaceName, up }, "carrier");
      this.#driver.input({ kind: "carrier", link, up, occurredUs: Math.min(atUs, this.#driver.now()) });
    }
  }

  isAttached(link: LinkIndex): boolean {
    return this.#driver.isAttached(link);
  }

  /** For connect: the peer no longer knows this session. */
  fail(code: SessionEnd["code"], message: string): void {
    const { unconfirmedBytes } = this.status();
    this.#finish({ code, message, unconfirmedBytes });
  }

  #create(id: number, trafficClass: TrafficClass): SessionStream {
    const session = this;
    const stream = new SessionStream(
      {
        endpoint: this.#driver.endpoint,
        input: (input: Input) => this.#driver.input(input),
        copyWrites: this.#copyWrites,
        creditSoon: (each: SessionStream) => this.#creditSoon(each),
        get ended() {
          return session.#end !== undefined;
        },
      },
      id,
      trafficClass,
    );
    this.#streams.set(id, stream);
    return stream;
  }

  /**
   * The core is told rarely, and of much: what a few streams owe it is far less than their limits, so that nobody waits for
   * it.
   */
  #creditSoon(stream: SessionStream): void {
    this.#uncredited.add(stream);
    const isMuch = stream.owedBytes >= this.#creditBytes || this.#uncredited.size > owingStreamsMax;
    if (!isMuch || this.#creditIsDue) return;
    this.#creditIsDue = true;
    queueMicrotask(() => this.#credit());
  }

  #credit(): void {
    this.#creditIsDue = false;
    const all = this.#uncredited.size > owingStreamsMax;
    for (const stream of [...this.#uncredited]) {
      if (!all && stream.owedBytes < this.#creditBytes) continue;
      this.#uncredited.delete(stream);
      stream.credit();
    }
  }

  #hear(output: News): void {
    switch (output.kind) {
      case "data":
        this.#streams.get(output.stream)?.deliver(output.bytes);
        break;
      case "acknowledged":
        this.#streams.get(output.stream)?.acknowledged(output.bytes);
        break;
      case "opened":
        this.#accept(this.#create(output.stream, output.trafficClass));
        break;
      case "finished":
        this.#streams.get(output.stream)?.deliverEnd();
        break;
      case "reset":
        this.#streams.get(output.stream)?.deliverReset(output.code);
        break;
      case "closed":
        this.#forget(output.stream);
        break;
      case "refused":
        this.#refused(output.stream, output.reason);
        break;
      case "established":
        this.#established = true;
        this.#logger.info({}, "session established");
        this.emit("established");
        break;
      case "linkState":
        this.#tellLinkState(output);
        // A blamed link's connection may be stuck in its retransmission timers for long: a new one is made.
        if (output.to === "failed") queueMicrotask(() => this.#driver.drop(output.link, `blamed: ${output.event}`));
        break;
      case "carrying":
        this.#logger.info({ carries: output.carries }, "carrying");
        this.emit("carrying", output.carries);
        break;
      case "takeover":
        this.#logger.info({ takeover: output.record }, "takeover");
        this.emit("takeover", output.record);
        break;
      case "linkBroken":
        this.#logger.warn({ link: output.link, code: output.code }, "wrong bytes on a link");
        queueMicrotask(() => this.#driver.drop(output.link, output.code));
        break;
      case "ended":
        this.#finish(output.end);
        break;
    }
  }

  #forget(id: number): void {
    const stream = this.#streams.get(id);
    if (stream === undefined) return;
    this.#uncredited.delete(stream);
    // One that is over before anybody took it: a peer that opens and gives up must not fill the queue.
    if (stream.destroyed) this.#incoming.drop(stream);
    this.#streams.delete(id);
  }

  #tellLinkState({ link, from, to, event }: LinkChange): void {
    // A moment's suspicion is daily life.
    const isDoubt = event === "missed" || event === "heard";
    this.#logger[isDoubt ? "debug" : "info"]({ link, from, to, event }, "link state");
    this.emit("link", { link, from, to, event });
  }

  #accept(stream: SessionStream): void {
    this.#incoming.push(stream);
    this.#offerWaiting();
  }

  #offerWaiting(): void {
    if (this.listenerCount("stream") === 0) return;
    for (const stream of this.#incoming.takeAll()) this.emit("stream", stream);
  }

  #refused(id: number, reason: string): void {
    const stream = this.#streams.get(id);
    if (reason === "streams-exhausted") this.#forget(id);
    if (reason !== "ended")
      stream?.destroy(new TransportError("transport/stream-refused", `the session refused it: ${reason}`));
  }

  #finish(end: SessionEnd): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#stopCarrierWatch();
    this.#peer?.leave(this);
    queueMicrotask(() => this.#driver.stop());
    this.#incoming.end();
    const error = new SessionEndedError(end);
    // Who ends the session here knows; a stream nobody has taken has nobody to tell.
    const untold = new Set(this.#incoming.takeAll());
    for (const stream of this.#streams.values()) {
      const isOver = stream.readableEnded && stream.writableFinished;
      if (isOver || this.#endedHere || untold.has(stream)) stream.destroy();
      else stream.destroy(error);
    }
    this.#streams.clear();
    this.#logger.info({ code: end.code, unconfirmedBytes: end.unconfirmedBytes }, "session ended");
    if (!isOrderly(end) && this.listenerCount("error") > 0) this.emit("error", error);
    this.emit("close", end);
  }
}

/** Whether nothing was lost and both sides meant it. */
function isOrderly(end: SessionEnd): boolean {
  return end.code === "switching/closed" && end.unconfirmedBytes === 0;
}
