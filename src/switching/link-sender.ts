/** What is in flight on one link: sequence numbers out, confirmations in, losses found, room for more. */

import { assert } from "../base/assert.ts";
import { type Chunk, chunkBytes } from "./chunk.ts";
import type { LinkConfig } from "./config.ts";
import { LinkMeter } from "./link-meter.ts";

interface InFlight {
  readonly sequence: number;
  readonly chunk: Chunk;
  readonly bytes: number;
  readonly sentUs: number;
  readonly deliveredAtSend: number;
  readonly deliveredUsAtSend: number;
  readonly limited: boolean;
  gone: boolean;
}

/** A frame is taken for lost when one sent this many later has been confirmed (RFC 9002, kPacketThreshold). */
const lossThreshold = 3;
/** Never wait shorter than this for a confirmation. */
const probeTimeoutUsMin = 2_000;
/** While nothing is known of one link's rate and both carry, it is tried with copies, and neither holds more than this. */
const trialBytes = 131_072;
const trialPayloadBytes = 16_384;
/** A chunk takes a link that shares the data no longer than this, unless it is this small. */
const chunkUs = 2_000;
const chunkBytesMin = 4_096;
/** On a link that carries alone a chunk takes no longer than this, unless it is this small. */
const aloneUs = 500;
const aloneBytesMin = 131_072 - 48;
/** What a link of unknown rate holds. */
const unmeasuredBytes = 1_048_576;
/** Room for this many frames is always there, so that a rate can be measured. */
const framesInFlightMin = 8;

export class LinkSender {
  readonly config: LinkConfig;
  readonly meter: LinkMeter;
  nextSequence = 1;
  inFlightBytes = 0;
  /** False while the driver's own buffer for this link is full. */
  writable = true;
  /** Whether both links carry, by turns. */
  shares = false;
  /** When anything was last confirmed, or sent onto an idle link. */
  progressUs = 0;
  /** For how long since then neither process was stalled, by the heartbeats heard on the link. */
  aliveUs = 0;
  #aliveUntilUs = 0;
  #aliveTotalUs = 0;
  #timeoutBaseUs = 0;
  /** Consecutive timeouts without a confirmation. */
  timeouts = 0;
  #queue: InFlight[] = [];
  #first = 0;
  #largestConfirmed = 0;

  constructor(config: LinkConfig) {
    this.config = config;
    this.meter = new LinkMeter(config.rateHintBytesPerSecond);
  }

  get payloadBytesMax(): number {
    return this.config.frameBytesMax - 48;
  }

  /** The lowest sequence number still waited for. */
  get floor(): number {
    return this.#queue[this.#first]?.sequence ?? this.nextSequence;
  }

  /** Bytes the link should hold at most: at its rate, two round trips, the queue target and twice the longest recent pause. */
  get windowBytes(): number {
    const { config, meter } = this;
    const frameBytes = this.chunkPayloadBytesMax + 48;
    const least = framesInFlightMin * frameBytes;
    if (meter.rate === 0) return Math.min(Math.max(least, unmeasuredBytes), config.inFlightBytesMax);
    const target = meter.rate * (2 * meter.roundTripMinUs + config.queueTargetUs + 2 * meter.pauseUs);
    if (this.shares) return Math.min(Math.max(target, 2 * this.chunkPayloadBytesMax), config.inFlightBytesMax);
    return Math.min(Math.max(target, Math.min(least, meter.rate * 50_000), 2 * frameBytes), config.inFlightBytesMax);
  }

  hasRoom(bytes: number): boolean {
    return this.writable && (this.inFlightBytes === 0 || this.inFlightBytes + bytes <= this.windowBytes);
  }

  /**
   * Whether the link may be given `bytes` while it or the other link is on trial: no more than it carries until the other,
   * of this round trip, will have been measured.
   */
  hasTrialRoom(bytes: number, otherRoundTripUs: number): boolean {
    const { rate, roundTripMinUs } = this.meter;
    const most = rate === 0 ? trialBytes : 2 * rate * Math.max(roundTripMinUs, otherRoundTripUs);
    return this.hasRoom(bytes) && (this.inFlightBytes === 0 || this.inFlightBytes + bytes <= most);
  }

  /**
   * The longest payload to send now: long ones cost less, short ones keep urgent data from waiting. With both links carrying,
   * a slow one gets shorter ones still: nobody should wait for it.
   */
  get chunkPayloadBytesMax(): number {
    const { rate } = this.meter;
    if (!this.shares) return Math.min(this.payloadBytesMax, Math.max(aloneBytesMin, Math.floor(rate * aloneUs)));
    const most = rate === 0 ? trialPayloadBytes : Math.max(rate * chunkUs, chunkBytesMin);
    return Math.min(this.payloadBytesMax, Math.floor(most));
  }

  /** When `bytes` more would have arrived if sent now, in microseconds from now. */
  finishUs(bytes: number): number {
    const { rate, roundTripMinUs } = this.meter;
    return (rate === 0 ? 0 : (this.inFlightBytes + bytes) / rate) + roundTripMinUs / 2;
  }

