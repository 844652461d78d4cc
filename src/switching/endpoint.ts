/**
 * One end of a session over two links: many streams, each byte delivered exactly once and in order, whichever link
 * fails. Sans-IO: see inputs.ts and outputs.ts for what goes in and comes out.
 */

import { assert, unreachable } from "../base/assert.ts";
import type { DiagnosticCode } from "../base/diagnostic-codes.ts";
import { Acknowledger } from "./acknowledger.ts";
import type { Chunk } from "./chunk.ts";
import { closeCodes } from "./close-codes.ts";
import { decodeFrame, type FrameFault, firstFrame } from "./codec/decode.ts";
import { encodeAck, encodeClose, seal } from "./codec/encode.ts";
import type { Frame, HelloFrame, Sequenced } from "./codec/frames.ts";
import { bothLinks, type EndpointConfig, heartbeatIntervalUsMax, type LinkIndex } from "./config.ts";
import { Farewell } from "./farewell.ts";
import { Handshake } from "./handshake.ts";
import type { Input } from "./inputs.ts";
import { canCarry } from "./link-health.ts";
import type { LinkState } from "./link-states.ts";
import { Outgoing } from "./outgoing.ts";
import type { Output, Refusal } from "./outputs.ts";
import { LinkPairController, lastHeardUs } from "./pair-controller.ts";
import type { LinkFault, PairInput, PairOutput } from "./pair-inputs.ts";
import type { MonitorView } from "./path-monitor.ts";
import { ProgressWatch } from "./progress-watch.ts";
import { SessionHeartbeats } from "./session-heartbeats.ts";
import { type EndpointStatus, endpointStatus } from "./status.ts";
import type { Stream } from "./stream.ts";
import { Streams } from "./streams.ts";
import type { TrafficClass } from "./traffic-classes.ts";

/** Whether a link that does not carry could at once. */
const isStandingBy = (state: LinkState) => state === "up" || state === "suspect" || state === "detached";
const noPieces: readonly Uint8Array[] = [];

export class Endpoint {
  readonly config: EndpointConfig;
  readonly #pair: LinkPairController;
  readonly #handshake: Handshake;
  readonly #outgoing: Outgoing;
  readonly #streams: Streams;
  readonly #acknowledgers: readonly [Acknowledger, Acknowledger];
  readonly #heartbeats: SessionHeartbeats;
  readonly #progress: ProgressWatch;
  readonly #monitor: MonitorView | undefined;
  /** Round trips of the monitor that have been taken note of. */
  readonly #roundTrips: [number, number] = [0, 0];
  readonly #outputs: Output[] = [];
  readonly #createdUs: number;
  #fault: LinkFault | undefined;
  /** When the frame at hand arrived. */
  #arrivedUs = 0;
  #ended = false;
  #farewell: Farewell | undefined;
  /** Frames dropped because they were damaged, stale or of another session. */
  #strayFrames = 0;

