/**
 * Who the peer is. A hello says the sender's incarnation and repeats the latest one heard; only a hello that repeats our
 * own is fresh, and only a fresh one binds. A fresh hello of another incarnation than the bound one is a peer that has
 * restarted; an old hello, late in the network, proves nothing.
 */

import { mix } from "../base/random.ts";
import { encodeHello } from "./codec/encode.ts";
import type { HelloFrame } from "./codec/frames.ts";
import { wireVersion } from "./codec/layout.ts";
import type { EndpointConfig } from "./config.ts";

export type HelloVerdict =
  /** Another session, our own reflection, or stale: nothing follows. */
  | "ignored"
  /** Answer it, so that the sender learns that we are here. */
  | "answer"
  /** The peer is known now. */
  | "bound"
  | "peerRestarted"
  | "versionMismatch";

export class Handshake {
  readonly #config: EndpointConfig;
  /** The incarnation the session is bound to, 0 while none. */
  boundIncarnation = 0;
  #latestIncarnation = 0;

  constructor(config: EndpointConfig) {
    this.#config = config;
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
