/**
 * Heartbeats by the kernel calls of Linux: a worker thread keeps them punctual while this thread is busy, and wakes it
 * when a session's core wants to be told the time.
 */

import type { KeyObject } from "node:crypto";
import { Worker } from "node:worker_threads";
import { heartbeatAt } from "../../switching/codec/layout.ts";
import { nowUs } from "../clock.ts";
import { type HeartbeatChannel, openWord, sealDatagram, sealingKey, sealWord } from "../heartbeat-channel.ts";
import { HeartbeatLoad } from "../heartbeat-load.ts";
import type { HeartbeatSource, OpenHeartbeats } from "../heartbeat-source.ts";
import { interfaceOf } from "../interface-of.ts";
import type { PeerWord } from "../peer-word.ts";
import { runQueue } from "../run-queue.ts";
import type { Tick, Ticker } from "../ticker.ts";
import { ConnectionList } from "./arriving-bytes.ts";
import { bindTo, openSocket } from "./bound-socket.ts";
import { Deadline, Deadlines } from "./deadlines.ts";
import { writeTime } from "./frame-times.ts";
import { HeartbeatRing, slotsFor } from "./heartbeat-ring.ts";
import { constants, type Libc, loadLibc } from "./libc.ts";
import { Mailbox } from "./mailbox.ts";
import { encodeSocketAddress, familyOf, portOf } from "./socket-address.ts";
import {
  channelBytes,
  channelMemory,
  type FromWorker,
  sharedTimes,
  sharedTimesBytes,
  type ToWorker,
  watchTimes,
  wordSlots,
} from "./worker-messages.ts";

/** A carrier event of the kernel. */
export type CarrierListener = (interfaceName: string, up: boolean, atUs: number) => void;

/** The worker is not woken from its sleep for less than this: it looks at what is due on every beat. */
const worthWakingUs = 1_000;

/** A heartbeat sent and one received take some 20 us of the worker: a quarter of a processor for all. */
const pathUs = 80;

interface OpenChannel {
  /** Hands on what has come since: as many heartbeats as prove a silence, and the words of sessions. */
  drain(): void;
}

export class KernelHeartbeats implements HeartbeatSource {
  readonly kernel = true;
  readonly load = new HeartbeatLoad(pathUs);
  readonly #libc: Libc;
  readonly #worker: Worker;
  readonly #wakeFd: number;
  readonly #times: Float64Array;
  readonly #channels = new Set<OpenChannel>();
  readonly #deadlines = new Deadlines();
  readonly #tickers = new Set<Deadline>();
  readonly #one = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  #carrierListeners = new Set<CarrierListener>();
  #channelsOpened = 0;
  #noCarrierEvents: (reason: string) => void = () => {};

  constructor(libc: Libc, workerFile: URL) {
    this.#libc = libc;
    const times = new SharedArrayBuffer(sharedTimesBytes);
    this.#times = new Float64Array(times);
    this.#times[sharedTimes.dueUs] = Number.POSITIVE_INFINITY;
    this.#times[sharedTimes.sleepsUntilUs] = Number.POSITIVE_INFINITY;
    this.#wakeFd = libc.eventfd(0, constants.eventNonblocking);
    this.#worker = new Worker(workerFile, { workerData: { times, wakeFd: this.#wakeFd } });
    this.#worker.on("message", (message: FromWorker) => this.#hear(message));
    // After the listener, which would hold the process again.
    this.#worker.unref();
    runQueue.poll = () => this.#lookForNews();
  }

  open: OpenHeartbeats = async ({ localAddress, interfaceName, intervalUs, missesMax, received, receivedWord }) => {
    const fd = this.#bindDatagrams(localAddress, interfaceName);
    const on = interfaceName ?? interfaceOf(localAddress);
    const channel = ++this.#channelsOpened;
    const slots = slotsFor(missesMax + 1);
    const memory = new SharedArrayBuffer(channelBytes(slots));
    const outgoing = new Mailbox(memory, channelMemory.outgoing);
    const incoming = new HeartbeatRing(memory, channelMemory.incoming, slots);
    const words = new HeartbeatRing(memory, channelMemory.words, wordSlots);
    const connections = new ConnectionList(memory, channelMemory.connections);
    const watch = new Float64Array(memory, channelMemory.watch, 4);
    watch[watchTimes.intervalUs] = intervalUs;
    const release = this.load.open();
    let aliveUs = 0;
    let key: KeyObject | undefined;
    let hears = -1;
    let word: PeerWord | undefined;
    let closed = false;
    const transmit = (datagram: Buffer) => this.#libc.send(fd, datagram, datagram.length, constants.msgDontWait);
    const opened: HeartbeatChannel = {
      port: this.#portOf(fd),
      share: (shared) => {
        word = shared;
        this.#tell({ kind: "share", channel, word: shared.memory });
      },
      start: (to) => {
        if (closed) return;
        const address = encodeSocketAddress(to.address, to.port);
        this.#libc.connect(fd, address, address.length);
        key = sealingKey(to.sendKey);
        const { sendKey, receiveKey } = to;
        this.#tell({ kind: "open", channel, fd, memory, slots, sendKey, receiveKey, interfaceName: on });
      },
      send: (frame) => {
        if (key === undefined || closed) return;
        // Before anything has a later time: the worker stamps what it repeats with what stands here.
        word?.write(frame[heartbeatAt.hears]!, nowUs());
        writeTime(frame, nowUs(), heartbeatAt.sentUs);
        const isProbe = (frame[heartbeatAt.flags]! & 1) !== 0;
        // Probes and news of what we hear go at once; the worker sends the rest on the beat.
        if (isProbe || frame[heartbeatAt.hears] !== hears) transmit(sealDatagram(frame, key));
        hears = frame[heartbeatAt.hears]!;
        // A probe's word is no less the latest: the worker sets the flags itself.
        outgoing.write(frame, nowUs());
      },
      sendWord: (sessionId, frame) => {
        if (key !== undefined && !closed) transmit(sealWord(sessionId, frame, key));
      },
      watch: (isCalm, silenceUs, beatUs) => {
        watch[watchTimes.isCalm] = isCalm ? 1 : 0;
        watch[watchTimes.silenceUs] = silenceUs;
        watch[watchTimes.intervalUs] = beatUs;
      },
      noteConnection: (connectionFd) => connections.note(connectionFd),
      close: () => {
        if (closed) return;
        closed = true;
        release();
        this.#channels.delete(draining);
        if (key === undefined) this.#libc.close(fd);
        else this.#tell({ kind: "close", channel });
      },
    };
    const draining: OpenChannel = {
      drain: () => {
        incoming.skipToLatest(missesMax + 1);
        for (let frame = incoming.take(); frame !== undefined && !closed; frame = incoming.take())
          received(frame, incoming.arrivedUs);
        for (let body = words.take(); body !== undefined && !closed; body = words.take()) {
          const said = openWord(body);
          if (said !== undefined) receivedWord(said.sessionId, said.frame, words.arrivedUs);
        }
        const seenUs = watch[watchTimes.aliveUs]!;
        if (seenUs <= aliveUs || closed) return;
        aliveUs = seenUs;
        received(undefined, seenUs);
      },
    };
    this.#channels.add(draining);
    return opened;
  };

