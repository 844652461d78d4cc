/** All streams of a session: numbers, limits, reassembly and the room given to the peer. */

import type { Chunk } from "./chunk.ts";
import type { ResetFrame, StreamFrame, WindowFrame } from "./codec/frames.ts";
import type { EndpointConfig } from "./config.ts";
import { HeldMemory } from "./held-memory.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Output } from "./outputs.ts";
import { SendStream } from "./send-stream.ts";
import { createStream, isOver, type Stream } from "./stream.ts";
import { type TrafficClass, trafficClasses } from "./traffic-classes.ts";

export class Streams {
  readonly byId = new Map<number, Stream>();
  /** The next stream opened here. */
  nextId: number;
  /** How many streams we may have opened in all. */
  openLimit = 0;
  /** What the peer gives a new stream. */
  initialSendLimit = 0;
  /** Received on all streams together, by highest offset. */
  receivedBytes = 0;
  consumedBytes = 0;
  #nextPeerId: number;
  #peerStreamsLimit: number;
  #sessionWindow: Chunk | undefined;
  #sessionLimitTold: number;
  readonly #memory: HeldMemory;
  readonly #config: EndpointConfig;
  readonly #outputs: Output[];
  readonly #outgoing: Outgoing;

  constructor(config: EndpointConfig, outputs: Output[], outgoing: Outgoing) {
    this.#memory = new HeldMemory(config.receiveBuffersStable);
    this.#config = config;
    this.#outputs = outputs;
    this.#outgoing = outgoing;
    this.nextId = config.role === "initiator" ? 1 : 2;
    this.#nextPeerId = config.role === "initiator" ? 2 : 1;
    this.#peerStreamsLimit = config.limits.streamsMax;
    this.#sessionLimitTold = config.limits.sessionReceiveBytesMax;
  }

  /** The peer is known: what was written before may go. */
  setPeerLimits(streamReceiveBytes: number, streamsLimit: number): void {
    this.initialSendLimit = streamReceiveBytes;
    this.openLimit = streamsLimit;
    for (const stream of this.byId.values()) {
      stream.send.limit = Math.max(stream.send.limit, streamReceiveBytes);
      this.#outgoing.offer(stream.send);
    }
  }

  open(trafficClass: TrafficClass): Stream {
    const id = this.nextId;
    this.nextId += 2;
    return this.#create(id, trafficClass, true);
  }

