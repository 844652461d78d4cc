/** One direction of one link in the simulated network: a rate, a delay, and whatever harm an adversary does to it. */

import type { RandomStream } from "../../base/random.ts";

export interface PathConditions {
  /** Bytes a microsecond. */
  rate: number;
  delayUs: number;
  /** Each frame is late by up to this much more. */
  jitterUs: number;
  /** Probabilities a frame. */
  drop: number;
  duplicate: number;
  corrupt: number;
  /** Whether jitter may reorder frames; if not, a frame waits for those before it. */
  reorders: boolean;
  /** While cut, nothing gets through. */
  cut: boolean;
  /** Urgent frames wait for at most this much of the data before them: what stands in the network's own queue. */
  queueUs: number;
  /** As TCP: what is sent while cut is not lost but comes when the cut is over, unless the connection is renewed. */
  keeps: boolean;
}

/** A path that does no harm. */
export const cleanConditions: PathConditions = {
  rate: 125,
  delayUs: 50,
  jitterUs: 0,
  drop: 0,
  duplicate: 0,
  corrupt: 0,
  reorders: false,
  cut: false,
  queueUs: 0,
  keeps: false,
};

export interface Arrival {
  readonly atUs: number;
  readonly bytes: Uint8Array;
}

/** A frame that is longer on its way than this shows in between that it is arriving. */
const arrivingEveryUs = 500;

export class SimulatedPath {
  readonly conditions: PathConditions;
  readonly #random: RandomStream;
  #busyUntilUs = 0;
  #latestArrivalUs = 0;
  #kept: Uint8Array[] = [];

  constructor(conditions: PathConditions, random: RandomStream) {
    this.conditions = conditions;
    this.#random = random;
  }

  /** When what was sent so far has left the sender's buffer. */
  get busyUntilUs(): number {
    return this.#busyUntilUs;
  }

  /** Forgets the queue, as a new connection does. */
  clear(): void {
    this.#busyUntilUs = 0;
    this.#latestArrivalUs = 0;
    this.#kept = [];
  }

  /** Ends a cut; returns what had been kept. */
  mend(nowUs: number): Arrival[] {
    this.conditions.cut = false;
    const atUs = nowUs + this.conditions.delayUs;
    this.#latestArrivalUs = Math.max(this.#latestArrivalUs, atUs);
    return this.#kept.splice(0).map((bytes) => ({ atUs, bytes }));
  }

  /** Sends one frame; urgent ones do not queue behind data. Returns its arrivals: none, one or two. */
  send(head: Uint8Array, payload: readonly Uint8Array[], urgent: boolean, nowUs: number): Arrival[] {
    const { conditions } = this;
    const random = this.#random;
    const size = payload.reduce((sum, piece) => sum + piece.length, head.length);
    const freeUs = Math.max(nowUs, this.#busyUntilUs);
    const startUs = urgent ? Math.min(freeUs, nowUs + conditions.queueUs) : freeUs;
    const sentUs = startUs + size / conditions.rate;
    if (!urgent) this.#busyUntilUs = sentUs;
    if (conditions.cut && conditions.keeps && !urgent) this.#kept.push(joined(head, payload, size));
    if (conditions.cut || (conditions.drop > 0 && random.chance(conditions.drop))) return [];
    const bytes = joined(head, payload, size);
    const arrivals = [{ atUs: this.#arrivalUs(sentUs, urgent), bytes }];
    if (conditions.duplicate > 0 && random.chance(conditions.duplicate))
      arrivals.push({ atUs: this.#arrivalUs(sentUs, urgent), bytes: bytes.slice() });
    if (conditions.corrupt > 0 && random.chance(conditions.corrupt)) damage(bytes, random);
    return arrivals;
  }

  /** When parts of a frame that is sent now will have arrived before the whole of it has. */
  arrivingUs(payloadBytes: number, nowUs: number): number[] {
    const { rate, delayUs, cut } = this.conditions;
    const times: number[] = [];
    if (cut) return times;
    const startUs = Math.max(nowUs, this.#busyUntilUs) + delayUs;
    for (let atUs = startUs + arrivingEveryUs; atUs < startUs + payloadBytes / rate; atUs += arrivingEveryUs)
      times.push(Math.ceil(atUs));
    return times;
  }

  #arrivalUs(sentUs: number, urgent: boolean): number {
    const { delayUs, jitterUs, reorders } = this.conditions;
    const jitter = jitterUs > 0 ? this.#random.below(jitterUs + 1) : 0;
    const at = Math.ceil(sentUs + delayUs) + jitter;
    if (reorders || urgent) return at;
    this.#latestArrivalUs = Math.max(this.#latestArrivalUs, at);
    return this.#latestArrivalUs;
  }
}

function joined(head: Uint8Array, payload: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(head);
  let at = head.length;
  for (const piece of payload) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function damage(bytes: Uint8Array, random: RandomStream): void {
  const flips = random.between(1, 3);
  for (let flip = 0; flip < flips; flip++) {
    const at = random.below(bytes.length);
    bytes[at] = bytes[at]! ^ (1 << random.below(8));
  }
}
