/** The figures of a probe against hand-made and random arrivals. */

import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type ProbeFlow, probeFigures } from "./figures.ts";

/** A message each ms from 0; those between `from` and `to` are lost. */
const flow = (messages: number, from: number, to: number): ProbeFlow => {
  const sentMs = Array.from({ length: messages }, (_, index) => index);
  return { sentMs, arrivedMs: sentMs.map((at) => (at >= from && at < to ? undefined : at + 0.5)) };
};

test("a fault in one of two flows", () => {
  const figures = probeFigures([flow(1_000, 500, 620), flow(1_000, 0, 0)], { beginMs: 0, endMs: 1_000, faultMs: 490 });
  expect(figures).toEqual({
    flows: 2,
    sent: 2_000,
    lost: 120,
    flowsHit: 1,
    longestGapMs: 121,
    longestGapAtMs: 9.5,
    undisturbedGapMs: 1,
  });
});

test("a flow that never comes back is silent until the end", () => {
  const figures = probeFigures([flow(100, 50, 100)], { beginMs: 0, endMs: 100 });
  expect(figures).toMatchObject({ lost: 50, longestGapMs: 50.5, longestGapAtMs: 49.5, undisturbedGapMs: undefined });
});

test("a delayed flow is hit though nothing of it is lost", () => {
  const sentMs = Array.from({ length: 100 }, (_, index) => index);
  const late = { sentMs, arrivedMs: sentMs.map((at) => (at >= 50 && at < 70 ? 70.5 : at + 0.5)) };
  expect(probeFigures([late], { beginMs: 0, endMs: 100, faultMs: 49 })).toMatchObject({ lost: 0, flowsHit: 1 });
});

test("every silence fits into the longest gap", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 999 }), { maxLength: 40 }), (times) => {
      const { longestGapMs, longestGapAtMs } = probeFigures([{ sentMs: times, arrivedMs: times }], {
        beginMs: 0,
        endMs: 1_000,
      });
      const heard = (from: number, to: number) => times.some((at) => at > from && at < to);
      expect(heard(longestGapAtMs, longestGapAtMs + longestGapMs)).toBe(false);
      for (let from = 0; from + longestGapMs < 1_000; from++) expect(heard(from, from + longestGapMs + 1)).toBe(true);
    }),
  );
});
