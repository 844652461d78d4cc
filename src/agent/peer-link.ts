/** The two ways of knowing what a link to a peer is worth: heartbeats with an agent there, BFD with a router. */

import type { RandomStream } from "../base/random.ts";
import type { LinkIndex, LinkPairController, PairInput, PairOutput } from "../switching/index.ts";
import { decodeBfd, encodeBfd } from "./bfd/packet.ts";
import { type BfdOutput, BfdSession } from "./bfd/session.ts";
import { HeartbeatChannel } from "./heartbeat/channel.ts";
import { type Heartbeat, openHeartbeat, sealHeartbeat } from "./heartbeat/datagram.ts";
import type { Host } from "./host/types.ts";

/** Sends a datagram to the peer on a link. */
export type SendDatagram = (link: LinkIndex, bytes: Buffer) => void;

export interface LinkTraffic {
  received: number;
  stale: number;
  forged: number;
  roundTripUs: number;
  /** The shortest round trip of the last while: the link's without its queue. */
  roundTripMinUs: number;
}

/** The peer's controller: it is told what was seen; what comes of that is the engine's. */
export interface Core {
  readonly pair: Pick<LinkPairController, "health" | "hears" | "setPeerIntervalUs">;
  feed(input: PairInput, nowUs: number): void;
  /** A heartbeat counted: `peerSentUs` is the peer's clock in it, `onBoth` whether the like went out on both links. */
  heard(link: LinkIndex, peerSentUs: number, onBoth: boolean, nowUs: number): void;
}

/** What watches both links to one peer. */
export interface PeerWatch {
  readonly traffic: readonly [LinkTraffic, LinkTraffic];
  /** A datagram came from the peer on this link. */
  received(link: LinkIndex, bytes: Buffer, nowUs: number): void;
  /** The controller says what to send. */
  obey(output: PairOutput & { kind: "heartbeat" }, nowUs: number): void;
  /** Time has passed. */
  tick(nowUs: number): void;
  nextDeadlineUs(): number;
  /** Says goodbye, where the protocol can. */
  close(): void;
}

const noTraffic = (): LinkTraffic => ({ received: 0, stale: 0, forged: 0, roundTripUs: 0, roundTripMinUs: 0 });

/** Lost after this many intervals, and this long at least: by then a link has been blamed long since. */
const lostAfterIntervals = 20;
const lostAfterUsMin = 100_000;
const weightOfSample = 1 / 16;
/** The minimum is slowly forgotten, so that a longer way is taken for the rule after some thousand heartbeats. */
const forgetting = 1 / 4_096;

export interface AgentWatchSetup {
  readonly host: Host;
  readonly key: Buffer;
  readonly incarnation: bigint;
  readonly freshNonce: () => bigint;
}

export class AgentWatch implements PeerWatch {
  readonly traffic = [noTraffic(), noTraffic()] as const;
  readonly #setup: AgentWatchSetup;
  readonly #core: Core;
  readonly #send: SendDatagram;
  readonly #channels: readonly [HeartbeatChannel, HeartbeatChannel];
  #sentUs = 0;
  #told = -1;
  /** The peer's index of our link 0. */
  #linkThere: LinkIndex = 0;
  #peerIncarnation = 0n;
  /** Added to the peer's clock, so that it never goes back over its restarts. */
  #clockOffsetUs = 0;
  #peerClockUs = 0;

  constructor(setup: AgentWatchSetup, core: Core, send: SendDatagram, nowUs: number) {
    this.#setup = setup;
    this.#core = core;
    this.#send = send;
    const { heartbeatIntervalUs } = setup.host.health;
    const lostAfterUs = Math.max(lostAfterIntervals * heartbeatIntervalUs, lostAfterUsMin);
    const channel = () => new HeartbeatChannel(setup.incarnation, setup.freshNonce, lostAfterUs);
    this.#channels = [channel(), channel()];
    for (const link of [0, 1] as const) core.feed({ kind: "attach", link }, nowUs);
  }

  received(link: LinkIndex, bytes: Buffer, nowUs: number): void {
    const traffic = this.traffic[link];
    const heartbeat = openHeartbeat(bytes, this.#setup.key);
    if (heartbeat === undefined) {
      traffic.forged += 1;
      return;
    }
    const channel = this.#channels[link];
    if (!channel.accept(heartbeat, nowUs)) {
      traffic.stale = channel.stale;
      // While nobody is heard it may be the peer, there again. It needs our nonce, and its own from us, and gets them before a
      // recording that follows can have its place.
      const mayProve = channel.incarnation === undefined && heartbeat.incarnation !== this.#setup.incarnation;
      if (mayProve) this.#sendOn(link, false, false, nowUs);
      return;
    }
    // The peer is one process: its earlier one is no longer listened to on the other link either.
    const other = this.#channels[link === 0 ? 1 : 0];
    if (other.incarnation !== undefined && other.incarnation !== heartbeat.incarnation) other.renew();
    traffic.received += 1;
    this.#take(link, heartbeat, nowUs);
  }

  #take(link: LinkIndex, heartbeat: Heartbeat, nowUs: number): void {
    this.#linkThere = heartbeat.link === link ? 0 : 1;
    if (heartbeat.incarnation !== this.#peerIncarnation) {
      this.#peerIncarnation = heartbeat.incarnation;
      this.#clockOffsetUs = this.#peerClockUs === 0 ? 0 : this.#peerClockUs + 1 - heartbeat.sentUs;
    }
    const sentUs = heartbeat.sentUs + this.#clockOffsetUs;
    this.#peerClockUs = Math.max(this.#peerClockUs, sentUs);
    this.#sampleRoundTrip(link, heartbeat, nowUs);
    this.#core.pair.setPeerIntervalUs(heartbeat.intervalUs);
    this.#core.heard(link, sentUs, heartbeat.onBoth, nowUs);
    for (const each of [0, 1] as const) {
      const there = this.#linkThere === 0 ? each : each === 0 ? 1 : 0;
      const hears = (heartbeat.hears & (1 << there)) !== 0;
      this.#core.feed({ kind: "peerReport", link: each, hears, peerSentUs: sentUs }, nowUs);
    }
    if (heartbeat.probe) this.#sendOn(link, false, false, nowUs);
  }

