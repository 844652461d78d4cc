/** Wakes a session when its core wants to be told that time has passed. */

import { nowUs } from "./clock.ts";

/** `drainedUs`: every heartbeat that had arrived by then has been handed over, with its time of arrival. */
export type Tick = (drainedUs?: number) => void;

export interface Ticker {
  /** Calls back at `dueUs` or soon after; a later call replaces an earlier one. Infinity: never. */
  arm(dueUs: number): void;
  stop(): void;
}

/**
 * On timers of the event loop, to a millisecond or two. The callback comes after the loop has looked for input, so that
 * what has arrived is read before silence is judged.
 */
export function eventLoopTicker(tick: Tick): Ticker {
  let timer: NodeJS.Timeout | undefined;
  let firesUs = Number.POSITIVE_INFINITY;
  let wantedUs = Number.POSITIVE_INFINITY;
  let stopped = false;
  const fire = () => {
    firesUs = Number.POSITIVE_INFINITY;
    setImmediate(() => {
      if (stopped) return;
      if (nowUs() >= wantedUs) tick();
      else schedule();
    });
  };
  const schedule = () => {
    if (stopped || wantedUs >= firesUs || wantedUs === Number.POSITIVE_INFINITY) return;
    clearTimeout(timer);
    firesUs = wantedUs;
    timer = setTimeout(fire, Math.max((wantedUs - nowUs()) / 1_000, 0));
  };
  return {
    arm(dueUs) {
      wantedUs = dueUs;
      schedule();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
