/**
 * Links that go down for seconds: too short to end a job, long enough to halt it where nothing takes over. Alibaba HPN
 * (SIGCOMM 2024) counts 5,000 to 60,000 a day, each halting a single-link job for more than 9 s and a dual-link one not
 * noticeably.
 */

import type { EconomicsSettings } from "../cluster/types.ts";
import type { FailureClass, Variation } from "./types.ts";

/**
 * Flaps in an hour that halt a job: of the links that are missed when they fail (fatal; or rerouted, which takes about
 * as long as a flap), in jobs halted. A server's links are counted by their NIC ports, for two of them may share a
 * splitter cable; the others by their cables.
 */
export function haltingFlapsPerHour(
  classes: readonly FailureClass[],
  economics: EconomicsSettings,
  variation: Variation,
): number {
  const perLink = (economics.linkFlapsPerDay / 24) * variation.rates * variation.flaps;
  return classes
    .filter(({ kind, stage }) => kind === (stage === "access-link" ? "nic-port" : "cable"))
    .filter(({ verdict }) => verdict === "fatal" || verdict === "rerouted")
    .reduce((sum, { count, jobsTouched }) => sum + count * jobsTouched * perLink, 0);
}

/** Share of a job's time halted by so many flaps in an hour: h/(1 + h), up and down in turn. */
export function shareHalted(flapsPerHour: number, haltS: number): number {
  const halted = (flapsPerHour * haltS) / 3600;
  return halted / (1 + halted);
}