  #sampleRoundTrip(link: LinkIndex, { echoSentUs, echoHeldUs }: Heartbeat, nowUs: number): void {
    if (echoSentUs <= 0 || echoSentUs > this.#sentUs) return;
    const sampleUs = Math.max(nowUs - echoSentUs - echoHeldUs, 1);
    const traffic = this.traffic[link];
    const { roundTripUs, roundTripMinUs } = traffic;
    traffic.roundTripUs = roundTripUs === 0 ? sampleUs : roundTripUs + (sampleUs - roundTripUs) * weightOfSample;
    traffic.roundTripMinUs =
      roundTripMinUs === 0 || sampleUs < roundTripMinUs
        ? sampleUs
        : roundTripMinUs + (traffic.roundTripUs - roundTripMinUs) * forgetting;
  }

  obey(output: PairOutput & { kind: "heartbeat" }, nowUs: number): void {
    this.#sendOn(output.link, output.probe, !output.probe, nowUs);
  }

  /** News of what we hear go out at once, on both links. */
  tick(nowUs: number): void {
    const hears = this.#hears();
    if (hears === this.#told) return;
    for (const link of [0, 1] as const) this.#sendOn(link, false, true, nowUs);
  }

  nextDeadlineUs(): number {
    return Number.POSITIVE_INFINITY;
  }

  close(): void {}

  #hears(): number {
    const { pair } = this.#core;
    return (pair.hears(0) ? 1 : 0) | (pair.hears(1) ? 2 : 0);
  }

  #sendOn(link: LinkIndex, probe: boolean, onBoth: boolean, nowUs: number): void {
    const { key, incarnation, host } = this.#setup;
    const channel = this.#channels[link];
    // The two heartbeats of a beat say the same time; a probe or an answer a later one.
    this.#sentUs = Math.max(nowUs, this.#sentUs + 1);
    const hears = this.#hears();
    if (onBoth) this.#told = hears;
    const heartbeat: Heartbeat = {
      probe,
      onBoth,
      link,
      hears,
      incarnation,
      sentUs: this.#sentUs,
      echoedNonce: channel.peerNonce,
      nonce: channel.nonce,
      echoSentUs: channel.incarnation === undefined ? 0 : channel.peerSentUs,
      echoHeldUs: channel.incarnation === undefined ? 0 : Math.max(nowUs - channel.heardUs, 0),
      intervalUs: host.health.heartbeatIntervalUs,
    };
    this.#send(link, sealHeartbeat(heartbeat, key));
  }
}

export class BfdWatch implements PeerWatch {
  readonly traffic = [noTraffic(), noTraffic()] as const;
  readonly #core: Core;
  readonly #send: SendDatagram;
  readonly #sessions: readonly [BfdSession, BfdSession];
  readonly #changed: (link: LinkIndex, from: string, to: string, nowUs: number) => void;

  constructor(
    host: Host,
    core: Core,
    send: SendDatagram,
    changed: (link: LinkIndex, from: string, to: string, nowUs: number) => void,
    random: RandomStream,
    nowUs: number,
  ) {
    this.#core = core;
    this.#send = send;
    this.#changed = changed;
    const session = () =>
      new BfdSession({ ...host.bfd, discriminator: random.between(1, 0xffff_ffff) }, random.fork("jitter"), nowUs);
    this.#sessions = [session(), session()];
  }

  received(link: LinkIndex, bytes: Buffer, nowUs: number): void {
    const packet = decodeBfd(bytes);
    if (packet === undefined) {
      this.traffic[link].forged += 1;
      return;
    }
    this.traffic[link].received += 1;
    const session = this.#sessions[link];
    this.#act(link, session.receive(packet, nowUs), nowUs);
    // A link that was blamed for something else than its session (carrier, errors, a drain) has proved itself again.
    const { state } = this.#core.pair.health(link);
    if (session.state === "up" && state === "failed") this.#isUp(link, nowUs);
  }

  obey(): void {}

  tick(nowUs: number): void {
    for (const link of [0, 1] as const) this.#act(link, this.#sessions[link].tick(nowUs), nowUs);
  }

  nextDeadlineUs(): number {
    return Math.min(this.#sessions[0].nextDeadlineUs(), this.#sessions[1].nextDeadlineUs());
  }

  close(): void {
    for (const link of [0, 1] as const)
      for (const output of this.#sessions[link].close())
        if (output.kind === "send") this.#send(link, encodeBfd(output.packet));
  }

  #act(link: LinkIndex, outputs: readonly BfdOutput[], nowUs: number): void {
    for (const output of outputs) {
      if (output.kind === "send") {
        this.#send(link, encodeBfd(output.packet));
        continue;
      }
      this.#changed(link, output.from, output.to, nowUs);
      if (output.to === "up") this.#isUp(link, nowUs);
      else if (output.from === "up") {
        // First the verdict, so that it is named after the session and not after the path.
        this.#core.feed({ kind: "detach", link }, nowUs);
        this.#core.feed({ kind: "path", link, hears: false, peerHears: false }, nowUs);
      }
    }
  }

  #isUp(link: LinkIndex, nowUs: number): void {
    this.#core.feed({ kind: "attach", link }, nowUs);
    this.#core.feed({ kind: "path", link, hears: true, peerHears: true }, nowUs);
  }
}
