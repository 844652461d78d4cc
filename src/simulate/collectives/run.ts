/** Runs collectives of several groups at once on the fluid engine. */

import { FluidEngine } from "../fluid/index.ts";
import type { Schedule } from "./schedule.ts";

/** Bytes of the run; the time per byte does not depend on them. */
const runBytes = 2 ** 30;

/**
 * Seconds that each of the schedules needs for every byte when all start together, latency apart; infinite for one that
 * stalls. `capacities`: bytes a second of each resource. Every size follows from it, because all bytes flow alike.
 */
export function secondsPerByte(schedules: readonly Schedule[], capacities: Float64Array): Float64Array {
  const engine = new FluidEngine(capacities);
  const ended = new Float64Array(schedules.length).fill(Number.POSITIVE_INFINITY);
  const phaseOf = new Int32Array(schedules.length);
  const running = new Int32Array(schedules.length);
  const owners = new Map<number, number>();
  const startPhase = (index: number, exactTicks: number) => {
    const { phases, cutOff } = schedules[index]!;
    const phase = phases[phaseOf[index]!];
    if (phase === undefined) ended[index] = exactTicks / engine.ticksPerSecond / runBytes;
    else if (cutOff === undefined)
      for (const { bytesPerByte, lanes } of phase.transfers) {
        owners.set(engine.start({ bytes: bytesPerByte * runBytes, lanes }), index);
        running[index]!++;
      }
  };
  for (const index of schedules.keys()) startPhase(index, 0);
  engine.run((id, exactTicks) => {
    const index = owners.get(id)!;
    if (--running[index]! > 0) return;
    phaseOf[index]!++;
    startPhase(index, exactTicks);
  });
  return ended;
}
