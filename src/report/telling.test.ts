import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import type { TrainingResult } from "../simulate/result.ts";
import { simulationJson } from "./simulation-json.ts";
import { simulationJsonSchema } from "./simulation-schema.ts";
import { entriesMax, notableMax, tell, usualTelling } from "./telling.ts";
import { simulated } from "./testing/simulated.ts";

const scenario = readFileSync(new URL("../../examples/scenarios/access-link.yaml", import.meta.url), "utf8");
const small = simulated("name: dual\nservers: {count: 16}\nplane: {}", scenario, ["active-standby"]);
const [run] = small.runs;

/** The run with its lists repeated, a little longer each time. */
function longer(times: number): TrainingResult {
  const { events, takeovers, timeline, totals } = run!;
  const repeat = <T>(list: readonly T[], change: (entry: T, round: number) => T) =>
    Array.from({ length: times }, (_, round) => list.map((entry) => change(entry, round))).flat();
  return {
    ...run!,
    events: repeat(events, (each, round) => ({ ...each, atS: each.atS + round, stalledS: each.stalledS + round })),
    takeovers: repeat(takeovers, (each, round) => ({ ...each, atS: each.atS + round, totalUs: each.totalUs + round })),
    timeline: repeat(timeline, (each, round) => ({ ...each, endS: each.endS + round })),
    totals: { ...totals, standstillsS: repeat(totals.standstillsS, (each, round) => each + round) },
  };
}

test("all is everything; a short run is told so", () => {
  expect(usualTelling([run!])).toBe("all");
  const { run: told, leftOut } = tell(run!, "all");
  expect(told).toEqual(run);
  expect(leftOut).toEqual({ rule: "all", events: 0, takeovers: 0, timeline: 0, standstills: 0 });
});

test("notable keeps the worst and the longest of each list in the order of time, and counts the rest", () => {
  const long = longer(3_000);
  const { run: told, leftOut } = tell(long, "notable");
  const kept = [told.events, told.takeovers, told.timeline, told.totals.standstillsS];
  const all = [long.events, long.takeovers, long.timeline, long.totals.standstillsS];
  const left = [leftOut.events, leftOut.takeovers, leftOut.timeline, leftOut.standstills];
  for (const [at, list] of kept.entries()) {
    expect(list.length).toBe(Math.min(notableMax, all[at]!.length));
    expect(list.length + left[at]!).toBe(all[at]!.length);
  }
  const shortest = Math.min(...told.takeovers.map(({ totalUs }) => totalUs));
  expect(long.takeovers.filter(({ totalUs }) => totalUs > shortest).length).toBeLessThan(notableMax);
  const rowsAt = told.timeline.map((row) =>
    long.timeline.findIndex(({ startS, endS }) => startS === row.startS && endS === row.endS),
  );
  expect(Math.min(...rowsAt)).toBeGreaterThanOrEqual(0);
  expect(told.totals).toMatchObject({ gpuHoursLost: long.totals.gpuHoursLost, stepsDone: long.totals.stepsDone });
  for (const [at, row] of told.timeline.entries())
    expect(row.sharing === null ? null : told.sharings[row.sharing]).toEqual(
      row.sharing === null ? null : long.sharings[long.timeline[rowsAt[at]!]!.sharing!],
    );
});

test("very long runs are told in their notable entries unless all are asked for; the document fits its schema", () => {
  const long = longer(Math.ceil(entriesMax / 4));
  expect(usualTelling([long])).toBe("notable");
  const validate = new Ajv2020({ strict: false }).compile(simulationJsonSchema());
  for (const telling of [undefined, "none"] as const) {
    const document = JSON.parse(JSON.stringify(simulationJson({ ...small, runs: [long, long], telling })));
    validate(document);
    expect(validate.errors).toBeNull();
    expect(document.leftOut.rule).toBe(telling ?? "notable");
    expect(document.takeovers.length + document.leftOut.takeovers).toBe(2 * long.takeovers.length);
    expect(document.modes).toHaveLength(2);
  }
});
