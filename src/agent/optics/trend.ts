/** The fall of a module's receive power over the last day: light that fades is a link that will fail. */

import type { ModuleDiagnostics } from "./module.ts";

const hourUs = 3_600_000_000;
const dayUs = 24 * hourUs;
/** One sample is kept for each quarter of an hour. */
const sampleEveryUs = hourUs / 4;
const samplesMax = 100;
/** A smaller fall is the weather: modules report a tenth of a dB more or less from one look to the next. */
const fallDbMin = 1;

interface Sample {
  readonly atUs: number;
  readonly lanesDbm: readonly number[];
}

export class ModuleTrend {
  readonly #samples: Sample[] = [];
  #serial = "";

  /** Takes note of a reading; another module begins anew. */
  add(module: ModuleDiagnostics, nowUs: number): void {
    if (module.serial !== this.#serial) this.#samples.length = 0;
    this.#serial = module.serial;
    const latest = this.#samples.at(-1);
    if (latest !== undefined && nowUs - latest.atUs < sampleEveryUs) return;
    this.#samples.push({ atUs: nowUs, lanesDbm: module.receivePowerDbm });
    while (this.#samples.length > samplesMax || (this.#samples[0]?.atUs ?? nowUs) < nowUs - dayUs)
      this.#samples.shift();
  }

  /**
   * Least-squares slope of the fastest-fading lane, as dB of fall in a day; 0 while less than an hour is known, or while it
   * makes less than 1 dB in all. A lane that is dark has no trend: its alarm speaks for it.
   */
  fallDbPerDay(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atUs - first.atUs < hourUs) return 0;
    const slopes = first.lanesDbm.map((_, lane) => slopePerDay(this.#samples, lane));
    const fall = Math.max(0, ...slopes.map((slope) => -slope));
    return (fall * (last.atUs - first.atUs)) / dayUs < fallDbMin ? 0 : fall;
  }
}

function slopePerDay(samples: readonly Sample[], lane: number): number {
  const points = samples.map(({ atUs, lanesDbm }) => [atUs / dayUs, lanesDbm[lane] ?? Number.NaN] as const);
  if (points.some(([, dbm]) => !(dbm > -40))) return 0;
  const mean = (index: 0 | 1) => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [meanDay, meanDbm] = [mean(0), mean(1)];
  const spread = points.reduce((sum, [day]) => sum + (day - meanDay) ** 2, 0);
  const together = points.reduce((sum, [day, dbm]) => sum + (day - meanDay) * (dbm - meanDbm), 0);
  return spread === 0 ? 0 : together / spread;
}
