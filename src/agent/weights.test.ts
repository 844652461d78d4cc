/** Weights by measured rate: a queue lowers them to what the link carries, and only a queue does. */

import { describe, expect, test } from "vitest";
import { estimateRate, isQueued, weightsFor } from "./weights.ts";

const sample = (gbps: number, queueUs: number) => ({
  sentBytes: (gbps * 1e9) / 8,
  elapsedS: 1,
  roundTripUs: 100 + queueUs,
  roundTripMinUs: 100,
});

describe("weights", () => {
  test("a standing queue brings the estimate to what leaves, its end back to the nominal rate", () => {
    let rate = 10;
    for (let second = 0; second < 20; second++) rate = estimateRate(rate, 10, sample(1, 15_000), second > 0);
    expect(rate).toBeGreaterThan(1);
    expect(rate).toBeLessThan(1.1);
    for (let second = 0; second < 100; second++) rate = estimateRate(rate, 10, sample(1, 0), true);
    expect(rate).toBeGreaterThan(9.9);
  });

  test("one late second, and an idle link, change nothing", () => {
    expect(isQueued(sample(0.001, 15_000))).toBe(true);
    expect(estimateRate(10, 10, sample(0.001, 15_000), false)).toBe(10);
    expect(estimateRate(10, 10, sample(0, 0), true)).toBe(10);
  });

  test("weights are in the proportion of the rates and stay for small changes", () => {
    expect(weightsFor([10, 2.5], [1, 1])).toEqual([100, 25]);
    expect(weightsFor([10, 2.6], [100, 25])).toEqual([100, 25]);
    expect(weightsFor([10, 1e-9], [1, 1])).toEqual([100, 1]);
  });
});
