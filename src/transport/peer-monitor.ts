/**
 * Drives the one monitor of the links to a peer, a process on another host, for all sessions with it: heartbeat paths,
 * carrier and time go in, and every session is told what becomes of the links.
 */

import { assert } from "../base/assert.ts";
import {
  type LinkIndex,
  type MonitorInput,
  type MonitorOutput,
  type MonitorView,
  type PathChange,
  PathMonitor,
} from "../switching/index.ts";
import { watchCarrier } from "./carrier-watch.ts";
import { nowUs } from "./clock.ts";
import { DialGate } from "./dial-gate.ts";
import type { HeartbeatChannel } from "./heartbeat-channel.ts";
import type { HeartbeatSource } from "./heartbeat-source.ts";
import { interfaceOf } from "./interface-of.ts";
import type { TransportLogger } from "./options.ts";
import { PeerWord } from "./peer-word.ts";
import type { Credential } from "./proofs.ts";
import { type Runnable, runQueue } from "./run-queue.ts";
import type { Ticker } from "./ticker.ts";

/** A session, as its peer's monitor sees it. */
export interface MonitoredSession {
  readonly sessionId: number;
  /** The path of a link has changed. */
  pathChanged(link: LinkIndex, change: PathChange): void;
  isAttached(link: LinkIndex): boolean;
  /** Gives the connection of a link up, so that it is dialled again. */
  renewLink(link: LinkIndex, reason: string): void;
  /** A word of the session's other end came on the heartbeat path of a link. */
  wordArrived(link: LinkIndex, frame: Uint8Array, arrivedUs: number): void;
}

export interface PeerMonitorSettings {
  /** Names the peer and proves that one belongs to it; undefined until the first join has said so. */
  readonly credential: Credential | undefined;
  readonly source: HeartbeatSource;
  readonly intervalUs: number;
  readonly missesMax: number;
  /** Whether it is we who dial the peer, and open the heartbeat paths. */
  readonly dials: boolean;
  readonly logger: TransportLogger;
  /** Nobody shares it any more. */
  closed(): void;
}

const bothLinks: readonly LinkIndex[] = [0, 1];
/** Sessions that are told of a change in one turn. */
const turnSessionsMax = 256;
/** A new heartbeat path that has not carried both ways after this is dead. */
const provingUs = 500_000;
/** Sessions that dial a link of this peer at once. */
const dialsMax = 16;
/** The monitor is told of data that arrives at most this often. */
const arrivingEveryUs = 250;
/** Words of sessions that go out in one heartbeat interval, on both links; more are left out, they repeat acknowledgements. */
const wordsPerInterval = 32;

export class PeerMonitor implements Runnable {
  credential: Credential | undefined;
  readonly #settings: PeerMonitorSettings;
  readonly #monitor: PathMonitor;
  readonly #ticker: Ticker;
  readonly #sessions = new Map<number, MonitoredSession>();
  /** How many sessions are about to join. */
  #holds = 0;
  readonly #gates: readonly [DialGate, DialGate];
  readonly #channels: [HeartbeatChannel | undefined, HeartbeatChannel | undefined] = [undefined, undefined];
  /** When they were adopted. */
  readonly #adoptedUs: [number, number] = [0, 0];
  /** Links on which a new heartbeat path is being opened. */
  readonly #opening: [boolean, boolean] = [false, false];
  readonly #interfaces: [string | undefined, string | undefined] = [undefined, undefined];
  /** Changes that sessions are yet to be told of, and who is to be told of the first. */
  readonly #changes: Extract<MonitorOutput, { kind: "path" }>[] = [];
  #untold: MonitoredSession[] = [];
  readonly #word = new PeerWord();
  readonly #expecting: [NodeJS.Timeout | undefined, NodeJS.Timeout | undefined] = [undefined, undefined];
  readonly #arrivingUs: [number, number] = [0, 0];
  #wordsUntilUs = 0;
  #words = 0;
  #isHandling = false;
  #isClosed = false;
  #lastUs = 0;
  readonly #stopCarrierWatch: () => void;
  readonly #stopLoadWatch: () => void;

