/** What a case of `npm run bench:simulate` measures, and how it tells. */

import { median } from "../../src/base/median.ts";

export interface Case {
  /** What is measured, the same for all sizes. */
  readonly name: string;
  /** Size of this measurement, for growth: `1,024 GPUs`. */
  readonly size: string;
  /** One run. Its result is printed once, as a check of what was computed. */
  readonly run: () => string;
  /** Runs before the clock starts. Default 1. */
  readonly warmUps?: number;
  /** Runs on the clock, of which the median counts. Default 3. */
  readonly runs?: number;
  /** What the run must stay below: time on the clock, and peak memory. */
  readonly limitMs?: number;
  readonly limitMiB?: number;
  /** A peer's published or measured figure for the same work. */
  readonly peer?: { readonly name: string; readonly ms: number };
}

/** One line of output of a case. */
export interface Measurement {
  readonly name: string;
  readonly size: string;
  /** Time on the clock, and of the processor (all threads of the process). */
  readonly ms: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
  readonly result: string;
  readonly limitMs?: number;
  readonly limitMiB?: number;
  readonly peer?: { readonly name: string; readonly ms: number };
}

/** Measures in this process and prints one line of JSON. Peak memory is that of the process so far. */
export function measure({ run, warmUps = 1, runs = 3, ...rest }: Case): void {
  let result = "";
  for (let round = 0; round < warmUps; round++) result = run();
  const times: number[] = [];
  const cpuTimes: number[] = [];
  for (let round = 0; round < runs; round++) {
    const start = performance.now();
    const usage = process.cpuUsage();
    result = run();
    times.push(performance.now() - start);
    const { user, system } = process.cpuUsage(usage);
    cpuTimes.push((user + system) / 1000);
  }
  const peakMiB = Math.round(process.resourceUsage().maxRSS / 1024);
  const measured: Measurement = { ...rest, ms: median(times), cpuMs: median(cpuTimes), peakMiB, result };
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}
