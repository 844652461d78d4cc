import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lossesOf } from "./losses.ts";
import { moneyOf, penaltyUsd } from "./money.ts";
import { assessedFrom, dualText } from "./sample.test-support.ts";
import { type Assessed, asGiven, type FailureClass, hoursPerYear } from "./types.ts";

const assessed = assessedFrom(dualText);
const gpus = 128;

function failureClass(change: Partial<FailureClass>): FailureClass {
  return {
    ...{ kind: "module", stage: "access-link", count: 1, failureFit: 0, repairHours: 0, failuresPerHour: 0 },
    ...{ verdict: "fatal", gpusLost: 0, bandwidthKept: 1, jobsTouched: 1, standstillHours: 0 },
    ...change,
  };
}

function withTraining(change: Partial<Assessed["cluster"]["training"]>, economics = {}): Assessed {
  const { cluster } = assessed;
  return {
    ...assessed,
    cluster: {
      ...cluster,
      training: { ...cluster.training, ...change },
      economics: { ...cluster.economics, ...economics },
    },
  };
}

const rate = fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 0.2, noNaN: true }));
const hours = fc.double({ min: 0, max: 48, noNaN: true });
const anyClass = fc
  .record({
    failuresPerHour: rate,
    repairHours: hours,
    standstillHours: fc.double({ min: 1 / 6, max: 2, noNaN: true }),
  })
  .chain((base) =>
    fc.oneof(
      fc.record({ gpusLost: fc.constantFrom(0, 8, 64) }).map((each) => failureClass({ ...base, ...each })),
      fc
        .record({ bandwidthKept: fc.double({ min: 0, max: 1, noNaN: true }) })
        .map((each) => failureClass({ ...base, ...each, verdict: "degraded", standstillHours: 0 })),
    ),
  );

describe("GPU-hours lost", () => {
  test("a year by hand: one interruption every 100 h, 10 min standstill, checkpoints of 100 s every 2 h", () => {
    const here = withTraining({ checkpointInterval: 7200, checkpointWrite: 100 });
    const losses = lossesOf(here, [
      failureClass({ failuresPerHour: 0.01, standstillHours: 1 / 6, repairHours: 24 + 1 / 6, gpusLost: 8 }),
    ]);
    const year = gpus * hoursPerYear;
    const alive = 1 - 0.01 * (1 / 6 + 1);
    expect(losses.ettr).toBeCloseTo(alive / (1 + 100 / 7200), 12);
    expect(losses.split.detect).toBeCloseTo((year * 0.01 * 2) / 60, 6);
    expect(losses.split.restart).toBeCloseTo((year * 0.01 * 8) / 60, 6);
    expect(losses.split.repair).toBeCloseTo(0, 6);
    expect(losses.split.rework).toBeCloseTo(year * 0.01, 6);
    expect(losses.split.checkpoints).toBeCloseTo(year * alive * (100 / 7300), 6);
    const out = (0.01 * 8 * 24) / gpus;
    expect(losses.split.serversOut).toBeCloseTo((year * losses.ettr * out) / (1 + out), 6);
    expect(losses.split.slowRunning).toBe(0);
    expect(losses.checkpointIntervalS).toBe(7200);
    expect(losses.bestCheckpointIntervalS).toBeCloseTo(Math.sqrt((2 * 100 * 3600) / 0.01), 6);
  });

  test("the parts of the split add up to what is lost, and shares stay shares, whatever fails", () => {
    fc.assert(
      fc.property(
        fc.array(anyClass, { maxLength: 6 }),
        fc.constantFrom("best" as const, 1800, 86_400),
        (any, interval) => {
          const losses = lossesOf(withTraining({ checkpointInterval: interval }), any);
          const sum = Object.values(losses.split).reduce((total, each) => total + each, 0);
          expect(sum / (gpus * hoursPerYear)).toBeCloseTo(losses.gpuHoursLostPerYear / (gpus * hoursPerYear), 9);
          for (const part of Object.values(losses.split)) expect(part).toBeGreaterThanOrEqual(-1e-6);
          for (const share of [losses.ettr, losses.effectiveShare]) {
            expect(share).toBeGreaterThanOrEqual(0);
            expect(share).toBeLessThanOrEqual(1);
          }
          expect(losses.progress).toBe(losses.ettr > 0);
        },
      ),
    );
  });

  test("more failures are never cheaper", () => {
    fc.assert(
      fc.property(fc.array(anyClass, { minLength: 1, maxLength: 5 }), fc.nat(), rate, (any, pick, more) => {
        const at = pick % any.length;
        const worse = any.map((each, index) =>
          index === at ? { ...each, failuresPerHour: each.failuresPerHour + more } : each,
        );
        const here = withTraining({}, { penaltyPerHour: 1000, penaltyAfter: 60 });
        const cost = (classes: readonly FailureClass[]) =>
          moneyOf(
            here.cluster,
            { totals: { priceUsd: 1, powerW: 1, unpriced: [] } },
            classes,
            lossesOf(here, classes),
            asGiven,
          ).costPerYear;
        expect(cost(worse)).toBeGreaterThanOrEqual(cost(any) * (1 - 1e-12));
      }),
    );
  });

  test("no progress: everything is lost, to standstill and rework", () => {
    const losses = lossesOf(withTraining({ checkpointInterval: 3600 }), [
      failureClass({ failuresPerHour: 4, standstillHours: 1, repairHours: 1 }),
    ]);
    expect(losses).toMatchObject({ ettr: 0, effectiveShare: 0, progress: false, exactCheckpointIntervalS: undefined });
    expect(losses.gpuHoursLostPerYear).toBe(gpus * hoursPerYear);
    const { detect, restart, repair, rework } = losses.split;
    expect((detect + restart) / rework).toBeCloseTo(1 / 6 / 0.5, 9);
    expect(repair / rework).toBeCloseTo(5 / 6 / 0.5, 9);
  });

  test("nothing fails: nothing is lost", () => {
    expect(lossesOf(assessed, [])).toMatchObject({ ettr: 1, gpuHoursLostPerYear: 0, progress: true });
  });
});

describe("money", () => {
  test("a year by hand", () => {
    const here = withTraining({}, { penaltyPerHour: 1000, penaltyAfter: 900, years: 5 });
    const classes = [failureClass({ failuresPerHour: 1 / hoursPerYear, jobsTouched: 2, standstillHours: 1.25 })];
    const losses = { ...lossesOf(here, classes), gpuHoursLostPerYear: 1000 };
    const bill = { totals: { priceUsd: 500, powerW: 2000, unpriced: [] } };
    const money = moneyOf(here.cluster, bill, classes, losses, { ...asGiven, gpuHour: 2 });
    expect(money.split.lostGpuHours).toBe(5000);
    expect(money.split.penalties).toBeCloseTo(2 * 1000, 9);
    expect(money.split.energy).toBeCloseTo(2 * 1.3 * 8766 * 0.1, 9);
    expect(money.split.purchase).toBe(100);
    expect(money.costPerYear).toBeCloseTo(5000 + 2000 + 2 * 1.3 * 876.6 + 100, 9);
  });

  test("the contract tolerates a standstill up to its limit", () => {
    const { cluster } = withTraining({}, { penaltyPerHour: 600, penaltyAfter: 1800 });
    expect([0, 0.5, 1].map((each) => penaltyUsd(cluster, each))).toEqual([0, 0, 300]);
  });
});
