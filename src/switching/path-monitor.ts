/**
 * Watches the two links between two processes for all their sessions: one stream of heartbeats each way on each link, and
 * one judgement, however many sessions there are. Sans-IO, like {@link Endpoint}: inputs and the time go in, outputs come
 * out, `nextDeadlineUs` says when to tick next.
 *
 * It knows the paths only. What is a session's own stays with it: its connections, its mode, hold-down and damping.
 */

import { unreachable } from "../base/assert.ts";
import { Acknowledger } from "./acknowledger.ts";
import { decodeFrame } from "./codec/decode.ts";
import type { HeartbeatFrame } from "./codec/frames.ts";
import { bothLinks, defaultHealth, heartbeatIntervalUsMax, type LinkIndex } from "./config.ts";
import { defaultDamping } from "./flap-damping.ts";
import { HeartbeatWriter } from "./heartbeat-writer.ts";
import { aliveSpanUs, canCarry } from "./link-health.ts";
import type { LinkEvent } from "./link-states.ts";
import { LinkPairController } from "./pair-controller.ts";
import type { LinkFault, PairInput, PairOutput, PathChange } from "./pair-inputs.ts";

export interface MonitorConfig {
  /** Time between two heartbeats on each link; 100 us to 60 s. */
  readonly heartbeatIntervalUs: number;
  /** A path is blamed after this many intervals of silence; 2 to 255. */
  readonly missesMax: number;
  /** As {@link PairConfig.watched}. */
  readonly watched: boolean;
}

export type MonitorInput =
  /** There is a heartbeat path on this link. */
  | { readonly kind: "attach"; readonly link: LinkIndex }
  | { readonly kind: "detach"; readonly link: LinkIndex }
  | { readonly kind: "carrier"; readonly link: LinkIndex; readonly up: boolean; readonly occurredUs?: number }
  /** A heartbeat of the peer's monitor; `arrivedUs` is when it came, if that was before now. */
  | { readonly kind: "frame"; readonly link: LinkIndex; readonly bytes: Uint8Array; readonly arrivedUs?: number }
  /** Anything else of the peer came on the link. */
  | { readonly kind: "arriving"; readonly link: LinkIndex; readonly arrivedUs?: number }
  /**
   * Our heartbeats are to come at another interval, as when there are too many links to watch for the one that was wanted. A
   * longer one is announced for a while before it is used.
   */
  | { readonly kind: "interval"; readonly intervalUs: number }
  /** As the tick of an {@link Endpoint}. */
  | { readonly kind: "tick"; readonly drainedUs?: number };

export type MonitorOutput =
  | { readonly kind: "send"; readonly link: LinkIndex; readonly head: Uint8Array }
  /** For every session over these links ({@link Input} `monitored`). */
  | { readonly kind: "path"; readonly link: LinkIndex; readonly change: PathChange };

/** What sessions read of the monitor of their links. */
export interface MonitorView {
  /** When anything was last heard on the link; minus infinity when nothing ever was. */
  lastHeardUs(link: LinkIndex): number;
  /** For how long in all neither process was stalled, by the heartbeats heard on the link. */
  aliveUs(link: LinkIndex): number;
  /** The latest round trip seen on the link, and how many have been seen. */
  roundTripUs(link: LinkIndex): number;
  roundTrips(link: LinkIndex): number;
}

/** A longer interval is announced for so many of the old ones, and for this long. */
const announceIntervals = 20;
const announceUsMin = 200_000;

interface MonitoredLink {
  readonly acknowledger: Acknowledger;
  aliveUs: number;
  aliveUntilUs: number;
  roundTripUs: number;
  roundTrips: number;
}

/** Heartbeats of monitors belong to no session, and speak of no connection. */
const noTag = 0;
const connections = [0, 0] as const;

export class PathMonitor implements MonitorView {
  readonly #pair: LinkPairController;
  readonly #links: readonly [MonitoredLink, MonitoredLink] = [monitoredLink(), monitoredLink()];
  readonly #heartbeats: HeartbeatWriter;
  #outputs: MonitorOutput[] = [];
  #fault: LinkFault | undefined;
  /** What our heartbeats say of their interval, what it is, and when it becomes what they say. */
  #announcedUs: number;
  #intervalUs: number;
  #changeDueUs = Number.POSITIVE_INFINITY;

