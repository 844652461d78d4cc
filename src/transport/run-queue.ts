/**
 * One loop for all sessions of the process. What arrives is queued, and only this loop gives a driver its turn: no driver
 * ever re-enters itself or another, however many of them have something to do. A turn is bounded by the driver, the loop
 * by time, so that no session keeps the others, or the rest of the program, waiting.
 */

import { assert } from "../base/assert.ts";
import { nowUs } from "./clock.ts";

export interface Runnable {
  /** Does a bounded piece of the work that waits; true when there is more. Only the loop calls it. */
  run(): boolean;
}

/** The event loop gets its turn after so long at the latest, and one turn of a driver. */
const sliceUs = 4_000;

export class RunQueue {
  /** Looked at between two turns: what must not wait until the loop is through. */
  poll: () => void = () => {};
  /** In order of arrival; each once. */
  readonly #waiting = new Set<Runnable>();
  #isRunning = false;
  #resumption: NodeJS.Immediate | undefined;

  /** Queues a driver; its turn comes at once if nothing else is under way. */
  add(runnable: Runnable): void {
    this.#waiting.add(runnable);
    if (!this.#isRunning && this.#resumption === undefined) this.#run();
  }

  remove(runnable: Runnable): void {
    this.#waiting.delete(runnable);
  }

  /** Runs `work` as part of the loop: drivers that it gives something to do get their turns when it is done. */
  during(work: () => void): void {
    assert(!this.#isRunning, "the loop is not entered from within");
    this.#isRunning = true;
    try {
      work();
    } finally {
      this.#isRunning = false;
      if (this.#resumption === undefined) this.#run();
    }
  }

  #run(): void {
    assert(!this.#isRunning, "the loop is not entered from within");
    this.#isRunning = true;
    const untilUs = nowUs() + sliceUs;
    try {
      for (const runnable of this.#waiting) {
        this.#waiting.delete(runnable);
        this.#takeTurn(runnable);
        this.poll();
        if (nowUs() >= untilUs) break;
      }
    } finally {
      this.#isRunning = false;
      if (this.#waiting.size > 0) this.#resumeLater();
    }
  }

  /** An error of the user's own handler goes its way; what else the driver has to do is not lost by it. */
  #takeTurn(runnable: Runnable): void {
    let more = true;
    try {
      more = runnable.run();
    } finally {
      if (more) this.#waiting.add(runnable);
    }
  }

  #resumeLater(): void {
    this.#resumption ??= setImmediate(() => {
      this.#resumption = undefined;
      this.#run();
    });
  }
}

/** The process's one loop. */
export const runQueue = new RunQueue();
