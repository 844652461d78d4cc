import { expect, test } from "vitest";
import type { EventResult, TrainingResult } from "../simulate/result.ts";
import { comparedEvents, feltWords } from "./compared-events.ts";

const plain: EventResult = {
  atS: 0,
  event: "fail",
  part: "leaf-a-01",
  kind: "switch",
  cause: "scenario",
  verdict: "transparent",
  bandwidthKept: 1,
  stalledS: 0,
  aborts: 0,
};
const run = (events: readonly Partial<EventResult>[]) =>
  ({ events: events.map((each, atS) => ({ ...plain, atS, ...each })) }) as unknown as TrainingResult;

test("an event counts by the mode in which it is worst; few stay in the order of time", () => {
  const runs = [
    run([{}, { verdict: "degraded", bandwidthKept: 0.9 }, {}, { stalledS: 2 }]),
    run([{ verdict: "fatal", aborts: 1 }, {}, {}]),
  ];
  expect(comparedEvents(runs, 4).map(({ event }) => event.atS)).toEqual([0, 1, 2, 3]);
  expect(comparedEvents(runs, 3).map(({ event }) => event.atS)).toEqual([0, 1, 3]);
  expect(comparedEvents(runs, 4)[3]!.felt.map((each) => each?.stalledS)).toEqual([2, undefined]);
});

test("words", () => {
  expect(feltWords({ ...plain, verdict: "degraded", bandwidthKept: 0.9375, stalledS: 0.003 })).toBe(
    "93.75% kept, stood still 3 ms",
  );
  expect(feltWords({ ...plain, verdict: "fatal", bandwidthKept: 0, stalledS: 120, aborts: 1 })).toBe(
    "stood still 2 min, 1 job lost",
  );
});