  /** How many streams have been opened here so far. */
  get openedCount(): number {
    return (this.nextId - (this.#config.role === "initiator" ? 1 : 2)) / 2;
  }

  /** Takes received stream bytes; returns what is wrong with them, if anything. */
  receive(frame: StreamFrame): string | undefined {
    const found = this.#find(frame.stream, frame.classNumber);
    if (typeof found === "string") return found;
    if (found === undefined) return undefined;
    const { receive } = found;
    if (frame.offset + frame.payload.length > found.receiveLimit) return "stream limit exceeded";
    const before = receive.highestOffset;
    if (found.resetSent) this.#discard(found, frame);
    else {
      const deliver = (bytes: Uint8Array) => {
        if (bytes.length > 0) this.#outputs.push({ kind: "data", stream: found.id, bytes });
      };
      if (!receive.add(frame.offset, frame.payload, frame.final, deliver))
        return "stream length contradicted, or too many gaps";
    }
    const violation = this.#count(receive.highestOffset - before);
    if (violation !== undefined) return violation;
    if (receive.complete && !found.receiveEnded) {
      found.receiveEnded = true;
      if (!found.resetSent) this.#outputs.push({ kind: "finished", stream: found.id });
    }
    this.settle(found);
    return undefined;
  }

  receiveReset(frame: ResetFrame): string | undefined {
    const found = this.#find(frame.stream, -1);
    if (typeof found === "string") return found;
    if (found === undefined) return undefined;
    const { receive } = found;
    if (found.receiveEnded) {
      this.#peerGaveUp(found, frame.code);
      if (found.resetSent) this.#consumeAll(found);
      this.settle(found);
      return undefined;
    }
    if (frame.finalOffset < receive.highestOffset || frame.finalOffset > found.receiveLimit)
      return "reset length wrong";
    const violation = this.#count(frame.finalOffset - receive.highestOffset);
    if (violation !== undefined) return violation;
    receive.highestOffset = frame.finalOffset;
    receive.clear();
    found.receiveEnded = true;
    this.#peerGaveUp(found, frame.code);
    this.#consumeAll(found);
    this.settle(found);
    return undefined;
  }

  receiveWindow(frame: WindowFrame): string | undefined {
    if (frame.stream === 0) {
      this.openLimit = Math.max(this.openLimit, frame.streamsLimit);
      this.#outgoing.sessionLimit = Math.max(this.#outgoing.sessionLimit, frame.limit);
      return undefined;
    }
    const found = this.#find(frame.stream, -1);
    if (typeof found === "string") return found;
    if (found === undefined || frame.limit <= found.send.limit) return undefined;
    found.send.limit = frame.limit;
    this.#outgoing.offer(found.send);
    return undefined;
  }

  /** The user took bytes; tells the peer of new room once it is worth a frame. */
  consume(stream: Stream, bytes: number): void {
    stream.consumedBytes += bytes;
    this.consumedBytes += bytes;
    const { streamReceiveBytesMax, sessionReceiveBytesMax } = this.#config.limits;
    const room = stream.consumedBytes + streamReceiveBytesMax;
    if (!stream.receiveEnded && stream.receive.finalOffset === undefined)
      if (room - stream.receiveLimit >= streamReceiveBytesMax / 4) {
        stream.receiveLimit = room;
        if (!stream.window?.queued) stream.window = this.#windowChunk(stream.id);
      }
    const sessionRoom = this.consumedBytes + sessionReceiveBytesMax;
    if (sessionRoom - this.#sessionLimitTold >= sessionReceiveBytesMax / 4) this.#tellSession();
    this.settle(stream);
  }

  /** Gives up a stream from our side. */
  reset(stream: Stream, code: number): void {
    if (!stream.resetSent) this.#sendReset(stream, code);
    stream.receive.clear();
    if (stream.receive.finalOffset !== undefined) stream.receiveEnded = true;
    this.#consumeAll(stream);
    this.settle(stream);
  }

  /** What a window chunk should say now; undefined when the stream is over. */
  windowOf(streamId: number): { limit: number; streamsLimit: number } | undefined {
    if (streamId === 0) {
      this.#sessionLimitTold = this.sessionLimit;
      return { limit: this.#sessionLimitTold, streamsLimit: this.#peerStreamsLimit };
    }
    const stream = this.byId.get(streamId);
    return stream === undefined ? undefined : { limit: stream.receiveLimit, streamsLimit: 0 };
  }

  /** The peer may send up to this over all streams. */
  get sessionLimit(): number {
    return this.consumedBytes + this.#config.limits.sessionReceiveBytesMax;
  }

  /** Forgets a stream that is over on both sides. */
  settle(stream: Stream): void {
    if (!isOver(stream) || !this.byId.delete(stream.id)) return;
    if (stream.announced) this.#outputs.push({ kind: "closed", stream: stream.id });
    if (this.#isOurs(stream.id)) return;
    this.#peerStreamsLimit += 1;
    this.#tellSession();
  }

  #create(id: number, trafficClass: TrafficClass, announced: boolean): Stream {
    const send = new SendStream(id, trafficClass, this.initialSendLimit);
    const stream = createStream(id, send, this.#config.limits.streamReceiveBytesMax, announced, this.#memory);
    this.byId.set(id, stream);
    return stream;
  }

  #isOurs(id: number): boolean {
    return (id - this.nextId) % 2 === 0;
  }

  /** The stream; undefined when it is over; or what is wrong with its number or class. */
  #find(id: number, classNumber: number): Stream | undefined | string {
    const isOurs = this.#isOurs(id);
    if (isOurs && id >= this.nextId) return "stream was never opened";
    if (!isOurs && id >= this.#nextPeerId) {
      if (id > 2 * this.#peerStreamsLimit) return "too many streams";
      for (; this.#nextPeerId <= id; this.#nextPeerId += 2) this.#create(this.#nextPeerId, "gradient", false);
    }
    const stream = this.byId.get(id);
    if (stream === undefined || stream.announced || stream.resetSent || classNumber < 0) return stream;
    const trafficClass = trafficClasses[classNumber];
    if (trafficClass === undefined) return "unknown traffic class";
    stream.announced = true;
    stream.trafficClass = trafficClass;
    stream.send = new SendStream(id, trafficClass, stream.send.limit);
    this.#outputs.push({ kind: "opened", stream: id, trafficClass });
    return stream;
  }

  #count(newBytes: number): string | undefined {
    this.receivedBytes += newBytes;
    return this.receivedBytes > this.sessionLimit ? "session limit exceeded" : undefined;
  }

  #discard(stream: Stream, frame: StreamFrame): void {
    const { receive } = stream;
    const end = frame.offset + frame.payload.length;
    if (stream.receiveEnded) return;
    receive.highestOffset = Math.max(receive.highestOffset, end);
    if (frame.final) receive.finalOffset = end;
    receive.nextOffset = receive.finalOffset ?? 0;
    this.#consumeAll(stream);
  }

  /** The peer wants no more of this stream: so does our half, unless everything has arrived. */
  #peerGaveUp(stream: Stream, code: number): void {
    if (stream.resetSent || (stream.receiveEnded && stream.send.complete && stream.receive.complete)) return;
    if (stream.announced) this.#outputs.push({ kind: "reset", stream: stream.id, code });
    this.#sendReset(stream, code);
  }

  #sendReset(stream: Stream, code: number): void {
    stream.resetSent = true;
    this.#outgoing.unconfirmedBytes -= stream.send.unconfirmedBytes;
    stream.send.abandon();
    this.#outgoing.signal({
      kind: "reset",
      streamId: stream.id,
      code,
      finalOffset: stream.send.nextOffset,
      confirmed: false,
      copies: 0,
      queued: false,
      takeover: undefined,
    });
  }

  #consumeAll(stream: Stream): void {
    const rest = stream.receive.highestOffset - stream.consumedBytes;
    if (rest <= 0) return;
    stream.consumedBytes += rest;
    this.consumedBytes += rest;
    if (this.sessionLimit - this.#sessionLimitTold >= this.#config.limits.sessionReceiveBytesMax / 4)
      this.#tellSession();
  }

  #tellSession(): void {
    if (this.#sessionWindow?.queued) return;
    this.#sessionWindow = this.#windowChunk(0);
  }

  #windowChunk(streamId: number) {
    const chunk = {
      kind: "window" as const,
      streamId,
      confirmed: false,
      copies: 0,
      queued: false,
      takeover: undefined,
    };
    this.#outgoing.signal(chunk);
    return chunk;
  }
}