  /** `monitor` watches the links where the configuration says that they are monitored. */
  constructor(config: EndpointConfig, nowUs: number, monitor?: MonitorView) {
    assert(config.pair.monitored === (monitor !== undefined), "monitored links have a monitor");
    this.config = config;
    this.#monitor = monitor;
    this.#createdUs = nowUs;
    this.#pair = new LinkPairController(config.pair, nowUs);
    this.#handshake = new Handshake(config);
    this.#acknowledgers = [new Acknowledger(config.ackDelayUs), new Acknowledger(config.ackDelayUs)];
    this.#progress = new ProgressWatch(config.pair.health, config.pair.monitored);
    const endpoint = this;
    this.#outgoing = new Outgoing(config, {
      outputs: this.#outputs,
      get carries() {
        return endpoint.#pair.carries;
      },
      get degraded() {
        const [first, second] = endpoint.#pair.carries;
        return first !== second && !isStandingBy(endpoint.#pair.health(first ? 1 : 0).state);
      },
      windowOf: (streamId) => this.#streams.windowOf(streamId),
      confirmed: (chunk) => this.#confirmed(chunk),
    });
    this.#streams = new Streams(config, this.#outputs, this.#outgoing);
    this.#heartbeats = new SessionHeartbeats({
      config,
      pair: this.#pair,
      outgoing: this.#outgoing,
      acknowledgers: this.#acknowledgers,
      streams: this.#streams,
      get ended() {
        return endpoint.#ended;
      },
      send: (link, head, urgent) => this.#send(link, head, urgent),
      reportOfPeer: (link, hears, peerSentUs, nowUs) =>
        this.#tellPair({ kind: "peerReport", link, hears, peerSentUs }, nowUs),
      confirmUpTo: (link, cumulative, nowUs) => this.#confirmUpTo(link, cumulative, [], -1, nowUs),
    });
  }

  /** Takes one input at `nowUs`, which never goes back; returns everything to be done, in order. */
  handle(input: Input, nowUs: number): Output[] {
    if (this.#ended) this.#handleAfterEnd(input, nowUs);
    else {
      if (this.#monitor !== undefined) this.#readMonitor(this.#monitor, nowUs);
      this.#take(input, nowUs);
      if (!this.#ended) this.#settle(nowUs);
    }
    return this.#outputs.splice(0);
  }

  /** When to tick at the latest, in microseconds; infinity once the session has ended. Ask after every input. */
  nextDeadlineUs(): number {
    if (this.#ended) return Number.POSITIVE_INFINITY;
    const [first, second] = this.#acknowledgers;
    const { paceDueUs } = this.#outgoing;
    let deadline = Math.min(this.#pair.nextDeadlineUs(), first.dueUs, second.dueUs, this.#expiryUs, paceDueUs);
    for (const link of bothLinks) {
      const sender = this.#outgoing.senders[link];
      deadline = Math.min(deadline, sender.timeoutDueUs, this.#progressDueUs(link), this.#helloDueUs(link));
    }
    return deadline;
  }

  /** For a driver that watches the links. */
  get watched(): Pick<LinkPairController, "isCalm" | "silenceUs"> {
    return this.#pair;
  }

  /** The number the next stream opened here will have. */
  get nextStreamId(): number {
    return this.#streams.nextId;
  }

  /** How many more bytes can be written to a stream now; 0 when it is not open for writing. */
  sendCapacity(streamId: number): number {
    const stream = this.#streams.byId.get(streamId);
    if (stream === undefined || stream.send.finished || stream.send.abandoned || stream.send.isCrowded) return 0;
    return Math.max(this.config.limits.streamSendBytesMax - stream.send.unconfirmedBytes, 0);
  }

  /** What the links and queues look like now, for displays and metrics. */
  status(nowUs: number): EndpointStatus {
    return endpointStatus({
      pair: this.#pair,
      damping: this.config.pair.health.damping,
      outgoing: this.#outgoing,
      streams: this.#streams,
      strayFrames: this.#strayFrames,
      isBound: this.#handshake.isBound,
      ended: this.#ended,
      nowUs,
    });
  }

  #take(input: Input, nowUs: number): void {
    switch (input.kind) {
      case "frame":
        this.#arrivedUs = input.arrivedUs ?? nowUs;
        this.#receive(input.link, input.bytes, nowUs);
        break;
      case "arriving":
        if (this.#handshake.isBound) this.#pair.arriving(input.link, input.arrivedUs ?? nowUs, nowUs);
        break;
      case "write":
        this.#write(input.stream, [input.bytes]);
        break;
      case "writeAll":
        this.#write(input.stream, input.pieces);
        break;
      case "consumed":
        this.#consume(input.stream, input.bytes);
        break;
      case "writable":
        this.#outgoing.senders[input.link].writable = input.writable;
        break;
      case "tick":
        this.#tick(input, nowUs);
        break;
      case "open":
        this.#open(input.stream, input.trafficClass);
        break;
      case "finish":
        this.#finish(input.stream);
        break;
      case "reset": {
        const stream = this.#streams.byId.get(input.stream);
        if (stream === undefined) this.#refuse(input.stream, "unknown-stream");
        else this.#streams.reset(stream, input.code);
        break;
      }
      case "attach":
        this.#outgoing.senders[input.link].writable = true;
        this.#handshake.beginOn(input.link);
        this.#heartbeats.beginOn(input.link, input.connection ?? 0);
        this.#tellPair(input, nowUs);
        break;
      case "detach":
      case "carrier":
      case "linkError":
      case "monitored":
        this.#tellPair(input, nowUs);
        break;
      case "close":
        this.#end(
          this.#outgoing.unconfirmedBytes === 0 ? "switching/closed" : "switching/aborted",
          "this side closed it",
          nowUs,
        );
        break;
      default:
        unreachable(input);
    }
  }

  /** What follows from any input: takeovers, sending, confirmations. */
  #settle(nowUs: number): void {
    this.#applyPair(this.#pair.takeOutputs(), nowUs);
    if (this.#handshake.isBound) this.#heartbeats.settle(nowUs);
    else if (this.config.pair.monitored)
      for (const link of bothLinks) if (nowUs >= this.#helloDueUs(link)) this.#sayHello(link, nowUs);
    this.#outgoing.pump(nowUs);
    for (const link of bothLinks) if (nowUs >= this.#acknowledgers[link].dueUs) this.#acknowledge(link, nowUs);
  }

  #tick(tick: Extract<Input, { kind: "tick" }>, nowUs: number): void {
    this.#tellPair(tick, nowUs);
    for (const link of bothLinks)
      if (nowUs >= this.#progressDueUs(link) && this.#progress.look(link, this.#outgoing.senders[link], nowUs))
        this.#tellPair({ kind: "noProgress", link }, nowUs);
    this.#outgoing.timeOut(nowUs);
    if (nowUs < this.#expiryUs) return;
    this.#end("switching/session-expired", `nothing was heard for ${this.config.sessionLifeUs} us`, nowUs);
  }

  #tellPair(input: PairInput, nowUs: number): void {
    this.#applyPair(this.#pair.handle(input, nowUs), nowUs);
  }

  #applyPair(outputs: readonly PairOutput[], nowUs: number): void {
    for (const output of outputs) {
      switch (output.kind) {
        case "heartbeat":
          if (this.#handshake.isBound) this.#heartbeats.send(output.link, output.probe, !output.probe, true, nowUs);
          else this.#sayHello(output.link, nowUs);
          break;
        case "fault":
          this.#fault = output.fault;
          break;
        case "linkState":
          this.#outputs.push(output);
          if (output.to === "failed") {
            this.#outgoing.linkFailed(output.link, this.#fault, nowUs);
            this.#fault = undefined;
          }
          break;
        case "carrying":
          this.#outputs.push(output);
          break;
        default:
          unreachable(output);
      }
    }
  }

  #receive(link: LinkIndex, bytes: Uint8Array, nowUs: number): void {
    for (let at = 0; at < bytes.length && !this.#ended; ) {
      const frame = firstFrame(bytes, at);
      at += frame.length;
      this.#receiveOne(link, frame, nowUs);
    }
  }

  #receiveOne(link: LinkIndex, bytes: Uint8Array, nowUs: number): void {
    const decoded = decodeFrame(bytes, this.config.links[link].checksum);
    if (decoded.kind === "fault") this.#damaged(link, decoded.fault, nowUs);
    else if (decoded.kind === "frame") {
      const { frame, tag } = decoded;
      if (frame.type === "hello") this.#receiveHello(link, frame, nowUs);
      else if (this.#handshake.isBound && tag === this.#handshake.incomingTag)
        this.#receiveFrame(link, frame, bytes.length, nowUs);
      else this.#strayFrames += 1;
    }
  }

  #damaged(link: LinkIndex, fault: FrameFault, nowUs: number): void {
    this.#strayFrames += 1;
    if (!this.config.links[link].reliable) return;
    this.#outputs.push({ kind: "linkBroken", link, code: "switching/frame" });
    this.#tellPair({ kind: "linkError", link, fatal: fault !== "type" }, nowUs);
  }

  #receiveHello(link: LinkIndex, hello: HelloFrame, nowUs: number): void {
    const verdict = this.#handshake.receive(hello);
    switch (verdict) {
      case "ignored":
        break;
      case "answer":
        this.#send(link, this.#handshake.hello());
        // What it was told before it knew us it could not understand.
        this.#heartbeats.forgetTold();
        break;
      case "bound":
        this.#bind(hello);
        this.#send(link, this.#handshake.hello());
        this.#heartbeats.sendOnAll(!this.config.pair.monitored, nowUs);
        break;
      case "peerRestarted":
        this.#end("switching/peer-restarted", "the peer was started anew and knows nothing of this session", nowUs);
        break;
      case "versionMismatch":
        this.#end("switching/version", `the peer speaks versions ${hello.versionMin} to ${hello.versionMax}`, nowUs);
        break;
      default:
        unreachable(verdict);
    }
  }

  #bind(hello: HelloFrame): void {
    this.#outgoing.tag = this.#handshake.outgoingTag;
    this.#outgoing.sessionLimit = hello.sessionReceiveBytes;
    this.#pair.setPeerIntervalUs(Math.min(hello.heartbeatIntervalUs, heartbeatIntervalUsMax));
    this.#streams.setPeerLimits(hello.streamReceiveBytes, hello.streamsLimit);
    this.#outputs.push({ kind: "established" });
  }

  #receiveFrame(link: LinkIndex, frame: Exclude<Frame, HelloFrame>, bytes: number, nowUs: number): void {
    if (frame.type === "heartbeat") this.#pair.heard(link, frame.sentUs, frame.onBoth, nowUs, this.#arrivedUs);
    else this.#pair.heard(link, -1, false, nowUs);
    switch (frame.type) {
      case "stream":
        if (this.#isFresh(link, frame, bytes, frame.ackSoon, nowUs)) this.#check(this.#streams.receive(frame), nowUs);
        break;
      case "ack":
        this.#confirmUpTo(frame.link === 0 ? 0 : 1, frame.cumulative, frame.ranges, frame.delayUs, nowUs);
        break;
      case "heartbeat":
        this.#heartbeats.receive(link, frame, this.#arrivedUs, nowUs);
        break;
      case "window":
        if (this.#isFresh(link, frame, bytes, false, nowUs)) this.#check(this.#streams.receiveWindow(frame), nowUs);
        break;
      case "reset":
        if (this.#isFresh(link, frame, bytes, false, nowUs)) this.#check(this.#streams.receiveReset(frame), nowUs);
        break;
      case "close": {
        const code = closeCodes.find((each) => each.number === frame.code)?.code ?? "switching/closed";
        const message = `the peer ended it (${code}) with ${frame.unconfirmedBytes} bytes of its own unconfirmed`;
        this.#end("switching/closed", message, nowUs, false);
        break;
      }
      default:
        unreachable(frame);
    }
  }

  #isFresh(link: LinkIndex, frame: Sequenced, bytes: number, ackSoon: boolean, nowUs: number): boolean {
    return this.#acknowledgers[link].take(frame.sequence, frame.floor, bytes, ackSoon, nowUs);
  }

  #check(violation: string | undefined, nowUs: number): void {
    if (violation !== undefined) this.#end("switching/protocol-violation", violation, nowUs);
  }

  #confirmUpTo(link: LinkIndex, cumulative: number, ranges: readonly number[], delayUs: number, nowUs: number): void {
    if (this.#outgoing.acknowledge(link, cumulative, ranges, delayUs, nowUs)) return;
    this.#end("switching/protocol-violation", "the peer confirmed what was never sent", nowUs);
  }

  /** When no beat repeats the hello, it has a time of its own; infinity otherwise. */
  #helloDueUs(link: LinkIndex): number {
    const isOwn = this.config.pair.monitored && !this.#handshake.isBound && this.#pair.health(link).attached;
    return isOwn ? this.#handshake.dueUs(link) : Number.POSITIVE_INFINITY;
  }

  #sayHello(link: LinkIndex, nowUs: number): void {
    if (this.#handshake.isDueOn(link, nowUs)) this.#send(link, this.#handshake.hello());
  }

  /** The monitor's round trips and the time for which the peer has lived are as good as the session's own. */
  #readMonitor(monitor: MonitorView, nowUs: number): void {
    for (const link of bothLinks) {
      const sender = this.#outgoing.senders[link];
      sender.noteAliveTotal(monitor.aliveUs(link));
      const roundTrips = monitor.roundTrips(link);
      if (roundTrips === this.#roundTrips[link]) continue;
      this.#roundTrips[link] = roundTrips;
      sender.meter.sampleRoundTrip(monitor.roundTripUs(link), nowUs);
    }
  }

  #acknowledge(link: LinkIndex, nowUs: number): void {
    const own = this.#acknowledgers[link];
    const { cumulative, ranges } = own.received;
    const delayUs = own.sent(nowUs);
    const other: LinkIndex = link === 0 ? 1 : 0;
    const over = !canCarry(this.#pair.health(link)) && canCarry(this.#pair.health(other)) ? other : link;
    this.#send(over, encodeAck(this.#outgoing.tag, { link, delayUs, cumulative, ranges }));
  }

  #send(link: LinkIndex, head: Uint8Array, urgent = true): void {
    if (this.config.links[link].checksum) seal(head);
    this.#outputs.push({ kind: "send", link, head, payload: noPieces, urgent });
  }

  #open(id: number, trafficClass: TrafficClass): void {
    assert(id === this.#streams.nextId, "a stream is opened under nextStreamId");
    const exhausted = this.#handshake.isBound && this.#streams.openedCount >= this.#streams.openLimit;
    if (exhausted || this.#streams.byId.size >= 2 * 65_536) this.#refuse(id, "streams-exhausted");
    else this.#streams.open(trafficClass);
  }

  #write(id: number, pieces: readonly Uint8Array[]): void {
    const stream = this.#streams.byId.get(id);
    if (stream === undefined) this.#refuse(id, "unknown-stream");
    else if (stream.send.finished || stream.send.abandoned) this.#refuse(id, "finished");
    else if (pieces.reduce((sum, piece) => sum + piece.length, 0) > this.sendCapacity(id)) this.#refuse(id, "full");
    else {
      for (const piece of pieces) {
        stream.send.write(piece);
        this.#outgoing.unconfirmedBytes += piece.length;
      }
      this.#outgoing.offer(stream.send);
    }
  }

  #finish(id: number): void {
    const stream = this.#streams.byId.get(id);
    if (stream === undefined) this.#refuse(id, "unknown-stream");
    else if (!stream.send.finished && !stream.send.abandoned) {
      stream.send.finished = true;
      this.#outgoing.offer(stream.send);
    }
  }

  #consume(id: number, bytes: number): void {
    const stream = this.#streams.byId.get(id);
    if (stream === undefined || stream.resetSent) return;
    assert(stream.consumedBytes + bytes <= stream.receive.nextOffset, "only delivered bytes are consumed");
    this.#streams.consume(stream, bytes);
  }

  #refuse(stream: number, reason: Refusal): void {
    this.#outputs.push({ kind: "refused", stream, reason });
  }

  #confirmed(chunk: Chunk): void {
    if (chunk.kind === "data") {
      const { stream } = chunk;
      const before = stream.unconfirmedBytes;
      stream.confirm(chunk);
      const bytes = before - stream.unconfirmedBytes;
      this.#outgoing.unconfirmedBytes -= bytes;
      if (bytes > 0) this.#outputs.push({ kind: "acknowledged", stream: stream.id, bytes });
      if (stream.complete) this.#settleStream(this.#streams.byId.get(stream.id));
    } else if (chunk.kind === "reset") {
      const stream = this.#streams.byId.get(chunk.streamId);
      if (stream !== undefined) stream.resetConfirmed = true;
      this.#settleStream(stream);
    }
  }

  #settleStream(stream: Stream | undefined): void {
    if (stream !== undefined) this.#streams.settle(stream);
  }

  get #expiryUs(): number {
    let heardUs = Math.max(lastHeardUs(this.#pair, this.#createdUs), this.#createdUs);
    // That the peer's process lives is worth nothing to a session without a connection to it.
    if (this.#monitor !== undefined)
      for (const link of bothLinks)
        if (this.#pair.health(link).attached) heardUs = Math.max(heardUs, this.#monitor.lastHeardUs(link));
    return heardUs + this.config.sessionLifeUs;
  }

  /** When a link that passes heartbeats but confirms no data is to be looked at. */
  #progressDueUs(link: LinkIndex): number {
    return this.#progress.dueUs(link, this.#outgoing.senders[link], canCarry(this.#pair.health(link)));
  }

  #end(code: DiagnosticCode, message: string, nowUs: number, tellPeer = true): void {
    this.#ended = true;
    const unconfirmedBytes = this.#outgoing.unconfirmedBytes;
    if (tellPeer && this.#handshake.isBound) {
      const number = closeCodes.find((each) => each.code === code)!.number;
      const frame = encodeClose(this.#outgoing.tag, { code: number, unconfirmedBytes });
      this.#farewell = new Farewell(frame, this.#handshake.incomingTag, nowUs);
      for (const link of bothLinks) if (this.#pair.health(link).attached) this.#send(link, frame);
    }
    const final = code === "switching/closed" && unconfirmedBytes > 0 ? "switching/aborted" : code;
    this.#outputs.push({ kind: "ended", end: { code: final, message, unconfirmedBytes } });
  }

  /** A peer that has not heard the end is told again. */
  #handleAfterEnd(input: Input, nowUs: number): void {
    if (input.kind === "write" || input.kind === "writeAll" || input.kind === "open")
      this.#refuse(input.stream, "ended");
    if (input.kind !== "frame" || this.#farewell === undefined) return;
    const isWanted = this.#farewell.isWantedAfter(input.bytes, this.config.links[input.link].checksum, nowUs);
    if (isWanted) this.#send(input.link, this.#farewell.frame);
  }
}
