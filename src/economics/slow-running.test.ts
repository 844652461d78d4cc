import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomStream } from "../base/random.ts";
import { assessedFrom, dualText } from "./sample.test-support.ts";
import { meanPaceLost, paceLost, stepS, stepTimes } from "./slow-running.ts";
import type { FailureClass } from "./types.ts";

function slowClass(bandwidthKept: number, failed: number, verdict: FailureClass["verdict"] = "degraded"): FailureClass {
  return {
    ...{ kind: "switch", stage: "leaf-switch", count: 1, failureFit: 0, gpusLost: 0, jobsTouched: 1 },
    ...{ standstillHours: 0, repairHours: 1, failuresPerHour: failed, verdict, bandwidthKept },
  };
}
const halfExchange = { computeS: 1, exchangeS: 1, overlap: 0 };

describe("slow running", () => {
  test("the step by hand: 16 GiB in 8 shards over 16 replicas at 400 Gbps", () => {
    const { cluster } = assessedFrom(dualText);
    const times = stepTimes(cluster, 400);
    expect(times.computeS).toBe(5);
    expect(times.exchangeS).toBeCloseTo((2 * 15 * 8 * 2 ** 34) / 8 / 16 / 400e9, 12);
    expect(stepS(times, 1)).toBeCloseTo(5 + 0.2 * times.exchangeS, 12);
  });

  test("one replica exchanges nothing, and a fabric without bandwidth is not divided by", () => {
    const { cluster } = assessedFrom(`${dualText}training: {parallelism: {tensor: 8, pipeline: 16}}\n`);
    expect(stepTimes(cluster, 400).exchangeS).toBe(0);
    expect(stepTimes(assessedFrom(dualText).cluster, 0).exchangeS).toBe(0);
  });

  test("pace lost: half the exchange bandwidth of a step that is half exchange costs a third", () => {
    expect(paceLost(halfExchange, 0.5)).toBeCloseTo(1 - 2 / 3, 12);
    expect(paceLost(halfExchange, 1)).toBe(0);
    expect(paceLost(halfExchange, 0)).toBe(1);
    expect(paceLost({ computeS: 1, exchangeS: 0, overlap: 0 }, 0)).toBe(0);
  });

  test("no more can be hidden than there is compute", () => {
    const hidden = { computeS: 1, exchangeS: 1, overlap: 1 };
    expect(stepS(hidden, 1)).toBe(1);
    expect(stepS(hidden, 0.25)).toBe(4);
  });

  test("less bandwidth is never faster", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const seconds = fc.double({ min: 0, max: 10, noNaN: true });
    fc.assert(
      fc.property(share, share, share, seconds, seconds, (one, other, overlap, computeS, exchangeS) => {
        const times = { computeS: computeS + 0.01, exchangeS, overlap };
        const [narrow, wide] = [paceLost(times, Math.min(one, other)), paceLost(times, Math.max(one, other))];
        // Rounding of the last bit is no speed.
        expect(narrow).toBeGreaterThanOrEqual(wide - 1e-12);
      }),
    );
  });

  test("next to no bandwidth left is no pace left", () => {
    expect(paceLost({ computeS: 1, exchangeS: 1, overlap: 0 }, Number.MIN_VALUE)).toBe(1);
  });

  test("one class: its loss times the probability that a part of it is failed", () => {
    expect(meanPaceLost([slowClass(0.5, 0.2)], halfExchange, 1)).toBeCloseTo((1 - Math.exp(-0.2)) / 3, 12);
    expect(meanPaceLost([slowClass(0.5, 0.2)], halfExchange, 4)).toBeCloseTo((1 - Math.exp(-0.05)) / 3, 12);
  });

  test("fatal and transparent failures do not slow a job down", () => {
    expect(meanPaceLost([slowClass(0, 5, "fatal"), slowClass(1, 5, "transparent")], halfExchange, 1)).toBe(0);
  });

  test("several classes: as many failed parts drawn at random, the worst setting the pace", () => {
    const classes = [slowClass(0.9, 0.7), slowClass(0.25, 0.3), slowClass(0.5, 0.5)];
    const random = randomStream(7);
    const draws = 200_000;
    let total = 0;
    for (let draw = 0; draw < draws; draw++) {
      const worst = Math.min(
        1,
        ...classes.map((each) => (random.unit() < Math.exp(-each.failuresPerHour) ? 1 : each.bandwidthKept)),
      );
      total += paceLost(halfExchange, worst);
    }
    expect(meanPaceLost(classes, halfExchange, 1)).toBeCloseTo(total / draws, 2);
  });
});
