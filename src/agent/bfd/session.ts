/**
 * One BFD session in asynchronous mode (RFC 5880; single hop as RFC 5881), sans-IO: packets and the time go in, packets
 * and changes of state come out. Demand mode, echo and authentication are not spoken.
 */

import type { RandomStream } from "../../base/random.ts";
import { type BfdPacket, type BfdState, bfdDiagnostics } from "./packet.ts";

/** While not up, no more than a packet a second (RFC 5880, section 6.8.3). */
const slowIntervalUs = 1_000_000;

export interface BfdConfig {
  readonly discriminator: number;
  /** What we wish to send at and are willing to receive at. */
  readonly intervalUs: number;
  readonly multiplier: number;
}

export type BfdOutput =
  | { readonly kind: "send"; readonly packet: BfdPacket }
  | { readonly kind: "state"; readonly from: BfdState; readonly to: BfdState };

export class BfdSession {
  readonly #config: BfdConfig;
  readonly #random: RandomStream;
  #state: BfdState = "down";
  #diagnostic: number = bfdDiagnostics.none;
  #remoteDiscriminator = 0;
  #remoteMinReceiveUs = 1;
  #remoteDesiredTransmitUs = 0;
  #remoteMultiplier = 1;
  #remoteState: BfdState = "down";
  #remoteDemand = false;
  /** What we last told the peer; a change in session goes through a poll sequence. */
  #toldIntervalUs = slowIntervalUs;
  #polling = false;
  #heardUs = Number.NEGATIVE_INFINITY;
  #nextSendUs: number;

  constructor(config: BfdConfig, random: RandomStream, nowUs: number) {
    this.#config = config;
    this.#random = random;
    this.#nextSendUs = nowUs;
  }

  get state(): BfdState {
    return this.#state;
  }

  /** Silence after which the session goes down, once the peer is known. */
  get detectionUs(): number {
    return this.#remoteMultiplier * Math.max(this.#config.intervalUs, this.#remoteDesiredTransmitUs);
  }

  nextDeadlineUs(): number {
    const silentUs = this.#isWatching ? this.#heardUs + this.detectionUs : Number.POSITIVE_INFINITY;
    return Math.min(this.#mustSend ? this.#nextSendUs : Number.POSITIVE_INFINITY, silentUs);
  }

  /** Takes a packet of the peer (section 6.8.6). */
  receive(packet: BfdPacket, nowUs: number): BfdOutput[] {
    if (packet.yourDiscriminator !== 0 && packet.yourDiscriminator !== this.#config.discriminator) return [];
    const outputs: BfdOutput[] = [];
    this.#remoteDiscriminator = packet.myDiscriminator;
    this.#remoteState = packet.state;
    this.#remoteDemand = packet.demand;
    this.#remoteMinReceiveUs = packet.requiredMinReceiveUs;
    this.#remoteDesiredTransmitUs = packet.desiredMinTransmitUs;
    this.#remoteMultiplier = packet.detectMultiplier;
    this.#heardUs = nowUs;
    if (packet.final) this.#polling = false;
    this.#follow(packet.state, outputs, nowUs);
    // A peer that takes more from now on gets it from now on, not from the next slow packet on.
    const soonestUs = nowUs + this.#transmitIntervalUs;
    if (soonestUs < this.#nextSendUs) this.#nextSendUs = nowUs + this.#jittered(this.#transmitIntervalUs);
    if (packet.poll) outputs.push({ kind: "send", packet: this.#packet(true) });
    return outputs;
  }

  /** Time has passed; call after everything that had arrived was offered. */
  tick(nowUs: number): BfdOutput[] {
    const outputs: BfdOutput[] = [];
    if (nowUs >= this.#heardUs + this.detectionUs) {
      // In every state: a peer that has started anew would not know the number that its earlier session had (section 6.8.1).
      this.#remoteDiscriminator = 0;
      if (this.#isWatching) {
        this.#diagnostic = bfdDiagnostics.timeExpired;
        this.#move("down", outputs, nowUs);
      }
    }
    if (this.#mustSend && nowUs >= this.#nextSendUs) {
      outputs.push({ kind: "send", packet: this.#packet(false) });
      this.#nextSendUs = nowUs + this.#jittered(this.#transmitIntervalUs);
    }
    return outputs;
  }

  /** Tells the peer that we leave on purpose. */
  close(): BfdOutput[] {
    this.#state = "adminDown";
    this.#diagnostic = bfdDiagnostics.adminDown;
    return [{ kind: "send", packet: this.#packet(false) }];
  }

  get #isWatching(): boolean {
    return this.#state === "init" || this.#state === "up";
  }

  get #mustSend(): boolean {
    const bothUp = this.#state === "up" && this.#remoteState === "up";
    const inDemand = this.#remoteDemand && bothUp && !this.#polling;
    return this.#remoteMinReceiveUs !== 0 && !inDemand && this.#state !== "adminDown";
  }

  get #transmitIntervalUs(): number {
    return Math.max(this.#toldIntervalUs, this.#remoteMinReceiveUs);
  }

  #follow(remote: BfdState, outputs: BfdOutput[], nowUs: number): void {
    if (this.#state === "adminDown") return;
    if (remote === "adminDown") {
      if (this.#state !== "down") this.#fall(outputs, nowUs);
      return;
    }
    if (this.#state === "down") {
      if (remote === "down") this.#move("init", outputs, nowUs);
      else if (remote === "init") this.#move("up", outputs, nowUs);
    } else if (this.#state === "init") {
      if (remote === "init" || remote === "up") this.#move("up", outputs, nowUs);
    } else if (remote === "down") this.#fall(outputs, nowUs);
  }

  #fall(outputs: BfdOutput[], nowUs: number): void {
    this.#diagnostic = bfdDiagnostics.neighbourDown;
    this.#move("down", outputs, nowUs);
  }

  #move(to: BfdState, outputs: BfdOutput[], nowUs: number): void {
    const from = this.#state;
    this.#state = to;
    if (to === "up") this.#diagnostic = bfdDiagnostics.none;
    const intervalUs = to === "up" ? this.#config.intervalUs : Math.max(slowIntervalUs, this.#config.intervalUs);
    if (to === "up" && intervalUs !== this.#toldIntervalUs) this.#polling = true;
    if (to !== "up") this.#polling = false;
    this.#toldIntervalUs = intervalUs;
    // The peer learns at once.
    this.#nextSendUs = nowUs;
    outputs.push({ kind: "state", from, to });
  }

  /** 75 to 100% of the interval; at most 90% with a multiplier of 1 (section 6.8.7). */
  #jittered(intervalUs: number): number {
    const most = this.#config.multiplier === 1 ? 90 : 100;
    return Math.floor((intervalUs * this.#random.between(75, most)) / 100);
  }

  #packet(final: boolean): BfdPacket {
    return {
      diagnostic: this.#diagnostic,
      state: this.#state,
      poll: !final && this.#polling,
      final,
      demand: false,
      detectMultiplier: this.#config.multiplier,
      myDiscriminator: this.#config.discriminator,
      yourDiscriminator: this.#remoteDiscriminator,
      desiredMinTransmitUs: this.#toldIntervalUs,
      requiredMinReceiveUs: this.#config.intervalUs,
    };
  }
}
