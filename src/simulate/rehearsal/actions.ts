/** What somebody does to a fabric, one thing after the other, as a scenario: what was clicked can be saved and run again. */

import type { EventKind, ScenarioEvent, ScenarioFile } from "../scenario/schema.ts";

/** One thing done to a part. */
export interface Action {
  readonly event: Extract<EventKind, "fail" | "heal" | "degrade">;
  /** Name of the part. */
  readonly part: string;
  /** Which direction is hit. Default: both. */
  readonly direction?: "up" | "down";
  /** degrade: share of the bandwidth that is left. */
  readonly rate?: number;
}

/** Seconds between two actions, and after the last: takeovers, routing and rerouting over another NIC are over by then. */
export const actionIntervalS = 60;

/** The scenario in which the actions happen one after the other. */
export function scenarioOfActions(name: string, actions: readonly Action[]): ScenarioFile {
  const events = actions.map(
    ({ event, part, direction, rate }, index): ScenarioEvent => ({
      at: (index + 1) * actionIntervalS,
      event,
      part,
      ...(direction === undefined ? {} : { direction }),
      ...(rate === undefined ? {} : { rate }),
    }),
  );
  return { name, duration: (actions.length + 1) * actionIntervalS, seed: 1, events };
}

/** The actions of a scenario that consists of nothing else; undefined where it says more than actions can. */
export function actionsOfScenario({ events, random }: ScenarioFile): Action[] | undefined {
  if (random !== undefined) return undefined;
  const actions: Action[] = [];
  const ordered = events.toSorted((left, right) => Number(left.at) - Number(right.at));
  for (const { event, part, direction, rate, at, ...rest } of ordered) {
    const isAction = event === "fail" || event === "heal" || event === "degrade";
    const saysMore = Object.values(rest).some((value) => value !== undefined) || /[*[]/.test(part) || at === "random";
    if (!isAction || saysMore || (event === "degrade" && rate === undefined)) return undefined;
    actions.push({
      event,
      part,
      ...(direction === undefined || direction === "both" ? {} : { direction }),
      ...(rate === undefined ? {} : { rate }),
    });
  }
  return actions;
}

/** The text of the scenario file. `seed`: of the flows' hashes and of the heartbeats' phases. */
export function scenarioText(name: string, actions: readonly Action[], seed = 1): string {
  const { duration } = scenarioOfActions(name, actions);
  // Text in JSON's quotes is text in YAML, whatever stands in it.
  const lines = actions.map(({ event, part, direction, rate }, index) => {
    const more = [
      direction === undefined ? "" : `, direction: ${direction}`,
      rate === undefined ? "" : `, rate: ${Math.round(rate * 1e6) / 1e4}%`,
    ].join("");
    return `  - { at: ${(index + 1) * actionIntervalS}s, event: ${event}, part: ${JSON.stringify(part)}${more} }\n`;
  });
  const events = lines.length === 0 ? "events: []\n" : `events:\n${lines.join("")}`;
  return `name: ${JSON.stringify(name)}\nduration: ${duration}s\nseed: ${seed}\n${events}`;
}
