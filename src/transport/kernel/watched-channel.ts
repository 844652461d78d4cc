/** One link's heartbeats in the worker: repeats ours on the beat, takes the peer's, and knows how long the link is silent. */

import type { KeyObject } from "node:crypto";
import { flagOnBoth, flagProbe, flagRepeated, heartbeatAt } from "../../switching/codec/layout.ts";
import { nowUs } from "../clock.ts";
import { DatagramOpener, datagramBytesMax, isWord, sealDatagram, sealingKey } from "../heartbeat-channel.ts";
import type { PeerWord } from "../peer-word.ts";
import { ArrivingBytes } from "./arriving-bytes.ts";
import { readTime, writeTime } from "./frame-times.ts";
import { HeartbeatRing } from "./heartbeat-ring.ts";
import { constants, type Libc } from "./libc.ts";
import { Mailbox } from "./mailbox.ts";
import { channelMemory, type ToWorker, watchTimes, wordSlots } from "./worker-messages.ts";

/** Heartbeats stop when the main thread has said nothing for this long, or three intervals: it hangs, and the peer must learn it. */
const staleUs = 2_000_000;

/** How soon the main thread should look at what has come. */
export const urgency = { none: 0, whenBusy: 1, atOnce: 2 } as const;
export type Urgency = (typeof urgency)[keyof typeof urgency];

export class WatchedChannel {
  readonly fd: number;
  readonly interfaceName: string | undefined;
  dueUs = nowUs();
  readonly #libc: Libc;
  readonly #sendKey: KeyObject;
  readonly #opener: DatagramOpener;
  readonly #outgoing: Mailbox;
  readonly #incoming: HeartbeatRing;
  readonly #words: HeartbeatRing;
  readonly #watch: Float64Array;
  readonly #bytes: ArrivingBytes;
  readonly #received = Buffer.alloc(datagramBytesMax + 1);
  readonly #sealed = Buffer.alloc(datagramBytesMax);
  readonly #latest = Buffer.alloc(heartbeatAt.limitEnd - heartbeatAt.floor);
  #template: Buffer | undefined;
  #templateUs = 0;
  #ready: Buffer | undefined;
  #word: PeerWord | undefined;
  #peerSentUs = 0;
  #heardUs = 0;
  /** When bytes of the connection were last seen to arrive while heartbeats were missing. */
  #aliveUs = 0;
  /** Whom the peer heard by its latest heartbeat. */
  #hears = -1;
  #silenceTold = false;
  #silenceTellUs = 0;

  constructor(libc: Libc, setup: Extract<ToWorker, { kind: "open" }>) {
    this.#libc = libc;
    this.fd = setup.fd;
    this.interfaceName = setup.interfaceName;
    this.#sendKey = sealingKey(setup.sendKey);
    this.#opener = new DatagramOpener(setup.receiveKey);
    this.#outgoing = new Mailbox(setup.memory, channelMemory.outgoing);
    this.#incoming = new HeartbeatRing(setup.memory, channelMemory.incoming, setup.slots);
    this.#words = new HeartbeatRing(setup.memory, channelMemory.words, wordSlots);
    this.#watch = new Float64Array(setup.memory, channelMemory.watch, 4);
    this.#bytes = new ArrivingBytes(libc, setup.memory, channelMemory.connections);
  }

  /** From now on heartbeats say what stands here, for both links. */
  share(word: PeerWord): void {
    this.#word = word;
  }