  constructor(settings: PeerMonitorSettings) {
    const { credential, source, intervalUs, missesMax, logger } = settings;
    this.credential = credential;
    this.#settings = settings;
    this.#monitor = new PathMonitor(
      { heartbeatIntervalUs: intervalUs, missesMax, watched: source.kernel },
      this.#now(),
    );
    this.#ticker = source.createTicker((drainedUs) =>
      this.#input(drainedUs === undefined ? { kind: "tick" } : { kind: "tick", drainedUs }),
    );
    const setInterval = () =>
      this.#input({ kind: "interval", intervalUs: Math.max(intervalUs, source.load.leastIntervalUs) });
    this.#stopLoadWatch = source.load.watch(setInterval);
    const gate = (link: LinkIndex) => new DialGate(() => (this.#isDead(link) ? 1 : dialsMax));
    this.#gates = [gate(0), gate(1)];
    this.#stopCarrierWatch = watchCarrier((name, up, atUs) => this.#carrier(name, up, atUs), logger);
    setInterval();
    this.#arm();
  }

  /** What the cores of sessions read. */
  get view(): MonitorView {
    return this.#monitor;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** A session shares the monitor from now on, until {@link leave}. It is told how the links are. */
  join(session: MonitoredSession): void {
    this.#sessions.set(session.sessionId, session);
    for (const link of bothLinks)
      for (const change of this.#monitor.changesSoFar(link, this.#now())) session.pathChanged(link, change);
  }

  /** The monitor ends with its last session. */
  leave(session: MonitoredSession): void {
    this.#sessions.delete(session.sessionId);
    this.#closeIfIdle();
  }

  /** Keeps the monitor while a session is about to join; the returned function ends that. */
  hold(): () => void {
    this.#holds += 1;
    return () => {
      this.#holds -= 1;
      this.#closeIfIdle();
    };
  }

  /** Resolves when a session may dial this link, with what it calls once it is through. */
  mayDial(link: LinkIndex, signal: AbortSignal): Promise<() => void> {
    return this.#gates[link].enter(signal);
  }

  /** Whether a session should open a heartbeat path on this link when it connects: there is none, or it is dead. */
  wantsPath(link: LinkIndex): boolean {
    if (this.#isClosed || this.#opening[link]) return false;
    return this.#channels[link] === undefined || this.#isDead(link);
  }

  /**
   * Opens a heartbeat path on a link's local address, bound to an interface if one is named, to be given to {@link adopt} or
   * {@link giveUp}.
   */
  async openPath(link: LinkIndex, localAddress: string, interfaceName: string | undefined): Promise<HeartbeatChannel> {
    const { source, intervalUs, missesMax } = this.#settings;
    this.#opening[link] = true;
    try {
      const channel: HeartbeatChannel = await source.open({
        localAddress,
        interfaceName,
        intervalUs,
        missesMax,
        received: (frame, arrivedUs) => {
          if (this.#channels[link] === channel) this.#heartbeat(link, frame, arrivedUs);
        },
        receivedWord: (sessionId, frame, arrivedUs) => {
          if (this.#channels[link] === channel) this.#sessions.get(sessionId)?.wordArrived(link, frame, arrivedUs);
        },
      });
      this.#interfaces[link] = interfaceName ?? interfaceOf(localAddress);
      return channel;
    } catch (error) {
      this.#opening[link] = false;
      throw error;
    }
  }

  /** The path is known to both sides, and started: it replaces an older one. */
  adopt(link: LinkIndex, channel: HeartbeatChannel): void {
    this.#opening[link] = false;
    if (this.#isClosed) {
      channel.close();
      return;
    }
    this.#channels[link]?.close();
    this.#channels[link] = channel;
    this.#adoptedUs[link] = this.#now();
    channel.share(this.#word);
    this.#input({ kind: "attach", link });
  }

  /** The connection that was to open the path came to nothing. */
  giveUp(link: LinkIndex, channel: HeartbeatChannel): void {
    this.#opening[link] = false;
    channel.close();
  }

  /** A connection of a session has just been made on the link: it has carrier, whatever was said before. */
  connected(link: LinkIndex): void {
    this.#input({ kind: "carrier", link, up: true });
    this.#expectPath(link);
  }

  /** Data of a session has come on its connection of the link. */
  arriving(link: LinkIndex, connectionFd: number): void {
    this.#channels[link]?.noteConnection(connectionFd);
    const atUs = this.#now();
    if (atUs < this.#arrivingUs[link] + arrivingEveryUs) return;
    this.#arrivingUs[link] = atUs;
    this.#input({ kind: "arriving", link });
  }

  /** Sends the word of a session on the heartbeat path of a link, where it does not queue behind data; it may be lost. */
  sendWord(link: LinkIndex, sessionId: number, frame: Uint8Array): void {
    const atUs = this.#now();
    if (atUs >= this.#wordsUntilUs) {
      this.#wordsUntilUs = atUs + this.#settings.intervalUs;
      this.#words = 0;
    }
    if (++this.#words <= wordsPerInterval) this.#channels[link]?.sendWord(sessionId, frame);
  }

  /** One turn, for the queue: tells sessions what has become of the links, and when to look at them again. */
  run(): boolean {
    if (!this.#isClosed) this.#arm();
    for (let count = 0; count < turnSessionsMax && this.#changes.length > 0; ) {
      const { link, change } = this.#changes[0]!;
      for (; count < turnSessionsMax && this.#untold.length > 0; count++) {
        const session = this.#untold.pop()!;
        if (this.#sessions.get(session.sessionId) === session) session.pathChanged(link, change);
      }
      if (this.#untold.length > 0) break;
      this.#changes.shift();
      if (this.#changes.length > 0) this.#untold = [...this.#sessions.values()];
    }
    return this.#changes.length > 0;
  }

  /** Ends the heartbeats. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const timer of this.#expecting) clearTimeout(timer);
    for (const gate of this.#gates) gate.look();
    this.#ticker.stop();
    this.#stopLoadWatch();
    this.#stopCarrierWatch();
    runQueue.remove(this);
    for (const link of bothLinks) {
      this.#channels[link]?.close();
      this.#channels[link] = undefined;
    }
    this.#settings.closed();
  }

  /**
   * Connections without a heartbeat path that carries are of no use, and where the one that was to bring it has failed,
   * nobody else would: one session dials again.
   */
  #expectPath(link: LinkIndex): void {
    const isPending = this.#expecting[link] !== undefined;
    if (!this.#settings.dials || this.#isClosed || isPending || this.#isProven(link)) return;
    const look = () => {
      this.#expecting[link] = undefined;
      if (this.#isProven(link) || this.#opening[link]) return;
      // One that has the other link too: a listener forgets a session that has none before both sides know each other.
      const other = link === 0 ? 1 : 0;
      const attached = [...this.#sessions.values()].filter((each) => each.isAttached(link));
      const session = attached.find((each) => each.isAttached(other));
      session?.renewLink(link, "no heartbeat path");
      if (session === undefined && attached.length > 0) this.#expectPath(link);
    };
    this.#expecting[link] = setTimeout(look, provingUs / 1_000).unref();
  }

  #closeIfIdle(): void {
    if (this.#sessions.size === 0 && this.#holds === 0) this.close();
  }

  /** Whether there is a heartbeat path on the link, and nothing comes of it. A new one is given time to prove itself. */
  #isDead(link: LinkIndex): boolean {
    if (this.#isClosed || this.#channels[link] === undefined) return false;
    if (this.#now() < this.#adoptedUs[link] + provingUs) return false;
    return !this.#isProven(link);
  }

  #isProven(link: LinkIndex): boolean {
    return this.#monitor.changesSoFar(link, this.#now()).length > 0;
  }

  #now(): number {
    this.#lastUs = Math.max(this.#lastUs, nowUs());
    return this.#lastUs;
  }

  #heartbeat(link: LinkIndex, frame: Uint8Array | undefined, arrivedUs: number): void {
    if (frame === undefined) this.#input({ kind: "arriving", link, arrivedUs });
    else this.#input({ kind: "frame", link, bytes: frame, arrivedUs });
  }

  /** The kernel says that an interface has carrier or not. */
  #carrier(interfaceName: string, up: boolean, atUs: number): void {
    for (const link of bothLinks) {
      if (this.#interfaces[link] !== interfaceName) continue;
      this.#settings.logger.info({ link, interfaceName, up }, "carrier");
      this.#input({ kind: "carrier", link, up, occurredUs: Math.min(atUs, this.#now()) });
    }
  }

  /** Heartbeats go at once; sessions are told in turns. */
  #input(input: MonitorInput): void {
    if (this.#isClosed) return;
    assert(!this.#isHandling, "a monitor never re-enters itself");
    this.#isHandling = true;
    let outputs: MonitorOutput[];
    try {
      outputs = this.#monitor.handle(input, this.#now());
    } finally {
      this.#isHandling = false;
    }
    for (const output of outputs) {
      if (output.kind === "send") this.#channels[output.link]?.send(output.head);
      else this.#change(output);
    }
    runQueue.add(this);
  }

  #change(output: Extract<MonitorOutput, { kind: "path" }>): void {
    const { event } = output.change;
    const isDoubt = event === "missed" || event === "heard";
    this.#settings.logger[isDoubt ? "debug" : "info"]({ link: output.link, event }, "path");
    this.#gates[output.link].look();
    this.#changes.push(output);
    if (this.#changes.length === 1) this.#untold = [...this.#sessions.values()];
  }

  #arm(): void {
    const { isCalm, silenceUs } = this.#monitor.watched;
    for (const channel of this.#channels) channel?.watch(isCalm, silenceUs, this.#monitor.intervalUs);
    this.#ticker.arm(this.#monitor.nextDeadlineUs());
  }
}
