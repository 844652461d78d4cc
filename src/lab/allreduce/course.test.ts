import { describe, expect, test } from "vitest";
import { type Course, feltOf, isMeasured, isSteady, isWarm, steadyTimeMs, type TimedIteration } from "./course.ts";

const course: Course = { before: 6, warmMs: 500, settleMs: 1_000, after: 2 };

/** One after the other from 0 ms on, the gaps a tenth of the time. */
function inARow(durationsMs: readonly number[]): TimedIteration[] {
  let endedMs = 0;
  return durationsMs.map((durationMs, iteration) => {
    endedMs += durationMs;
    return { iteration, durationMs, longestGapMs: durationMs / 10, endedMs };
  });
}

describe("before the fault", () => {
  test("steady: four in a row within a tenth of their median, four before them hardly slower, the first never among them", () => {
    expect(isSteady(inARow([100, 100, 100, 100, 100, 100, 100, 100]))).toBe(false);
    expect(isSteady(inARow([900, 100, 100, 100, 100, 100, 109, 91, 100]))).toBe(true);
    expect(isSteady(inARow([900, 100, 100, 100, 100, 100, 112, 91, 100]))).toBe(false);
    expect(isSteady(inARow([900, 300, 107, 106, 105, 100, 101, 102, 99]))).toBe(true);
    expect(isSteady(inARow([900, 300, 120, 110, 109, 100, 101, 102, 99]))).toBe(false);
  });
  test("warm: enough of them, for long enough, and steady, or three times as long", () => {
    const same = (count: number, durationMs: number) => inARow(Array.from({ length: count }, () => durationMs));
    expect(isWarm(same(9, 100), { ...course, before: 10 })).toBe(false);
    expect(isWarm(same(9, 100), course)).toBe(true);
    expect(isWarm(same(9, 60), course)).toBe(false);
    const never = (count: number) => inARow(Array.from({ length: count }, (_, index) => (index % 2 === 0 ? 100 : 200)));
    expect(isWarm(never(10), course)).toBe(false);
    expect(isWarm(never(11), course)).toBe(true);
  });
});

test("after the fault: silence until all has settled, bandwidth from then on", () => {
  const before = [900, 100, 100, 100, 100, 100];
  const done = inARow([...before, 600, 300, 200, 120, 200, 200, 210]);
  const faultMs = 1_450;
  // All has settled at 2450; iterations begin at 2300, 2500, 2620, 2820 and 3020.
  expect(isMeasured(done.slice(0, 9), faultMs, course)).toBe(false);
  expect(isMeasured(done, faultMs, course)).toBe(true);
  const usualMs = steadyTimeMs(done.slice(0, before.length));
  expect(usualMs).toBe(100);
  expect(feltOf(done, { warmCount: 6, faultMs, usualMs }, course)).toEqual({
    iteration: 6,
    gapMs: 60,
    pauseMs: 500,
    afterMs: 200,
    bandwidthKept: 0.5,
  });
});
