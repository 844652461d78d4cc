/** The link pairs of all affected endpoints, each run by the switching core from its first fault on. */

import { mix } from "../../base/random.ts";
import type { LinkFault, PairConfig } from "../../switching/index.ts";
import { type Delays, type LinkTruth, PairDriver } from "./pair-driver.ts";

export class Pairs {
  readonly #config: PairConfig;
  readonly #delays: Delays;
  readonly #seed: number;
  readonly #drivers = new Map<number, PairDriver>();
  readonly #schedule: (atUs: number, endpoint: number) => void;
  /** When each pair will be ticked at the latest. */
  readonly #armedUs = new Map<number, number>();

  /** `schedule` is asked to have {@link tick} called for an endpoint at a time. */
  constructor(config: PairConfig, delays: Delays, seed: number, schedule: (atUs: number, endpoint: number) => void) {
    this.#config = config;
    this.#delays = delays;
    this.#seed = seed;
    this.#schedule = schedule;
  }

  /** The truth about the two links of an endpoint is now this; returns what was decided at once. */
  update(endpoint: number, truths: readonly [LinkTruth, LinkTruth], nowUs: number): readonly LinkFault[] {
    const driver = this.#driver(endpoint, nowUs);
    driver.set(0, truths[0], nowUs);
    driver.set(1, truths[1], nowUs);
    this.#arm(endpoint, driver, nowUs);
    return driver.takeFaults();
  }

  /** Lets the core look at the time; returns what was decided. */
  tick(endpoint: number, nowUs: number): readonly LinkFault[] {
    const driver = this.#driver(endpoint, nowUs);
    if ((this.#armedUs.get(endpoint) ?? 0) <= nowUs) this.#armedUs.delete(endpoint);
    if (driver.nextDeadlineUs() <= nowUs) driver.tick(nowUs);
    this.#arm(endpoint, driver, nowUs);
    return driver.takeFaults();
  }

  /** Which sides of an endpoint may carry data: bit 0 side 0, bit 1 side 1. */
  usable(endpoint: number): number {
    const driver = this.#drivers.get(endpoint);
    if (driver === undefined) return 3;
    const { carries } = driver;
    const { mode, primary } = this.#config;
    // A pair in active-standby that has left its primary takes its peers along.
    if (mode === "active-standby" && carries[1 - primary]) return 1 << (1 - primary);
    return (driver.mayCarry(0) ? 1 : 0) + (driver.mayCarry(1) ? 2 : 0);
  }

  carries(endpoint: number): readonly [boolean, boolean] | undefined {
    return this.#drivers.get(endpoint)?.carries;
  }

  #driver(endpoint: number, nowUs: number): PairDriver {
    let driver = this.#drivers.get(endpoint);
    if (driver === undefined) {
      // Heartbeats of different servers are not in step: each has a phase of its own.
      const intervalUs = this.#config.health.heartbeatIntervalUs;
      const phaseUs = (mix(this.#seed, endpoint) >>> 0) % intervalUs;
      driver = new PairDriver(this.#config, this.#delays, nowUs - phaseUs);
      this.#drivers.set(endpoint, driver);
    }
    return driver;
  }

  #arm(endpoint: number, driver: PairDriver, nowUs: number): void {
    const deadlineUs = Math.max(Math.ceil(driver.nextDeadlineUs()), nowUs);
    if (deadlineUs === Number.POSITIVE_INFINITY) return;
    const armed = this.#armedUs.get(endpoint);
    if (armed !== undefined && armed <= deadlineUs && armed > nowUs) return;
    this.#armedUs.set(endpoint, deadlineUs);
    this.#schedule(deadlineUs, endpoint);
  }
}
