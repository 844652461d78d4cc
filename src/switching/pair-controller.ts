/**
 * Health, mode, failback and damping of one pair of links, without any data: what an endpoint, a simulation engine and a
 * host agent share. Sans-IO: inputs and the time go in, outputs come out, `nextDeadlineUs` says when to tick next.
 */

import { unreachable } from "../base/assert.ts";
import { bothLinks, checkPairConfig, defaultPair, type LinkIndex, type PairConfig } from "./config.ts";
import { penalise, releasedUs } from "./flap-damping.ts";
import {
  afreshUs,
  blameAfterUs,
  canCarry,
  countError,
  createLinkHealth,
  disprovesCarrierLoss,
  type LinkHealth,
  move,
  never,
  noteHeartbeat,
  noteMissedBeat,
  suspectAfterUs,
} from "./link-health.ts";
import type { FaultTrigger, LinkEvent, LinkState } from "./link-states.ts";
import { type Carries, chooseCarrying } from "./modes.ts";
import type { PairInput, PairOutput, PathChange } from "./pair-inputs.ts";

/** A blame is put off at most this often because our own process was late. */
const postponementsMax = 3;

const nothing: readonly PairOutput[] = [];

export class LinkPairController {
  readonly #config: PairConfig;
  readonly #links: readonly [LinkHealth, LinkHealth];
  #carries: Carries = [false, false];
  #outputs: PairOutput[] = [];
  #nextHeartbeatUs: number;
  #peerIntervalUs = 0;
  #ownIntervalUs: number;
  readonly #beats: boolean;
  #latestUs: number;
  /** The deadline last asked for: a tick much later than this means that our own process was stalled. */
  #armedUs = Number.POSITIVE_INFINITY;

