/**
 * What decides, for one host: peers, carriers, drains and weights go in; datagrams, the wanted state of the kernel and
 * events come out. Sans-IO: a worker with netlink sockets drives it, or the event loop with iproute2, or a test.
 */

import { randomStream } from "../base/random.ts";
import type { LinkIndex, PairInput, PairOutput } from "../switching/index.ts";
import type { AgentEvent, AgentStatus } from "./events.ts";
import type { Host } from "./host/types.ts";
import { Peer } from "./peer.ts";
import type { KernelState } from "./steering/operations.ts";
import { type LinkFacts, type PeerSteering, type SteeringInputs, wantedState } from "./steering/wanted.ts";
import { estimateRate, isQueued, weightsFor } from "./weights.ts";

export interface EngineOutputs {
  /** Sends a datagram to a peer on a link. */
  send(peer: number, link: LinkIndex, bytes: Buffer): void;
  /** Brings the kernel to this state; returns when it has confirmed it. */
  steer(wanted: KernelState): number;
  /** MPTCP endpoints that shall exist. */
  endpoints(usable: readonly [boolean, boolean]): void;
  tell(event: AgentEvent): void;
}

export interface EngineSetup {
  readonly host: Host;
  /** Key of the heartbeats; undefined without peers that have an agent. */
  readonly key: Buffer | undefined;
  /** Random, from 1 to 2^53: of this start of the process. */
  readonly seed: number;
  /** How the kernel is reached, for the status. */
  readonly driver: string;
  readonly outputs: EngineOutputs;
}

/** What a link is taken to carry where neither the file nor the driver says. */
const unknownGbps = 10;

export class AgentEngine {
  readonly #setup: EngineSetup;
  readonly #peers: readonly Peer[];
  readonly #startUs: number;
  #facts: [LinkFacts, LinkFacts] = [absent, absent];
  #drains: [string | undefined, string | undefined] = [undefined, undefined];
  #nominalGbps: [number, number];
  #rateGbps: [number, number];
  #weights: readonly [number, number] = [1, 1];
  readonly #queued: [boolean, boolean] = [false, false];
  #steerings: PeerSteering[] = [];
  #steered = "";
  /** The links that MPTCP endpoints were last asked to follow. */
  #good: readonly [boolean, boolean] = [false, false];
  /** Whether anything has happened that may change the way of the traffic. */
  #dirty = true;
  #takeovers = 0;
  #events: AgentEvent[] = [];
  reconciliations = 0;