  /** Makes the heartbeat ready if it is due: all links' are sent together, so that no link looks later than the other. */
  prepare(atUs: number): void {
    if (atUs < this.dueUs) return;
    this.dueUs = (Math.floor(atUs / this.#intervalUs) + 1) * this.#intervalUs;
    this.#ready = this.#seal(flagOnBoth, atUs);
  }

  sendReady(): void {
    const datagram = this.#ready;
    if (datagram === undefined) return;
    this.#ready = undefined;
    this.#libc.send(this.fd, datagram, datagram.length, constants.msgDontWait);
  }

  /** Takes everything that has arrived. */
  receive(): Urgency {
    let most: Urgency = urgency.none;
    for (;;) {
      const bytes = this.#libc.recv(this.fd, this.#received, this.#received.length, constants.msgDontWait);
      if (bytes <= 0) return most;
      const body = this.#opener.open(this.#received.subarray(0, bytes));
      if (body === undefined) continue;
      const how = isWord(body) ? this.#takeWord(body) : this.#take(body);
      if (how > most) most = how;
    }
  }

  /** When the link will have been silent for too long; then on every beat again. */
  get silentDueUs(): number {
    if (this.#peerSentUs === 0) return Number.POSITIVE_INFINITY;
    const dueUs = Math.max(this.#heardUs, this.#aliveUs) + this.#watch[watchTimes.silenceUs]!;
    return this.#silenceTold ? Math.max(dueUs, this.#silenceTellUs) : dueUs;
  }

  /** Whether a heartbeat is missing. */
  isOverdue(atUs: number): boolean {
    return this.#peerSentUs > 0 && atUs - this.#heardUs > this.#intervalUs;
  }

  /** While heartbeats queue behind data on their way, the data shows that the link lives. */
  lookAtConnection(atUs: number): void {
    if (!this.#bytes.look(atUs, this.#watch[watchTimes.silenceUs]!)) return;
    this.#aliveUs = atUs;
    this.#watch[watchTimes.aliveUs] = atUs;
  }

  get #intervalUs(): number {
    return this.#watch[watchTimes.intervalUs]!;
  }

  /** Notes that the silence is told; the peer is asked whether it is there the first time. */
  tellSilence(atUs: number): void {
    this.#silenceTellUs = atUs + this.#intervalUs;
    if (this.#silenceTold) return;
    this.#silenceTold = true;
    this.#sendNow(flagProbe, atUs);
  }

  close(): void {
    this.#libc.close(this.fd);
  }

  #take(frame: Buffer): Urgency {
    const arrivedUs = nowUs();
    this.#peerSentUs = readTime(frame, heartbeatAt.sentUs);
    this.#heardUs = arrivedUs;
    // A silence that ends is news.
    const isNews = frame[heartbeatAt.hears] !== this.#hears || this.#silenceTold;
    const isProgress = this.#latest.compare(frame, heartbeatAt.floor, heartbeatAt.limitEnd) !== 0;
    this.#hears = frame[heartbeatAt.hears]!;
    this.#silenceTold = false;
    if (isProgress) frame.copy(this.#latest, 0, heartbeatAt.floor, heartbeatAt.limitEnd);
    this.#incoming.write(frame, arrivedUs);
    // The peer asks whether the link lives: it does, whatever our main thread is doing.
    if ((frame[heartbeatAt.flags]! & flagProbe) !== 0) this.#sendNow(0, arrivedUs);
    if (isNews || this.#watch[watchTimes.isCalm] !== 1) return urgency.atOnce;
    return isProgress ? urgency.whenBusy : urgency.none;
  }

  /** A session confirms what it has: whoever waits for that is busy anyway, and is told by its connection too. */
  #takeWord(body: Buffer): Urgency {
    this.#words.write(body, nowUs());
    return urgency.whenBusy;
  }

  #sendNow(flags: number, atUs: number): void {
    const datagram = this.#seal(flags, atUs);
    if (datagram !== undefined) this.#libc.send(this.fd, datagram, datagram.length, constants.msgDontWait);
  }

  /** Our latest heartbeat with the times of now; undefined when there is none, or the main thread hangs. */
  #seal(flags: number, atUs: number): Buffer | undefined {
    const fresh = this.#outgoing.take();
    if (fresh !== undefined) {
      this.#template = fresh;
      this.#templateUs = this.#outgoing.atUs;
    }
    const template = this.#template;
    const writtenUs = this.#word?.writtenUs ?? this.#templateUs;
    if (template === undefined || atUs - writtenUs > Math.max(staleUs, 3 * this.#intervalUs)) return undefined;
    template[heartbeatAt.flags] = flags | (fresh === undefined ? flagRepeated : 0);
    this.#stamp(template);
    if (this.#peerSentUs > 0) {
      writeTime(template, this.#peerSentUs, heartbeatAt.echoSentUs);
      template.writeUInt32BE(Math.min(Math.max(atUs - this.#heardUs, 0), 0xffff_ffff), heartbeatAt.echoHeldUs);
    }
    return sealDatagram(template, this.#sendKey, this.#sealed);
  }

  /**
   * The time, and whom we hear at that time: a repeated word that is older than its time would take back what the other
   * link has told meanwhile, and the peer would blame the link that we are said not to hear.
   */
  #stamp(template: Buffer): void {
    let hears: number;
    do {
      hears = this.#word?.hears ?? template[heartbeatAt.hears]!;
      template[heartbeatAt.hears] = hears;
      writeTime(template, nowUs(), heartbeatAt.sentUs);
    } while (this.#word !== undefined && this.#word.hears !== hears);
  }
}
