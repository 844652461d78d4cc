/** The whole course of a scenario on one fabric: what its file says and what chance adds. */

import { userError } from "../../base/diagnostics.ts";
import { randomStream } from "../../base/random.ts";
import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/types.ts";
import { expandEvents, lastMomentS } from "./expand.ts";
import { drawFailures } from "./generate.ts";
import { inOrder, type Timeline } from "./happenings.ts";
import type { LocatedScenario } from "./parse.ts";
import type { ScenarioFile } from "./schema.ts";
import { healsNothing, neverReached } from "./warnings.ts";

const usPerDay = 86_400_000_000;

/** The longest time that one run simulates: the engine counts whole nanoseconds. */
export const durationUsMax = 100 * usPerDay;

/** A scenario of nothing but failures at random. */
export function randomScenario(days: number, seed: number): LocatedScenario {
  const scenario: ScenarioFile = {
    name: `${days} ${days === 1 ? "day" : "days"} at random`,
    duration: days * 86_400,
    seed,
    events: [],
    random: { rates: 1, flaps: true },
  };
  return { scenario, placeOfKey: () => undefined };
}

/** Draws and orders everything that happens. Throws a `UserError` for parts that the fabric does not have. */
export function timelineOf(fabric: Fabric, cluster: Cluster, located: LocatedScenario): Timeline {
  const { scenario } = located;
  const durationUs = durationOf(scenario);
  if (durationUs > durationUsMax)
    throw userError(
      "scenario/too-large",
      `the scenario lasts ${Math.round(durationUs / usPerDay)} days, more than the ${durationUsMax / usPerDay} of one run`,
      "Simulate a shorter time, or several with different seeds.",
    );
  const random = randomStream(scenario.seed);
  const written = expandEvents(fabric, located, durationUs, random.fork("events"));
  const count = written.events.length;
  const drawn =
    scenario.random === undefined
      ? { events: [], happenings: [] }
      : drawFailures(fabric, cluster, scenario.random, durationUs, random.fork("failures"), count);
  const happenings = inOrder([...written.happenings, ...drawn.happenings]);
  return {
    durationUs,
    events: [...written.events, ...drawn.events],
    happenings,
    warnings: [
      ...neverReached(located, durationUs),
      ...written.warnings,
      ...healsNothing(located, happenings, written.heals, durationUs),
    ],
  };
}

function durationOf({ duration, events, random }: ScenarioFile): number {
  if (duration !== undefined) return Math.round(duration * 1e6);
  if (random !== undefined) return 30 * usPerDay;
  return Math.round((lastMomentS(events) + 60) * 1e6);
}