  /** Takes a chunk in flight; returns its sequence number. `limited` when nothing waits behind it. */
  send(chunk: Chunk, limited: boolean, nowUs: number): number {
    const sequence = this.nextSequence++;
    const bytes = chunkBytes(chunk);
    const { meter } = this;
    if (this.inFlightBytes === 0) {
      meter.begin(nowUs);
      this.#progress(nowUs);
    }
    this.#queue.push({
      sequence,
      chunk,
      bytes,
      sentUs: nowUs,
      deliveredAtSend: meter.deliveredBytes,
      deliveredUsAtSend: meter.deliveredUs,
      limited,
      gone: false,
    });
    chunk.copies += 1;
    this.inFlightBytes += bytes;
    return sequence;
  }

  /** Takes a confirmation, kept back by the peer for `delayUs` (-1: unknown); `confirmed` is called for every chunk it is news for. */
  acknowledge(
    cumulative: number,
    ranges: readonly number[],
    delayUs: number,
    nowUs: number,
    confirmed: (chunk: Chunk) => void,
  ): void {
    assert(cumulative < this.nextSequence, "confirmations are checked before");
    let newest: InFlight | undefined;
    const take = (each: InFlight): void => {
      if (each.gone) return;
      each.gone = true;
      this.inFlightBytes -= each.bytes;
      this.meter.delivered(each.bytes, nowUs);
      newest = each;
      each.chunk.copies -= 1;
      confirmed(each.chunk);
    };
    const queue = this.#queue;
    let at = this.#first;
    while (at < queue.length && queue[at]!.sequence <= cumulative) take(queue[at++]!);
    for (let index = 0; index < ranges.length; index += 2) {
      while (at < queue.length && queue[at]!.sequence < ranges[index]!) at++;
      while (at < queue.length && queue[at]!.sequence <= ranges[index + 1]!) take(queue[at++]!);
    }
    if (newest === undefined) return;
    this.meter.notePause(nowUs - this.progressUs, nowUs);
    this.#progress(nowUs);
    this.timeouts = 0;
    this.#largestConfirmed = Math.max(this.#largestConfirmed, newest.sequence);
    if (delayUs >= 0) this.meter.sampleRoundTrip(nowUs - newest.sentUs - delayUs, nowUs);
    this.meter.sampleRate(newest.deliveredAtSend, newest.deliveredUsAtSend, newest.limited, nowUs);
    this.#trim();
  }

  /** On links that may lose: frames overtaken by confirmed ones are lost; `lost` is called for each. */
  findLosses(nowUs: number, lost: (chunk: Chunk) => void): void {
    if (this.config.reliable) return;
    const patienceUs = (9 / 8) * this.meter.roundTripUs;
    const queue = this.#queue;
    for (let at = this.#first; at < queue.length; at++) {
      const each = queue[at]!;
      if (each.sequence + lossThreshold > this.#largestConfirmed) break;
      if (!each.gone && nowUs - each.sentUs >= patienceUs) this.#lose(each, lost);
    }
    this.#trim();
  }

  /** When to give up waiting for the oldest frame; infinity on a reliable or idle link. */
  get timeoutDueUs(): number {
    const oldest = this.#queue[this.#first];
    if (this.config.reliable || oldest === undefined) return Number.POSITIVE_INFINITY;
    const { roundTripUs, roundTripVariationUs } = this.meter;
    const waitUs = Math.max(roundTripUs + 4 * roundTripVariationUs + 1_000, probeTimeoutUsMin);
    const sinceUs = Math.max(oldest.sentUs, this.#timeoutBaseUs);
    return sinceUs + Math.ceil(waitUs * 2 ** Math.min(this.timeouts, 10));
  }

  /** The oldest frame was waited for too long: it, and what was sent with it, is taken for lost. */
  timeOut(nowUs: number, lost: (chunk: Chunk) => void): void {
    this.timeouts += 1;
    this.#timeoutBaseUs = nowUs;
    const queue = this.#queue;
    for (let at = this.#first, count = 0; at < queue.length && count < framesInFlightMin; at++, count++)
      if (!queue[at]!.gone) this.#lose(queue[at]!, lost);
    this.#trim();
  }

  /** The link failed: everything in flight on it is handed back, oldest first. */
  fail(lost: (chunk: Chunk) => void): void {
    for (let at = this.#first; at < this.#queue.length; at++)
      if (!this.#queue[at]!.gone) this.#lose(this.#queue[at]!, lost);
    this.#queue = [];
    this.#first = 0;
    this.timeouts = 0;
  }

  /** A heartbeat shows that both processes live; of the time since the one before at most `spanUsMax` counts. */
  noteAlive(spanUsMax: number, nowUs: number): void {
    this.aliveUs += Math.min(nowUs - this.#aliveUntilUs, spanUsMax);
    this.#aliveUntilUs = nowUs;
  }

  /** The same by a monitor's count, which goes on while this session is idle. */
  noteAliveTotal(totalUs: number): void {
    this.aliveUs += totalUs - this.#aliveTotalUs;
    this.#aliveTotalUs = totalUs;
  }

  #progress(nowUs: number): void {
    this.progressUs = nowUs;
    this.aliveUs = 0;
    this.#aliveUntilUs = nowUs;
    this.#timeoutBaseUs = nowUs;
  }

  #lose(each: InFlight, lost: (chunk: Chunk) => void): void {
    each.gone = true;
    this.inFlightBytes -= each.bytes;
    each.chunk.copies -= 1;
    lost(each.chunk);
  }

  #trim(): void {
    const queue = this.#queue;
    while (this.#first < queue.length && queue[this.#first]!.gone) this.#first++;
    if (this.#first === queue.length) {
      queue.length = 0;
      this.#first = 0;
    } else if (this.#first >= 1_024) {
      this.#queue = queue.slice(this.#first);
      this.#first = 0;
    }
  }
}
