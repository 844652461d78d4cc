/** The sending side of a session: queues by class, chunks onto links by mode, confirmations and replay. */

import type { Chunk, DataChunk } from "./chunk.ts";
import { splitChunk } from "./chunk.ts";
import { type ClassQueue, ClassQueues } from "./class-queues.ts";
import { encodeReset, encodeStreamHead, encodeWindow, seal } from "./codec/encode.ts";
import { bothLinks, type EndpointConfig, type LinkIndex } from "./config.ts";
import { Fifo } from "./fifo.ts";
import { chooseLink } from "./link-choice.ts";
import { LinkSender } from "./link-sender.ts";
import type { Carries } from "./modes.ts";
import type { Output } from "./outputs.ts";
import { Pacer } from "./pacing.ts";
import type { LinkFault } from "./pair-inputs.ts";
import { isSettled, type SendStream } from "./send-stream.ts";
import { beginTakeover, endTakeover, type TakeoverInProgress, type TakeoverRecord } from "./takeover.ts";
import { trafficClasses } from "./traffic-classes.ts";

/** Duplicates waiting for a slow link beyond this are looked through for those no longer needed. */
const copiesTidyMin = 256;

const noPieces: readonly Uint8Array[] = [];

/** What the sending side asks of the rest of the endpoint. */
export interface OutgoingHost {
  /** Where outputs go. */
  readonly outputs: Output[];
  readonly carries: Carries;
  /** Whether one link carries because the other cannot. */
  readonly degraded: boolean;
  /** The limit to be told for a stream (0: the session) and how many streams the peer may open. */
  windowOf(streamId: number): { readonly limit: number; readonly streamsLimit: number } | undefined;
  /** A chunk was confirmed. */
  confirmed(chunk: Chunk): void;
}

export class Outgoing {
  readonly senders: readonly [LinkSender, LinkSender];
  readonly queues: ClassQueues;
  /** Bytes written and not confirmed, over all streams. */
  unconfirmedBytes = 0;
  /** Identifies the session in every frame, once bound. */
  tag = 0;
  /** The peer takes this many bytes over all streams. */
  sessionLimit = 0;
  sessionSentBytes = 0;
  replayedBytes = 0;
  readonly #host: OutgoingHost;
  readonly #duplicates: boolean;
  readonly #signals = new Fifo<Chunk>();
  readonly #copies: readonly [Fifo<DataChunk>, Fifo<DataChunk>] = [new Fifo(), new Fifo()];
  readonly #pacer: Pacer;
  #takeovers: TakeoverInProgress[] = [];
  #takeoversBegun = 0;
  #pumpedUs = 0;

  constructor(config: EndpointConfig, host: OutgoingHost) {
    this.#host = host;
    this.#duplicates = config.pair.mode === "duplication";
    this.senders = [new LinkSender(config.links[0]), new LinkSender(config.links[1])];
    this.queues = new ClassQueues(config.classes);
    this.#pacer = new Pacer([...this.queues.all]);
  }

  /** Puts a stream into its class's queue when it can send. */
  offer(stream: SendStream): void {
    if (stream.ready || !stream.hasChunk(1)) return;
    stream.ready = true;
    this.queues.byName[stream.trafficClass].streams.push(stream);
  }

  /** Queues a window or reset. */
  signal(chunk: Chunk): void {
    chunk.queued = true;
    this.#signals.push(chunk);
  }

