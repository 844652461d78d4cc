/** The confirmations one side owes for one link. */

import { ReceivedSequences } from "./received-sequences.ts";

/** At the latest after this many bytes a confirmation is due at once. */
const ackEveryBytes = 1_048_576;

export class Acknowledger {
  readonly received = new ReceivedSequences();
  /** When a confirmation is due; infinity when none is owed. */
  dueUs = Number.POSITIVE_INFINITY;
  /** The latest heartbeat's own time, and when it came, to be repeated to its sender. */
  echoSentUs = 0;
  echoHeardUs = 0;
  #unconfirmedBytes = 0;
  #newestUs = 0;
  readonly #delayUs: number;

  constructor(delayUs: number) {
    this.#delayUs = delayUs;
  }

  /** Takes note of a sequenced frame; false when it must not be looked at (again). */
  take(sequence: number, floor: number, bytes: number, ackSoon: boolean, nowUs: number): boolean {
    this.received.raiseFloor(floor);
    const fresh = this.received.add(sequence);
    this.#unconfirmedBytes += bytes;
    this.#newestUs = nowUs;
    const gap = this.received.ranges.length > 0;
    if (!fresh || ackSoon || gap || this.#unconfirmedBytes >= ackEveryBytes) this.dueUs = nowUs;
    else if (nowUs + this.#delayUs < this.dueUs) this.dueUs = nowUs + this.#delayUs;
    return fresh;
  }

  /** A confirmation goes out; returns how long the newest frame waited for it. */
  sent(nowUs: number): number {
    this.dueUs = Number.POSITIVE_INFINITY;
    this.#unconfirmedBytes = 0;
    return nowUs - this.#newestUs;
  }
}