  /** Throws `switching/config` when a value is out of its range. */
  constructor(options: Partial<PairConfig>, nowUs: number) {
    this.#config = { ...defaultPair, ...options };
    checkPairConfig(this.#config);
    this.#beats = this.#config.heartbeats && !this.#config.monitored;
    this.#ownIntervalUs = this.#config.health.heartbeatIntervalUs;
    this.#links = [createLinkHealth(0), createLinkHealth(1)];
    this.#nextHeartbeatUs = nowUs;
    this.#latestUs = nowUs;
  }

  /** Takes one input at `nowUs`, which never goes back; returns everything to be done. */
  handle(input: PairInput, nowUs: number): readonly PairOutput[] {
    this.#latestUs = nowUs;
    switch (input.kind) {
      case "attach":
        this.#attach(this.#links[input.link], nowUs);
        break;
      case "detach":
        this.#links[input.link].attached = false;
        this.#links[input.link].heard = false;
        this.#blame(this.#links[input.link], "connectionLost", this.#links[input.link].lastHeardUs, nowUs);
        break;
      case "carrier":
        this.#setCarrier(this.#links[input.link], input.up, input.occurredUs ?? nowUs, nowUs);
        break;
      case "linkError": {
        const health = this.#links[input.link];
        const exceeded = countError(health, this.#config.health, nowUs);
        if (input.fatal || exceeded) this.#blame(health, "errorsExceeded", health.lastHeardUs, nowUs);
        break;
      }
      case "noProgress":
        this.#blame(this.#links[input.link], "noProgress", this.#links[input.link].lastHeardUs, nowUs);
        break;
      case "heard":
        this.heard(input.link, input.peerSentUs, input.onBoth, nowUs, input.arrivedUs ?? nowUs);
        break;
      case "peerReport":
        this.#peerReport(this.#links[input.link], input.hears, input.peerSentUs, nowUs);
        break;
      case "monitored":
        this.#setMonitored(this.#links[input.link], input.change, nowUs);
        break;
      case "path":
        this.#setPath(this.#links[input.link], input.hears, input.peerHears, nowUs);
        break;
      case "tick":
        this.#tick(input.drainedUs, nowUs);
        break;
      default:
        unreachable(input);
    }
    return this.takeOutputs();
  }

  /** The same as the input `heard`, without an object for every frame; its outputs are left for {@link takeOutputs}. */
  heard(link: LinkIndex, peerSentUs: number, onBoth: boolean, nowUs: number, arrivedUs = nowUs): void {
    const health = this.#links[link];
    this.#latestUs = nowUs;
    health.lastHeardUs = Math.max(health.lastHeardUs, arrivedUs);
    // What came before the monitor blamed the path does not mend it.
    if (this.#config.monitored && !health.pathIsUp) return;
    health.heard = true;
    if (peerSentUs >= 0 && !this.#config.monitored) this.#noteBeat(health, peerSentUs, onBoth, arrivedUs);
    if (health.state === "up") return;
    if (health.state === "suspect") this.#move(health, "heard", nowUs);
    else this.#proveBothWays(health, nowUs);
  }

  /** Bytes of a frame came at `arrivedUs`: a sign of life, if later than the last one. */
  arriving(link: LinkIndex, arrivedUs: number, nowUs: number): void {
    if (arrivedUs > this.#links[link].lastHeardUs) this.heard(link, -1, false, nowUs, arrivedUs);
  }

  /** Outputs not yet taken. */
  takeOutputs(): readonly PairOutput[] {
    if (this.#outputs.length === 0) return nothing;
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  /** When to tick at the latest, in microseconds; infinity when nothing is pending. To be asked after every input. */
  nextDeadlineUs(): number {
    const { health } = this.#config;
    const interval = this.intervalUs;
    let deadline = Number.POSITIVE_INFINITY;
    for (const each of this.#links) {
      if (this.#beats && each.attached) deadline = Math.min(deadline, this.#beatDueUs);
      if (each.state === "holding") deadline = Math.min(deadline, this.#releaseUs(each));
      if (each.hearsContinuously || this.#config.monitored) continue;
      if (each.state === "up") {
        if (!this.#config.watched) deadline = Math.min(deadline, each.lastHeardUs + suspectAfterUs(health, interval));
      } else if (this.#provenSilent(each)) deadline = Math.min(deadline, this.#blameDueUs(each));
    }
    this.#armedUs = Math.max(deadline, this.#latestUs);
    return deadline;
  }

  /** Which links carry data now. */
  get carries(): Carries {
    return this.#carries;
  }

  /** The interval silence is counted in: the longer of ours and the peer's. */
  get intervalUs(): number {
    return Math.max(this.#ownIntervalUs, this.#peerIntervalUs);
  }

  /** Our own heartbeats come at this interval from now on. */
  setOwnIntervalUs(intervalUs: number): void {
    this.#ownIntervalUs = intervalUs;
  }

  /** Whether a watching driver need only wake us for news and silence: every connected link is up. */
  get isCalm(): boolean {
    return this.#config.watched && this.#links.every(({ attached, state }) => !attached || state === "up");
  }

  /** How long a watched link may be silent before the driver wakes us. */
  get silenceUs(): number {
    return suspectAfterUs(this.#config.health, this.intervalUs);
  }

  /** Takes note of the peer's heartbeat interval. */
  setPeerIntervalUs(intervalUs: number): void {
    this.#peerIntervalUs = intervalUs;
  }

  /** The health of a link, to look at. */
  health(link: LinkIndex): Readonly<LinkHealth> {
    return this.#links[link];
  }

  /** Whether we hear the peer on this link, as we would tell it. */
  hears(link: LinkIndex): boolean {
    const health = this.#links[link];
    return health.heard && health.carrier && health.attached;
  }

  #noteBeat(health: LinkHealth, peerSentUs: number, onBoth: boolean, arrivedUs: number): void {
    const { health: config } = this.#config;
    const interval = this.intervalUs;
    if (!health.carrier && disprovesCarrierLoss(health, config, interval, peerSentUs, arrivedUs)) health.carrier = true;
    const isLate = arrivedUs - peerSentUs - health.arrivalOffsetUs >= interval && health.lastPeerSentUs !== never;
    noteHeartbeat(health, peerSentUs, arrivedUs);
    if (!onBoth) return;
    const other = this.#links[health.link === 0 ? 1 : 0];
    noteMissedBeat(other, config, interval, peerSentUs);
    // Its twin may be as late: whoever was stalled, the other link is asked once more before it is blamed.
    if (isLate && other.state === "suspect" && other.postponements === 0) this.#postpone(other, arrivedUs);
  }

  #attach(health: LinkHealth, nowUs: number): void {
    health.attached = true;
    if (health.pathIsUp) health.heard = true;
    if (health.state === "detached") this.#move(health, "attached", nowUs);
    this.#proveBothWays(health, nowUs);
  }

  #setCarrier(health: LinkHealth, up: boolean, occurredUs: number, nowUs: number): void {
    health.carrier = up;
    if (!up) {
      health.heard = false;
      health.carrierLostUs = nowUs;
    }
    if (!up) this.#blame(health, "carrierLost", Math.min(occurredUs, nowUs), nowUs);
    else this.#proveBothWays(health, nowUs);
  }

  #setPath(health: LinkHealth, hears: boolean, peerHears: boolean, nowUs: number): void {
    const heardUntilNow = health.hearsContinuously;
    health.hearsContinuously = hears;
    if (hears) this.heard(health.link, nowUs, false, nowUs);
    else if (heardUntilNow) {
      const sinceHeartbeatUs = (nowUs - this.#nextHeartbeatUs) % this.#ownIntervalUs;
      health.lastHeardUs = nowUs - sinceHeartbeatUs;
      health.lastPeerSentUs = health.lastHeardUs;
    }
    health.peerReportUs = never;
    this.#peerReport(health, peerHears, nowUs, nowUs);
  }

  #setMonitored(health: LinkHealth, { event, lastGoodUs, noticedUs }: PathChange, nowUs: number): void {
    switch (event) {
      case "heard":
        health.pathIsUp = true;
        if (health.attached) this.heard(health.link, -1, false, nowUs);
        break;
      case "missed":
        if (health.state === "up") this.#suspect(health, noticedUs, nowUs);
        break;
      default:
        health.pathIsUp = false;
        health.heard = false;
        // Data may have come since the monitor first missed something.
        if (event === "silenceConfirmed" && health.state === "up") this.#suspect(health, noticedUs, nowUs);
        this.#blame(health, event, lastGoodUs, nowUs, noticedUs);
    }
  }

  #peerReport(health: LinkHealth, hears: boolean, peerSentUs: number, nowUs: number): void {
    if (peerSentUs <= health.peerReportUs) return;
    health.peerReportUs = peerSentUs;
    health.peerHears = hears;
    if (hears) this.#proveBothWays(health, nowUs);
    else if (canCarry(health)) this.#blame(health, "peerDeaf", health.lastHeardUs, nowUs);
  }

  #proveBothWays(health: LinkHealth, nowUs: number): void {
    if (health.state !== "proving" && health.state !== "failed") return;
    if (!health.peerHears || !this.hears(health.link)) return;
    health.holdUntilUs = health.state === "failed" ? nowUs + this.#config.health.holdDownUs : nowUs;
    this.#move(health, "provedBothWays", nowUs);
  }

  #tick(drainedUs: number | undefined, nowUs: number): void {
    const interval = this.intervalUs;
    const late = drainedUs === undefined && nowUs - this.#armedUs >= interval;
    const judgedUs = Math.min(drainedUs ?? nowUs, nowUs);
    for (const each of this.#links) {
      if (each.state === "holding" && nowUs >= this.#releaseUs(each)) this.#move(each, "holdDownOver", nowUs);
      if (each.hearsContinuously || this.#config.monitored) continue;
      const suspectUs = each.lastHeardUs + this.silenceUs;
      const wasUp = each.state === "up";
      if (wasUp && judgedUs >= suspectUs) this.#suspect(each, drainedUs === undefined ? nowUs : suspectUs, nowUs);
      // Where the driver vouches for what has arrived, the time of the probe may have passed meanwhile.
      const mayJudge = !wasUp || drainedUs !== undefined;
      if (mayJudge && this.#provenSilent(each) && judgedUs >= this.#blameDueUs(each)) this.#judge(each, late, nowUs);
    }
    if (this.#beats && nowUs >= this.#beatDueUs) this.#beat(nowUs);
  }

  /** While nothing happens, a driver that repeats our heartbeats is given a new one only now and then. */
  get #beatDueUs(): number {
    if (!this.isCalm) return this.#nextHeartbeatUs;
    return this.#nextHeartbeatUs + afreshUs(this.#config.health, this.#ownIntervalUs) - this.#ownIntervalUs;
  }

  #suspect(health: LinkHealth, suspectedUs: number, nowUs: number): void {
    health.suspectedUs = suspectedUs;
    health.carriedWhenSuspected = this.#carries[health.link];
    health.postponements = 0;
    this.#move(health, "missed", nowUs);
    this.#probe(health);
  }

  /** A link is blamed for silence only by a punctual tick: after a stall of our own, what has arrived is read first. */
  #judge(health: LinkHealth, late: boolean, nowUs: number): void {
    if (late && health.postponements < postponementsMax) {
      this.#postpone(health, nowUs);
      return;
    }
    health.heard = false;
    this.#blame(health, "silenceConfirmed", health.lastHeardUs, nowUs);
  }

  #postpone(health: LinkHealth, nowUs: number): void {
    health.postponements += 1;
    health.suspectedUs = nowUs;
    this.#probe(health);
  }

  #probe(health: LinkHealth): void {
    if (this.#beats) this.#outputs.push({ kind: "heartbeat", link: health.link, probe: true });
  }

  #beat(nowUs: number): void {
    for (const each of this.#links)
      if (each.attached) this.#outputs.push({ kind: "heartbeat", link: each.link, probe: false });
    const missed = Math.floor((nowUs - this.#nextHeartbeatUs) / this.#ownIntervalUs);
    this.#nextHeartbeatUs += (missed + 1) * this.#ownIntervalUs;
  }

  /**
   * Whether the other link proves that the peer went on sending while this link was silent. Without that proof the peer
   * may be stalled, and no link is to blame.
   */
  #provenSilent(health: LinkHealth): boolean {
    if (!health.heard || health.state === "up") return false;
    if (health.silenceProvenUs < Number.POSITIVE_INFINITY) return true;
    return this.#links[health.link === 0 ? 1 : 0].hearsContinuously;
  }

  #blameDueUs(health: LinkHealth): number {
    const silent = health.lastHeardUs + blameAfterUs(this.#config.health, this.intervalUs);
    const proven = health.silenceProvenUs < Number.POSITIVE_INFINITY ? health.silenceProvenUs : silent;
    return Math.max(silent, health.suspectedUs + this.intervalUs, proven);
  }

  #releaseUs(health: LinkHealth): number {
    return Math.max(health.holdUntilUs, releasedUs(health.damping, this.#config.health.damping));
  }

  /** `firstSignUs`: when the first sign was noticed, if somebody else noticed it. */
  #blame(health: LinkHealth, trigger: FaultTrigger, lastGoodUs: number, nowUs: number, firstSignUs = nowUs): void {
    if (health.state === "failed" || health.state === "detached") return;
    const wasProving = health.state === "proving";
    if (wasProving && (trigger === "noProgress" || trigger === "peerDeaf" || trigger === "silenceConfirmed")) return;
    const noticedUs = trigger === "silenceConfirmed" && health.state === "suspect" ? health.suspectedUs : firstSignUs;
    const carried = health.state === "suspect" ? health.carriedWhenSuspected : this.#carries[health.link];
    if (!wasProving) health.damping = penalise(health.damping, this.#config.health.damping, nowUs);
    health.peerHears = false;
    health.errors = 0;
    if (carried)
      this.#outputs.push({
        kind: "fault",
        fault: { link: health.link, trigger, lastGoodUs: Math.max(lastGoodUs, 0), noticedUs, decidedUs: nowUs },
      });
    this.#move(health, trigger, nowUs);
  }

  #move(health: LinkHealth, event: LinkEvent, nowUs: number): void {
    const from: LinkState = move(health, event, nowUs);
    this.#outputs.push({ kind: "linkState", link: health.link, from, to: health.state, event, atUs: nowUs });
    const carries = chooseCarrying(this.#config, [this.#links[0].state, this.#links[1].state], this.#carries);
    if (carries[0] === this.#carries[0] && carries[1] === this.#carries[1]) return;
    this.#carries = carries;
    this.#outputs.push({ kind: "carrying", carries, atUs: nowUs });
  }
}

/** The moment anything was last heard on either link; minus infinity when nothing ever was. */
export function lastHeardUs(pair: LinkPairController, nowUs: number): number {
  let latest = never;
  for (const link of bothLinks) {
    const health = pair.health(link);
    latest = Math.max(latest, health.hearsContinuously ? nowUs : health.lastHeardUs);
  }
  return latest;
}
