/**
 * Who the peer is. A hello says the sender's incarnation and repeats the latest one heard; only a hello that repeats our
 * own is fresh, and only a fresh one binds. A fresh hello of another incarnation than the bound one is a peer that has
 * restarted; an old hello, late in the network, proves nothing.
 */

import { mix } from "../base/random.ts";
import { encodeHello } from "./codec/encode.ts";
import type { HelloFrame } from "./codec/frames.ts";
import { wireVersion } from "./codec/layout.ts";
import type { EndpointConfig, LinkIndex } from "./config.ts";

export type HelloVerdict =
  /** Another session, our own reflection, or stale: nothing follows. */
  | "ignored"
  /** Answer it, so that the sender learns that we are here. */
  | "answer"
  /** The peer is known now. */
  | "bound"
  | "peerRestarted"
  | "versionMismatch";

/** A hello is sent again after one heartbeat interval, then after twice as long each time, up to so many intervals. */
const repeatIntervalsMax = 64;

export class Handshake {
  readonly #config: EndpointConfig;
  /** When the hello may be sent again on each link, and how long it is waited after that. */
  readonly #repeatUs: [number, number] = [0, 0];
  readonly #waitUs: [number, number];
  /** The incarnation the session is bound to, 0 while none. */
  boundIncarnation = 0;
  #latestIncarnation = 0;

  constructor(config: EndpointConfig) {
    this.#config = config;
    const { heartbeatIntervalUs } = config.pair.health;
    this.#waitUs = [heartbeatIntervalUs, heartbeatIntervalUs];
  }

  /** A new connection: the hello goes at once, whatever went before. */
  beginOn(link: LinkIndex): void {
    this.#repeatUs[link] = 0;
    this.#waitUs[link] = this.#config.pair.health.heartbeatIntervalUs;
  }

  /** When the hello is to be sent (again) on this link. */
  dueUs(link: LinkIndex): number {
    return this.#repeatUs[link];
  }

  /**
   * Whether the hello is to be sent (again) on this link. Ever more rarely: a peer that is slow to answer, because many
   * begin at once, must not be given more to do for it.
   */
  isDueOn(link: LinkIndex, nowUs: number): boolean {
    if (nowUs < this.#repeatUs[link]) return false;
    this.#repeatUs[link] = nowUs + this.#waitUs[link];
    this.#waitUs[link] = Math.min(
      2 * this.#waitUs[link],
      repeatIntervalsMax * this.#config.pair.health.heartbeatIntervalUs,
    );
    return true;
  }

  get isBound(): boolean {
    return this.boundIncarnation !== 0;
  }

  receive(hello: HelloFrame): HelloVerdict {
    const { sessionId, incarnation, role } = this.#config;
    if (hello.sessionId !== sessionId || hello.incarnation === incarnation) return "ignored";
    if ((hello.role === 0) === (role === "initiator")) return "ignored";
    if (hello.versionMin > wireVersion || hello.versionMax < wireVersion) return "versionMismatch";
    this.#latestIncarnation = hello.incarnation;
    const fresh = hello.echoIncarnation === incarnation;
    if (this.isBound) {
      if (hello.incarnation === this.boundIncarnation)
        return hello.boundIncarnation === incarnation ? "ignored" : "answer";
      return fresh ? "peerRestarted" : "answer";
    }
    const free = hello.boundIncarnation === 0 || hello.boundIncarnation === incarnation;
    if (!fresh || !free) return "answer";
    this.boundIncarnation = hello.incarnation;
    return "bound";
  }

  /** Marks frames of this session in one direction; frames of an earlier one are thus told apart. */
  tag(sender: number, receiver: number): number {
    return (
      mix(
        mix(sender >>> 0, Math.floor(sender / 4_294_967_296)),
        mix(receiver >>> 0, Math.floor(receiver / 4_294_967_296)),
      ) >>> 0
    );
  }

  get outgoingTag(): number {
    return this.tag(this.#config.incarnation, this.boundIncarnation);
  }

  get incomingTag(): number {
    return this.tag(this.boundIncarnation, this.#config.incarnation);
  }

  hello(): Uint8Array {
    const { role, sessionId, incarnation, pair, limits } = this.#config;
    return encodeHello({
      versionMin: wireVersion,
      versionMax: wireVersion,
      role: role === "initiator" ? 0 : 1,
      sessionId,
      incarnation,
      boundIncarnation: this.boundIncarnation,
      echoIncarnation: this.#latestIncarnation,
      heartbeatIntervalUs: pair.health.heartbeatIntervalUs,
      streamReceiveBytes: limits.streamReceiveBytesMax,
      sessionReceiveBytes: limits.sessionReceiveBytesMax,
      streamsLimit: limits.streamsMax,
    });
  }
}
