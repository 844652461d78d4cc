/** Keeps paced classes to what the others leave over while a link is failed, so that the survivor does not congest. */

import { allocate } from "./allocation.ts";
import type { ClassQueue } from "./class-queues.ts";

/** Rates are divided again at this interval; what waits in a class that is not paced should be gone by then. */
const intervalUs = 10_000;
/** The share of the survivor's measured rate that is given out: the rest keeps its queue short. */
const usableShare = 0.95;

export class Pacer {
  readonly #queues: readonly ClassQueue[];
  #rates = new Map<ClassQueue, number>();
  #dividedUs = Number.NEGATIVE_INFINITY;
  #servedBefore: number[];

  constructor(queues: readonly ClassQueue[]) {
    this.#queues = queues;
    this.#servedBefore = queues.map((queue) => queue.servedBytes);
  }

  /** Lets every class go as fast as it can. */
  release(): void {
    if (this.#rates.size === 0) return;
    this.#rates.clear();
    this.#dividedUs = Number.NEGATIVE_INFINITY;
    for (const queue of this.#queues) queue.paceUs = 0;
  }

  /** Divides the survivor's rate (bytes a microsecond) anew where it is due. */
  divide(rate: number, roundTripUs: number, nowUs: number): void {
    const sinceUs = nowUs - this.#dividedUs;
    if (rate === 0 || sinceUs < intervalUs) return;
    this.#dividedUs = nowUs;
    const demands = this.#queues.map((queue, index) => {
      const used = (queue.servedBytes - this.#servedBefore[index]!) / Math.min(sinceUs, 10 * intervalUs);
      const waiting = queue.waitingBytes(Number.POSITIVE_INFINITY) / intervalUs;
      const demand = queue.config.paced ? Number.POSITIVE_INFINITY : used + waiting;
      return { config: queue.config, rate: demand, messageSize: 0 };
    });
    this.#servedBefore = this.#queues.map((queue) => queue.servedBytes);
    const rates = allocate([{ rate: rate * usableShare, roundTrip: roundTripUs }], demands);
    this.#queues.forEach((queue, index) => {
      if (queue.config.paced) this.#rates.set(queue, Math.max(rates[index]![0]!, 1e-3));
    });
  }

  isPaced(queue: ClassQueue): boolean {
    return this.#rates.has(queue);
  }

  /** A class sent something: when it may send again. */
  sent(queue: ClassQueue, bytes: number, nowUs: number): void {
    const rate = this.#rates.get(queue);
    if (rate !== undefined) queue.paceUs = Math.max(queue.paceUs, nowUs) + bytes / rate;
  }
}