  /** Throws `switching/config` when a value is out of its range. */
  constructor({ heartbeatIntervalUs, missesMax, watched }: MonitorConfig, nowUs: number) {
    this.#announcedUs = heartbeatIntervalUs;
    this.#intervalUs = heartbeatIntervalUs;
    // Both links carry as far as they can: every change is told. When a link may be used again is for the sessions to say.
    const damping = { ...defaultDamping, flapPenalty: 0 };
    const health = { ...defaultHealth, heartbeatIntervalUs, missesMax, holdDownUs: 0, damping };
    this.#pair = new LinkPairController({ mode: "duplication", watched, health }, nowUs);
    this.#heartbeats = new HeartbeatWriter([this.#links[0].acknowledger, this.#links[1].acknowledger]);
  }

  /** Takes one input at `nowUs`, which never goes back; returns everything to be done, in order. */
  handle(input: MonitorInput, nowUs: number): MonitorOutput[] {
    switch (input.kind) {
      case "frame":
        this.#receive(input.link, input.bytes, input.arrivedUs ?? nowUs, nowUs);
        break;
      case "arriving":
        this.#pair.arriving(input.link, input.arrivedUs ?? nowUs, nowUs);
        break;
      case "interval":
        this.#announce(input.intervalUs, nowUs);
        break;
      case "attach":
      case "detach":
      case "carrier":
      case "tick":
        this.#tellPair(input, nowUs);
        break;
      default:
        unreachable(input);
    }
    if (nowUs >= this.#changeDueUs) this.#useInterval();
    this.#apply(this.#pair.takeOutputs(), nowUs);
    if (this.#hears !== this.#heartbeats.toldHears) this.#sendOnBoth(nowUs);
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  /** When to tick at the latest, in microseconds. Ask after every input. */
  nextDeadlineUs(): number {
    return Math.min(this.#pair.nextDeadlineUs(), this.#changeDueUs);
  }

  /** The interval of our heartbeats now. */
  get intervalUs(): number {
    return this.#intervalUs;
  }

  /** For a driver that watches the links. */
  get watched(): Pick<LinkPairController, "isCalm" | "silenceUs"> {
    return this.#pair;
  }

  /** What a session that begins now must be told of a link; nothing while its path is not known to carry. */
  changesSoFar(link: LinkIndex, nowUs: number): PathChange[] {
    const health = this.#pair.health(link);
    if (!canCarry(health)) return [];
    const times = { lastGoodUs: health.lastHeardUs, noticedUs: nowUs };
    const heard: PathChange = { event: "heard", ...times };
    return health.state === "suspect" ? [heard, { event: "missed", ...times }] : [heard];
  }

  lastHeardUs(link: LinkIndex): number {
    return this.#pair.health(link).lastHeardUs;
  }

  aliveUs(link: LinkIndex): number {
    return this.#links[link].aliveUs;
  }

  roundTripUs(link: LinkIndex): number {
    return this.#links[link].roundTripUs;
  }

  roundTrips(link: LinkIndex): number {
    return this.#links[link].roundTrips;
  }

  #receive(link: LinkIndex, bytes: Uint8Array, arrivedUs: number, nowUs: number): void {
    const decoded = decodeFrame(bytes, false);
    if (decoded.kind !== "frame" || decoded.tag !== noTag || decoded.frame.type !== "heartbeat") return;
    const { frame } = decoded;
    this.#pair.setPeerIntervalUs(Math.min(frame.floor, heartbeatIntervalUsMax));
    this.#pair.heard(link, frame.sentUs, frame.onBoth, nowUs, arrivedUs);
    this.#note(this.#links[link], frame, arrivedUs);
    for (const each of bothLinks)
      this.#tellPair({ kind: "peerReport", link: each, hears: frame.hears[each], peerSentUs: frame.sentUs }, nowUs);
    if (frame.probe) this.#send(link, false, false, nowUs);
  }

  #announce(intervalUs: number, nowUs: number): void {
    if (intervalUs === this.#announcedUs) return;
    this.#announcedUs = intervalUs;
    // The peer must know of a longer one before it waits in vain; a shorter one surprises nobody.
    const isLonger = intervalUs > this.#intervalUs;
    this.#changeDueUs = isLonger ? nowUs + Math.max(announceUsMin, announceIntervals * this.#intervalUs) : nowUs;
    // At once, and again at every beat until then.
    for (const link of bothLinks) if (this.#pair.health(link).attached) this.#send(link, false, true, nowUs);
  }

  #useInterval(): void {
    this.#changeDueUs = Number.POSITIVE_INFINITY;
    this.#intervalUs = this.#announcedUs;
    this.#pair.setOwnIntervalUs(this.#intervalUs);
  }

  #note(own: MonitoredLink, frame: HeartbeatFrame, arrivedUs: number): void {
    // One that a busy peer's transport repeats shows that its transport lives, not that its process does anything.
    if (!frame.repeated) {
      const spanUs = aliveSpanUs(defaultHealth, this.#pair.intervalUs);
      own.aliveUs += Math.min(Math.max(arrivedUs - own.aliveUntilUs, 0), spanUs);
      own.aliveUntilUs = arrivedUs;
    }
    const { acknowledger } = own;
    if (frame.sentUs > acknowledger.echoSentUs) {
      acknowledger.echoSentUs = frame.sentUs;
      acknowledger.echoHeardUs = arrivedUs;
    }
    const isOurs = frame.echoSentUs > 0 && frame.echoSentUs <= Math.max(this.#heartbeats.latestUs, arrivedUs);
    if (!isOurs) return;
    own.roundTripUs = Math.max(arrivedUs - frame.echoSentUs - frame.echoHeldUs, 1);
    own.roundTrips += 1;
  }

  get #hears(): number {
    return (this.#pair.hears(0) ? 1 : 0) | (this.#pair.hears(1) ? 2 : 0);
  }

  #tellPair(input: PairInput, nowUs: number): void {
    this.#apply(this.#pair.handle(input, nowUs), nowUs);
  }

  #apply(outputs: readonly PairOutput[], nowUs: number): void {
    for (const output of outputs) {
      switch (output.kind) {
        case "heartbeat":
          this.#send(output.link, output.probe, !output.probe, nowUs);
          break;
        case "fault":
          this.#fault = output.fault;
          break;
        case "linkState":
          this.#tellSessions(output.link, output.event, nowUs);
          break;
        case "carrying":
          break;
        default:
          unreachable(output);
      }
    }
  }

  #tellSessions(link: LinkIndex, event: LinkEvent, nowUs: number): void {
    const { lastHeardUs, suspectedUs } = this.#pair.health(link);
    const tell = (change: PathChange) => this.#outputs.push({ kind: "path", link, change });
    switch (event) {
      case "attached":
      case "holdDownOver":
        break;
      case "provedBothWays":
      case "heard":
        tell({ event: "heard", lastGoodUs: lastHeardUs, noticedUs: nowUs });
        break;
      case "missed":
        tell({ event, lastGoodUs: lastHeardUs, noticedUs: suspectedUs });
        break;
      default: {
        const known = this.#fault?.link === link ? this.#fault : undefined;
        this.#fault = undefined;
        const lastGoodUs = known?.lastGoodUs ?? Math.max(lastHeardUs, 0);
        tell({ event, lastGoodUs, noticedUs: known?.noticedUs ?? nowUs });
      }
    }
  }

  #sendOnBoth(nowUs: number): void {
    for (const link of bothLinks) if (this.#pair.health(link).attached) this.#send(link, false, true, nowUs);
    // Without a path there is nobody to tell.
    this.#heartbeats.toldHears = this.#hears;
  }

  #send(link: LinkIndex, probe: boolean, onBoth: boolean, nowUs: number): void {
    const content = { probe, onBoth, hears: this.#hears, connections, floor: this.#announcedUs, sessionLimit: 0 };
    this.#outputs.push({ kind: "send", link, head: this.#heartbeats.write(noTag, link, content, nowUs) });
  }
}

function monitoredLink(): MonitoredLink {
  return { acknowledger: new Acknowledger(0), aliveUs: 0, aliveUntilUs: 0, roundTripUs: 0, roundTrips: 0 };
}