  createTicker(tick: Tick): Ticker {
    const deadline = new Deadline(tick);
    this.#tickers.add(deadline);
    return {
      arm: (dueUs) => {
        if (deadline.fire === undefined) return;
        this.#deadlines.set(deadline, dueUs);
        this.#arm(dueUs);
      },
      stop: () => {
        deadline.fire = undefined;
        this.#tickers.delete(deadline);
      },
    };
  }

  /** Reports carrier changes of any interface until the returned function is called, or `failed` says that it cannot. */
  watchCarrier(listener: CarrierListener, failed: (reason: string) => void): () => void {
    this.#noCarrierEvents = failed;
    this.#carrierListeners.add(listener);
    this.#tell({ kind: "watchCarrier" });
    return () => this.#carrierListeners.delete(listener);
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case "wake":
        runQueue.during(() => this.#wake());
        break;
      case "carrier":
        for (const listener of this.#carrierListeners) listener(message.interfaceName, message.up, message.atUs);
        break;
      case "noCarrierEvents":
        this.#noCarrierEvents(message.reason);
        break;
    }
  }

  /**
   * Everything that has arrived on any link is handed on before any core is told that time has passed. Part of the loop of
   * all sessions: what comes of it has its turn afterwards.
   */
  #wake(): void {
    const times = this.#times;
    times[sharedTimes.wakePosted] = 0;
    times[sharedTimes.news] = 0;
    const isSilent = times[sharedTimes.silence] === 1;
    times[sharedTimes.silence] = 0;
    // Read before the heartbeats: those that come meanwhile prove nothing about the others.
    const drainedUs = times[sharedTimes.drainedUs]!;
    for (const channel of this.#channels) channel.drain();
    const due = this.#deadlines.takeDue(nowUs());
    for (const deadline of isSilent ? [...this.#tickers] : due) deadline.fire?.(drainedUs);
    this.#arm(this.#deadlines.nextUs);
  }

  /** A wake that has been posted waits for the event loop, which may have megabytes to read first. */
  #lookForNews(): void {
    if (this.#times[sharedTimes.wakePosted] === 1 || this.#times[sharedTimes.news] === 1) this.#wake();
  }

  #arm(dueUs: number): void {
    // A wake under way looks at everything anyway.
    if (this.#times[sharedTimes.wakePosted] === 1 || dueUs >= this.#times[sharedTimes.dueUs]!) return;
    this.#times[sharedTimes.dueUs] = dueUs;
    if (dueUs + worthWakingUs < this.#times[sharedTimes.sleepsUntilUs]!) this.#poke();
  }

  #poke(): void {
    this.#libc.write(this.#wakeFd, this.#one, 8);
  }

  #tell(message: ToWorker): void {
    this.#worker.postMessage(message);
    this.#poke();
  }

  #bindDatagrams(localAddress: string, interfaceName: string | undefined): number {
    const fd = openSocket(this.#libc, familyOf(localAddress), constants.sockDatagram, interfaceName);
    bindTo(this.#libc, fd, localAddress, 0);
    return fd;
  }

  #portOf(fd: number): number {
    const address = Buffer.alloc(32);
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(address.length);
    this.#libc.getsockname(fd, address, bytes);
    return portOf(address);
  }
}

let shared: KernelHeartbeats | undefined;

/** The process's one source of kernel heartbeats; undefined where koffi, Linux or the built worker is missing. */
export function kernelHeartbeats(): KernelHeartbeats | undefined {
  if (shared !== undefined) return shared;
  const libc = loadLibc();
  // Node 20 starts no worker from TypeScript: from the sources the portable heartbeats serve.
  if (libc === undefined || !import.meta.url.endsWith(".js")) return undefined;
  shared = new KernelHeartbeats(libc, new URL("./worker.js", import.meta.url));
  return shared;
}