  constructor(setup: EngineSetup, nowUs: number) {
    this.#setup = setup;
    this.#startUs = nowUs;
    const { host, key, outputs } = setup;
    const random = randomStream(setup.seed);
    const nonces = random.fork("nonces");
    const freshNonce = () => (BigInt(nonces.uint32()) << 32n) | BigInt(nonces.uint32()) | 1n;
    const incarnation = freshNonce();
    this.#peers = host.peers.map(
      (peer, index) =>
        new Peer(
          {
            host,
            peer,
            heartbeats:
              peer.watch === "agent" && key !== undefined ? { host, key, incarnation, freshNonce } : undefined,
            random: random.fork(peer.name),
            send: (link, bytes) => outputs.send(index, link, bytes),
            bfdChanged: (link, from, to, atUs) => this.#tell({ kind: "bfd", peer: peer.name, link, from, to, atUs }),
          },
          nowUs,
        ),
    );
    const nominal = (link: LinkIndex) => host.links[link].capacityGbps ?? unknownGbps;
    this.#nominalGbps = [nominal(0), nominal(1)];
    this.#rateGbps = [...this.#nominalGbps];
    this.#weights = weightsFor(this.#rateGbps, this.#weights);
  }

  /** A datagram came from a peer on a link. */
  received(peer: number, link: LinkIndex, bytes: Buffer, nowUs: number): void {
    this.#peers[peer]?.watch.received(link, bytes, nowUs);
  }

  /** What the kernel says of a link's interface. */
  interfaceChanged(link: LinkIndex, facts: LinkFacts, nowUs: number): void {
    const before = this.#facts[link];
    this.#facts[link] = facts;
    this.#dirty = true;
    if (before.carrier === facts.carrier) return;
    this.#tell({ kind: "carrier", link, up: facts.carrier, atUs: nowUs });
    this.#feedCarrier(link, nowUs);
  }

  /** Takes traffic off a link for this reason, or lets it return (undefined). The last way is never taken. */
  drain(link: LinkIndex, reason: string | undefined, nowUs: number): void {
    const before = this.#drains[link];
    this.#drains[link] = reason;
    if (reason === before) return;
    this.#dirty = true;
    this.#tell({ kind: "drain", link, reason, atUs: nowUs });
    if ((before === undefined) === (reason === undefined)) return;
    for (const peer of this.#peers) peer.keptOut[link] = reason !== undefined;
    this.#feedCarrier(link, nowUs);
  }

  /** The interface counted more errors in a second than it may. */
  errorsExceeded(link: LinkIndex, nowUs: number): void {
    for (const peer of this.#peers) peer.feed({ kind: "linkError", link, fatal: false }, nowUs);
  }

  /** The driver's speed of a link, where the file says none. */
  nominalRate(link: LinkIndex, gbps: number): void {
    if (this.#setup.host.links[link].capacityGbps !== undefined || gbps <= 0) return;
    this.#nominalGbps[link] = gbps;
    this.#rateGbps[link] = gbps;
    this.#weights = weightsFor(this.#rateGbps, this.#weights);
  }

  /** What each link has sent since the last call. */
  measure(sentBytes: readonly [number, number], elapsedS: number, nowUs: number): void {
    if (this.#setup.host.mode !== "load-balancing") return;
    for (const link of [0, 1] as const) {
      const trips = this.#peers.map(({ watch }) => watch.traffic[link]).filter(({ roundTripUs }) => roundTripUs > 0);
      // A queue on the link itself shows in the heartbeats of every peer: the quickest of them speaks for it.
      const best = trips.sort((one, other) => queueOf(one) - queueOf(other))[0];
      const sample = {
        sentBytes: sentBytes[link],
        elapsedS,
        roundTripUs: best?.roundTripUs ?? 0,
        roundTripMinUs: best?.roundTripMinUs ?? 0,
      };
      const nominal = this.#nominalGbps[link];
      this.#rateGbps[link] = estimateRate(this.#rateGbps[link], nominal, sample, this.#queued[link]);
      this.#queued[link] = isQueued(sample);
    }
    const weights = weightsFor(this.#rateGbps, this.#weights);
    if (weights === this.#weights) return;
    this.#weights = weights;
    this.#dirty = true;
    this.#tell({ kind: "weights", weights, atUs: nowUs });
  }

  /**
   * Time has passed; everything that had arrived was offered. With `drainedUs` the driver vouches that all that had arrived by
   * then was offered, and that it was not stalled: silence is judged as of that moment, although this comes late.
   */
  tick(nowUs: number, drainedUs?: number): void {
    const tick: PairInput = drainedUs === undefined ? { kind: "tick" } : { kind: "tick", drainedUs };
    for (const peer of this.#peers) {
      peer.feed(tick, nowUs);
      peer.watch.tick(nowUs);
    }
  }

  nextDeadlineUs(): number {
    let deadlineUs = Number.POSITIVE_INFINITY;
    for (const peer of this.#peers) deadlineUs = Math.min(deadlineUs, peer.nextDeadlineUs());
    return deadlineUs;
  }

  /** Does everything that the inputs since the last call have led to. To be called after every batch of inputs. */
  act(nowUs: number): void {
    for (const peer of this.#peers) for (const output of peer.takeOutputs()) this.#obey(peer, output, nowUs);
    if (this.#dirty) this.#steer(nowUs);
    this.#dirty = false;
    if (this.#events.length === 0) return;
    for (const event of this.#events) this.#setup.outputs.tell(event);
    this.#events = [];
  }

  /** What the kernel shall have while everything goes by this link: to rehearse a takeover without the kernel. */
  wantedBy(link: LinkIndex): KernelState {
    const { host } = this.#setup;
    const present: LinkFacts = { interfaceIndex: 1, enabled: true, carrier: true };
    const all: PeerSteering = { shares: [{ link, weight: 1 }], classes: host.classes.map(() => link) };
    return wantedState(
      host,
      [present, present],
      host.peers.map(() => all),
    );
  }

  /** What the kernel shall have now. */
  wanted(): KernelState {
    return wantedState(this.#setup.host, this.#facts, this.#steerings);
  }

  /** What {@link wanted} follows from. */
  get inputs(): SteeringInputs {
    return { facts: this.#facts, steerings: this.#steerings };
  }

  status(nowUs: number): AgentStatus {
    const { host, driver } = this.#setup;
    const link = (index: LinkIndex) => ({
      interfaceName: host.links[index].interfaceName,
      carrier: this.#facts[index].carrier,
      drained: this.#drains[index],
      weight: this.#weights[index],
    });
    return {
      name: host.name,
      atUs: nowUs,
      sinceUs: this.#startUs,
      mode: host.mode,
      links: [link(0), link(1)],
      peers: this.#peers.map((peer, index) => peer.status(this.#steerings[index]!, nowUs)),
      takeovers: this.#takeovers,
      reconciliations: this.reconciliations,
      driver,
    };
  }

  /** Says goodbye to the peers. */
  close(): void {
    for (const peer of this.#peers) peer.watch.close();
  }

  /** Told at the end of {@link act}: first the kernel is steered. */
  #tell(event: AgentEvent): void {
    this.#events.push(event);
  }

  #usable(link: LinkIndex): boolean {
    return this.#facts[link].carrier && this.#drains[link] === undefined;
  }

  #feedCarrier(link: LinkIndex, nowUs: number): void {
    const up = this.#usable(link);
    for (const peer of this.#peers) peer.feed({ kind: "carrier", link, up }, nowUs);
  }

  #obey(peer: Peer, output: PairOutput, nowUs: number): void {
    if (output.kind !== "heartbeat") this.#dirty = true;
    switch (output.kind) {
      case "heartbeat":
        peer.watch.obey(output, nowUs);
        break;
      case "fault":
        peer.faults.push(output.fault);
        break;
      case "linkState":
        this.#tellState(peer, output);
        break;
      case "carrying":
        break;
    }
  }

  #steer(nowUs: number): void {
    const usable = [this.#usable(0), this.#usable(1)] as const;
    const steerings = this.#peers.map((peer) => peer.steering(this.#weights, usable));
    const key = JSON.stringify([steerings, this.#facts]);
    const before = this.#steerings;
    const steeredBefore = this.#steered;
    let switchedUs = nowUs;
    if (key !== this.#steered) {
      this.#steered = key;
      this.#steerings = steerings;
      switchedUs = this.#setup.outputs.steer(this.wanted());
    }
    // The standby may have failed as well, which changes no route.
    const good = this.#goodLinks();
    if (key !== steeredBefore || `${good}` !== `${this.#good}`) {
      this.#good = good;
      this.#setup.outputs.endpoints(good);
    }
    for (const [index, peer] of this.#peers.entries())
      this.#report(peer, before[index], steerings[index]!, nowUs, switchedUs);
  }

  /** A suspicion is told only when a blame follows: a late heartbeat is nothing to remember. */
  #tellState(peer: Peer, output: PairOutput & { kind: "linkState" }): void {
    const { name } = peer.config;
    if (output.to === "suspect") {
      peer.suspicions[output.link] = output;
      peer.suspected[output.link] += 1;
      return;
    }
    const suspicion = peer.suspicions[output.link];
    peer.suspicions[output.link] = undefined;
    if (output.from === "suspect" && output.to === "up") return;
    if (suspicion !== undefined) this.#tell({ ...suspicion, peer: name });
    this.#tell({ ...output, peer: name });
  }

  /** A link is good for endpoints unless every peer has found it bad. */
  #goodLinks(): [boolean, boolean] {
    const good = (link: LinkIndex) =>
      this.#usable(link) && this.#peers.some(({ pair }) => !["failed", "holding"].includes(pair.health(link).state));
    return [good(0), good(1)];
  }

  #report(peer: Peer, before: PeerSteering | undefined, after: PeerSteering, nowUs: number, switchedUs: number): void {
    const to = after.shares.map(({ link }) => link);
    const { name } = peer.config;
    for (const fault of peer.faults) {
      this.#takeovers += 1;
      const reason = this.#drains[fault.link];
      this.#tell({ kind: "takeover", peer: name, ...fault, reason, switchedUs, to });
    }
    const changed = JSON.stringify(before?.shares.map(({ link }) => link)) !== JSON.stringify(to);
    if (changed && peer.faults.length === 0)
      this.#tell({ kind: "steered", peer: name, to, atUs: nowUs, switchUs: switchedUs - nowUs });
    peer.faults = [];
  }
}

const absent: LinkFacts = { interfaceIndex: 0, enabled: false, carrier: false };

const queueOf = ({ roundTripUs, roundTripMinUs }: { roundTripUs: number; roundTripMinUs: number }) =>
  roundTripUs - roundTripMinUs;
