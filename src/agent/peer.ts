/** One peer: the core's controller of its two links, and what of its decisions the kernel shall do. */

import type { RandomStream } from "../base/random.ts";
import { penaltyAt } from "../switching/flap-damping.ts";
import {
  bothLinks,
  type Carries,
  carryingRank,
  chooseCarrying,
  type LinkFault,
  type LinkIndex,
  LinkPairController,
  type PairInput,
  type PairOutput,
} from "../switching/index.ts";
import type { PeerLinkStatus, PeerStatus } from "./events.ts";
import type { Host, HostPeer } from "./host/types.ts";
import {
  AgentWatch,
  type AgentWatchSetup,
  BfdWatch,
  type Core,
  type PeerWatch,
  type SendDatagram,
} from "./peer-link.ts";
import type { PeerSteering, Share } from "./steering/wanted.ts";

export interface PeerSetup {
  readonly host: Host;
  readonly peer: HostPeer;
  /** For peers with an agent. */
  readonly heartbeats: AgentWatchSetup | undefined;
  readonly random: RandomStream;
  readonly send: SendDatagram;
  readonly bfdChanged: (link: LinkIndex, from: string, to: string, nowUs: number) => void;
}

export class Peer {
  readonly config: HostPeer;
  readonly pair: LinkPairController;
  readonly watch: PeerWatch;
  readonly #host: Host;
  #outputs: PairOutput[] = [];
  /** Links that are drained: heartbeats must not bring them back. */
  readonly keptOut: [boolean, boolean] = [false, false];
  /** Faults that are decided and not yet steered around. */
  faults: LinkFault[] = [];
  /** The suspicion that each link is under, and how many there were. */
  readonly suspicions: [
    (PairOutput & { kind: "linkState" }) | undefined,
    (PairOutput & { kind: "linkState" }) | undefined,
  ] = [undefined, undefined];
  readonly suspected: [number, number] = [0, 0];
  #classCarries: Carries[];

  constructor(setup: PeerSetup, nowUs: number) {
    const { host, peer, heartbeats, random, send } = setup;
    this.config = peer;
    this.#host = host;
    const { mode, primary, revertive, health } = host;
    this.pair = new LinkPairController(
      { mode, primary, revertive, health, heartbeats: heartbeats !== undefined },
      nowUs,
    );
    const core: Core = {
      pair: this.pair,
      feed: (input, atUs) => this.feed(input, atUs),
      heard: (link, sentUs, onBoth, atUs) => this.#heard(link, sentUs, onBoth, atUs),
    };
    this.watch =
      heartbeats === undefined
        ? new BfdWatch(host, core, send, setup.bfdChanged, random, nowUs)
        : new AgentWatch(heartbeats, core, send, nowUs);
    this.#classCarries = host.classes.map(() => [false, false]);
  }

  feed(input: PairInput, nowUs: number): void {
    if (input.kind === "path" && input.hears) this.#keepOut(input.link, nowUs);
    for (const output of this.pair.handle(input, nowUs)) this.#outputs.push(output);
  }

  #heard(link: LinkIndex, peerSentUs: number, onBoth: boolean, nowUs: number): void {
    this.#keepOut(link, nowUs);
    this.pair.heard(link, peerSentUs, onBoth, nowUs);
  }

  /** The core takes what is heard for a sign that a lost carrier is back; a drained link is lost anew before it can. */
  #keepOut(link: LinkIndex, nowUs: number): void {
    if (this.keptOut[link]) this.feed({ kind: "carrier", link, up: false }, nowUs);
  }

  /** What the controller has said since the last call. */
  takeOutputs(): readonly PairOutput[] {
    for (const output of this.pair.takeOutputs()) this.#outputs.push(output);
    const outputs = this.#outputs;
    if (outputs.length > 0) this.#outputs = [];
    return outputs;
  }

  nextDeadlineUs(): number {
    return Math.min(this.pair.nextDeadlineUs(), this.watch.nextDeadlineUs());
  }

  /** How the traffic goes now. `usable`: whether a link has carrier and is not drained. */
  steering(weights: readonly [number, number], usable: readonly [boolean, boolean]): PeerSteering {
    const chosen = this.#links(usable);
    const shares: Share[] = chosen.map((link) => ({ link, weight: weights[link] }));
    return { shares, classes: this.#host.classes.map((_, index) => this.#classWay(index, chosen)) };
  }

  #links(usable: readonly [boolean, boolean]): LinkIndex[] {
    const { carries } = this.pair;
    const carrying = bothLinks.filter((link) => carries[link]);
    if (carrying.length > 0) return carrying;
    // Nothing is known to carry: what is heard is better than what has a carrier, and that better than nothing.
    const heard = bothLinks.filter((link) => this.pair.health(link).heard);
    if (heard.length > 0) return heard;
    const alive = bothLinks.filter((link) => usable[link]);
    return alive.length > 0 ? alive : [...bothLinks];
  }

  #classWay(index: number, chosen: readonly LinkIndex[]): LinkIndex | "hold" {
    const { prefer, onFailure } = this.#host.classes[index]!;
    const states = [this.pair.health(0).state, this.pair.health(1).state] as const;
    const config = { mode: "active-standby", primary: prefer, revertive: true } as const;
    const carries = chooseCarrying(config, states, this.#classCarries[index]!);
    this.#classCarries[index] = carries;
    const ranks = states.map((state) => carryingRank[state]);
    const degraded = Math.max(...ranks) > 0 && states.some((state) => state === "failed" || state === "holding");
    if (degraded && onFailure === "hold") return "hold";
    if (carries[0] || carries[1]) return carries[0] ? 0 : 1;
    return chosen.includes(prefer) ? prefer : chosen[0]!;
  }

  status(steering: PeerSteering, nowUs: number): PeerStatus {
    return {
      name: this.config.name,
      watch: this.config.watch,
      prefixes: this.config.prefixes,
      links: [this.#linkStatus(0, nowUs), this.#linkStatus(1, nowUs)],
      to: steering.shares.map(({ link }) => link),
      classes: steering.classes,
    };
  }

  #linkStatus(link: LinkIndex, nowUs: number): PeerLinkStatus {
    const health = this.pair.health(link);
    const { received, stale, forged, roundTripUs } = this.watch.traffic[link];
    return {
      state: health.state,
      stateSinceUs: health.stateSinceUs,
      carries: this.pair.carries[link],
      hears: this.pair.hears(link),
      peerHears: health.peerHears,
      roundTripUs,
      flapPenalty: penaltyAt(health.damping, this.#host.health.damping, nowUs),
      received,
      stale,
      forged,
      suspected: this.suspected[link],
    };
  }
}