  /** Sends whatever the links have room for. */
  pump(nowUs: number): void {
    this.#pumpedUs = nowUs;
    const { carries } = this.#host;
    if (!carries[0] && !carries[1]) return;
    for (const sender of this.senders) sender.shares = carries[0] && carries[1] && !this.#duplicates;
    this.#sendSignals(carries, nowUs);
    if (this.#duplicates) for (const link of bothLinks) if (carries[link]) this.#sendCopies(link, nowUs);
    this.#pace(carries, nowUs);
    while (this.#sendOne(carries, nowUs));
  }

  /** When a class that waits for its pace may send again; infinity when none does. */
  get paceDueUs(): number {
    let dueUs = Number.POSITIVE_INFINITY;
    if (!this.#host.degraded) return dueUs;
    for (const queue of this.queues.all)
      if (queue.paceUs > this.#pumpedUs && (queue.again.size > 0 || queue.streams.size > 0))
        dueUs = Math.min(dueUs, queue.paceUs);
    return Math.ceil(dueUs);
  }

  #pace(carries: Carries, nowUs: number): void {
    if (!this.#host.degraded) {
      this.#pacer.release();
      return;
    }
    const { meter } = this.senders[carries[0] ? 0 : 1];
    this.#pacer.divide(meter.rate, meter.roundTripMinUs, nowUs);
  }

  /** Takes a confirmation for one link; false when it confirms what was never sent. */
  acknowledge(link: LinkIndex, cumulative: number, ranges: readonly number[], delayUs: number, nowUs: number): boolean {
    const sender = this.senders[link];
    const highest = ranges.length === 0 ? cumulative : ranges[ranges.length - 1]!;
    if (highest >= sender.nextSequence) return false;
    if (highest < sender.floor) return true;
    sender.acknowledge(cumulative, ranges, delayUs, nowUs, (chunk) => this.#confirm(chunk, nowUs));
    sender.findLosses(nowUs, (chunk) => this.#requeue(chunk, nowUs));
    return true;
  }

  /** Gives up waiting on links that may lose, where it is due. */
  timeOut(nowUs: number): void {
    for (const link of bothLinks) {
      const sender = this.senders[link];
      if (nowUs >= sender.timeoutDueUs) sender.timeOut(nowUs, (chunk) => this.#requeue(chunk, nowUs));
    }
  }

  /** A link was blamed or lost its connection: what it owes goes back into the queues. `fault` begins a takeover. */
  linkFailed(link: LinkIndex, fault: LinkFault | undefined, nowUs: number): void {
    const takeover = fault === undefined ? undefined : beginTakeover(++this.#takeoversBegun, fault);
    this.senders[link].fail((chunk) => this.#requeue(chunk, nowUs, takeover));
    for (const chunk of this.#copies[link].takeAll()) {
      chunk.queued = false;
      this.#requeue(chunk, nowUs, takeover);
    }
    if (takeover === undefined) return;
    this.replayedBytes += takeover.replayedBytes;
    if (takeover.pendingChunks === 0) this.#emitTakeover(endTakeover(takeover, nowUs));
    else this.#takeovers.push(takeover);
  }

  /** A chunk a takeover waited for need not be sent any more. */
  settle(chunk: Chunk, nowUs: number): void {
    const { takeover } = chunk;
    if (takeover === undefined) return;
    chunk.takeover = undefined;
    takeover.pendingChunks -= 1;
    if (takeover.pendingChunks > 0) return;
    this.#takeovers = this.#takeovers.filter((each) => each !== takeover);
    this.#emitTakeover(endTakeover(takeover, nowUs));
  }

  /** Whether anything waits to be sent. */
  get isWaiting(): boolean {
    if (this.#signals.size > 0) return true;
    return trafficClasses.some((name) => {
      const queue = this.queues.byName[name];
      return queue.again.size > 0 || queue.streams.size > 0;
    });
  }

  /** Whether both links carry and the rate of one is still to be measured. */
  get #onTrial(): boolean {
    const { carries } = this.#host;
    return carries[0] && carries[1] && this.senders.some((sender) => sender.meter.rate === 0);
  }

  get #sessionCredit(): number {
    return this.sessionLimit - this.sessionSentBytes;
  }

  #confirm(chunk: Chunk, nowUs: number): void {
    if (chunk.confirmed) return;
    chunk.confirmed = true;
    if (chunk.takeover !== undefined) this.settle(chunk, nowUs);
    this.#host.confirmed(chunk);
  }

  #requeue(chunk: Chunk, nowUs: number, takeover?: TakeoverInProgress): void {
    if (chunk.copies > 0 || chunk.queued || chunk.confirmed) return;
    if (chunk.kind !== "data") {
      this.signal(chunk);
      return;
    }
    if (isSettled(chunk)) {
      this.settle(chunk, nowUs);
      return;
    }
    chunk.queued = true;
    this.queues.byName[chunk.stream.trafficClass].again.push(chunk);
    if (takeover === undefined) return;
    takeover.replayedBytes += chunk.payloadBytes;
    if (chunk.takeover !== undefined) return;
    chunk.takeover = takeover;
    takeover.pendingChunks += 1;
  }

  #sendSignals(carries: Carries, nowUs: number): void {
    while (this.#signals.size > 0) {
      const link = this.#quickest(carries);
      if (link === undefined) return;
      const chunk = this.#signals.shift()!;
      chunk.queued = false;
      this.#transmit(link, chunk, true, nowUs);
    }
  }

  /** The writable carrying link with the shorter round trip. */
  #quickest(carries: Carries): LinkIndex | undefined {
    const [first, second] = this.senders;
    const firstOpen = carries[0] && first.writable;
    const secondOpen = carries[1] && second.writable;
    if (firstOpen && secondOpen) return first.meter.roundTripMinUs <= second.meter.roundTripMinUs ? 0 : 1;
    return firstOpen ? 0 : secondOpen ? 1 : undefined;
  }

  #sendCopies(link: LinkIndex, nowUs: number): void {
    const copies = this.#copies[link];
    if (copies.size > copiesTidyMin) copies.retain((chunk) => !this.#dropSettled(chunk, nowUs));
    for (let chunk = copies.peek(); chunk !== undefined; chunk = copies.peek()) {
      if (!isSettled(chunk) && !this.senders[link].hasRoom(chunk.payloadBytes)) return;
      copies.shift();
      if (this.#dropSettled(chunk, nowUs)) continue;
      chunk.queued = false;
      this.#transmit(link, chunk, copies.size === 0, nowUs);
    }
  }

  #dropSettled(chunk: DataChunk, nowUs: number): boolean {
    if (!isSettled(chunk)) return false;
    chunk.queued = false;
    this.settle(chunk, nowUs);
    return true;
  }

  #sendOne(carries: Carries, nowUs: number): boolean {
    for (const queue of this.queues.inOrder()) {
      if (queue.paceUs > nowUs) continue;
      if (!queue.tidy(this.#sessionCredit, (chunk) => this.settle(chunk, nowUs))) continue;
      if (this.#sendFrom(queue, carries, nowUs)) return true;
    }
    return false;
  }

  #sendFrom(queue: ClassQueue, carries: Carries, nowUs: number): boolean {
    const again = queue.again.peek();
    const stream = again === undefined ? queue.streams.peek()! : again.stream;
    const credit = this.#sessionCredit;
    const largest = this.#payloadBytesMax(carries);
    const bytes = again === undefined ? stream.nextChunkBytes(largest, credit) : Math.min(again.payloadBytes, largest);
    const link = this.#chooseLink(queue, carries, bytes, credit);
    if (link === undefined) return false;
    const limit = Math.min(largest, this.senders[link].chunkPayloadBytesMax);
    const chunk = again === undefined ? this.#cut(queue, stream, limit) : this.#takeAgain(queue, again, limit);
    const limited = (queue.again.size === 0 && queue.streams.size === 0) || this.#pacer.isPaced(queue);
    this.#transmit(link, chunk, limited, nowUs);
    this.queues.served(queue, chunk, this.#sessionCredit);
    this.#pacer.sent(queue, chunk.payloadBytes, nowUs);
    const other: LinkIndex = link === 0 ? 1 : 0;
    if (this.#duplicates) this.#duplicate(chunk, other, carries, nowUs);
    else if (carries[other]) this.#tryLink(chunk, other, nowUs);
    return true;
  }

  /** The longest payload that the links it may go over take. */
  #payloadBytesMax(carries: Carries): number {
    const [first, second] = this.senders;
    if (!carries[0]) return second.payloadBytesMax;
    if (!carries[1]) return first.payloadBytesMax;
    if (this.#duplicates || this.#onTrial) return Math.min(first.chunkPayloadBytesMax, second.chunkPayloadBytesMax);
    return Math.max(first.chunkPayloadBytesMax, second.chunkPayloadBytesMax);
  }

  #chooseLink(queue: ClassQueue, carries: Carries, bytes: number, credit: number): LinkIndex | undefined {
    if (!this.#duplicates || !carries[0] || !carries[1]) {
      const waiting = carries[0] && carries[1] ? queue.waitingBytes(credit) : bytes;
      return chooseLink(this.senders, carries, bytes, waiting, queue.config.preferredLink);
    }
    for (const link of bothLinks) if (this.#copies[link].size === 0 && this.senders[link].hasRoom(bytes)) return link;
    return undefined;
  }

  #cut(queue: ClassQueue, stream: SendStream, bytesMax: number): DataChunk {
    const chunk = stream.cut(bytesMax, this.#sessionCredit);
    this.sessionSentBytes += chunk.payloadBytes;
    queue.streams.shift();
    if (stream.hasChunk(1)) queue.streams.push(stream);
    else stream.ready = false;
    return chunk;
  }

  #takeAgain(queue: ClassQueue, chunk: DataChunk, bytesMax: number): DataChunk {
    queue.again.shift();
    chunk.queued = false;
    if (chunk.payloadBytes <= bytesMax) return chunk;
    const rest = splitChunk(chunk, bytesMax);
    rest.queued = true;
    queue.again.push(rest);
    return chunk;
  }

  /** A link of unknown rate is measured with a copy: were it slow, nothing would wait for it. */
  #tryLink(chunk: DataChunk, link: LinkIndex, nowUs: number): void {
    const sender = this.senders[link];
    const bytes = chunk.payloadBytes;
    const onTrial = sender.meter.rate === 0 && sender.hasTrialRoom(bytes, 0);
    if (onTrial && bytes > 0 && bytes <= sender.payloadBytesMax) this.#transmit(link, chunk, true, nowUs);
  }

  #duplicate(chunk: DataChunk, link: LinkIndex, carries: Carries, nowUs: number): void {
    if (!carries[link]) return;
    if (this.#copies[link].size === 0 && this.senders[link].hasRoom(chunk.payloadBytes)) {
      this.#transmit(link, chunk, false, nowUs);
      return;
    }
    chunk.queued = true;
    this.#copies[link].push(chunk);
  }

  #transmit(link: LinkIndex, chunk: Chunk, limited: boolean, nowUs: number): void {
    const sender = this.senders[link];
    if (chunk.kind === "window" && this.#host.windowOf(chunk.streamId) === undefined) {
      chunk.confirmed = true;
      return;
    }
    const sequence = sender.send(chunk, limited, nowUs);
    const head = this.#encode(sender, chunk, sequence, limited);
    const payload = chunk.kind === "data" ? chunk.pieces : noPieces;
    if (sender.config.checksum) seal(head, payload);
    this.#host.outputs.push({ kind: "send", link, head, payload, urgent: false });
    if (this.#takeovers.length > 0 && chunk.takeover !== undefined) chunk.takeover.switchedUs ??= nowUs;
  }

  #encode(sender: LinkSender, chunk: Chunk, sequence: number, limited: boolean): Uint8Array {
    const { floor } = sender;
    switch (chunk.kind) {
      case "data": {
        const { stream, offset, payloadBytes, final } = chunk;
        const classNumber = trafficClasses.indexOf(stream.trafficClass);
        const ackSoon = limited || this.#onTrial || !sender.hasRoom(2 * payloadBytes);
        return encodeStreamHead(
          this.tag,
          sequence,
          floor,
          stream.id,
          offset,
          classNumber,
          final,
          ackSoon,
          payloadBytes,
        );
      }
      case "window": {
        const window = this.#host.windowOf(chunk.streamId)!;
        return encodeWindow(this.tag, { sequence, floor, stream: chunk.streamId, ...window });
      }
      case "reset": {
        const { streamId, code, finalOffset } = chunk;
        return encodeReset(this.tag, { sequence, floor, stream: streamId, code, finalOffset });
      }
    }
  }

  #emitTakeover(record: TakeoverRecord): void {
    this.#host.outputs.push({ kind: "takeover", record });
  }
}
