/** Runs collectives of several groups at once on a live network. */

import { defined } from "../../base/assert.ts";
import type { LiveNetwork } from "../network/index.ts";
import type { Schedule } from "./schedule.ts";

/** Bytes of the run; the time per byte does not depend on them. */
const runBytes = 2 ** 30;

/**
 * Seconds that each of the schedules needs for every byte when all start together now, latency apart; infinite for one that
 * stalls. Every size follows from it, because all bytes flow alike.
 */
export function secondsPerByte(live: LiveNetwork, schedules: readonly Schedule[]): Float64Array {
  const { engine } = live;
  const startTicks = engine.nowTicks;
  const needed = new Float64Array(schedules.length).fill(Number.POSITIVE_INFINITY);
  const phaseOf = new Int32Array(schedules.length);
  const running = new Int32Array(schedules.length);
  const owners = new Map<number, number>();
  const startPhase = (index: number, exactTicks: number) => {
    const phase = schedules[index]!.phases[phaseOf[index]!];
    if (phase === undefined) needed[index] = (exactTicks - startTicks) / engine.ticksPerSecond / runBytes;
    else
      for (const { bytesPerByte, ...transfer } of phase.transfers) {
        owners.set(live.start({ bytes: bytesPerByte * runBytes, ...transfer }), index);
        running[index]!++;
      }
  };
  for (const index of schedules.keys()) startPhase(index, startTicks);
  live.run((id, exactTicks) => {
    const index = defined(owners.get(id), "schedule of a transfer");
    if (--running[index]! > 0) return;
    phaseOf[index]!++;
    startPhase(index, exactTicks);
  });
  return needed;
}
