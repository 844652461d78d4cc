import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bestIntervalHours,
  type CheckpointSetting,
  effectiveTrainingTimeRatio,
  exactIntervalHours,
  lostToInterruptions,
} from "./effective-training-time.ts";

const settings = fc.record({
  interruptionsPerHour: fc.double({ min: 1e-5, max: 0.5, noNaN: true }),
  standstillHours: fc.double({ min: 0, max: 1, noNaN: true }),
  writeHours: fc.double({ min: 1e-4, max: 0.2, noNaN: true }),
});

/** Runs a job through many interruptions at the mean spacing, step by step: the formula's own model, counted. */
function counted(setting: CheckpointSetting, intervalHours: number, interruptions: number): number {
  const between = 1 / setting.interruptionsPerHour;
  let trained = 0;
  for (let index = 0; index < interruptions; index++) {
    const lost = setting.standstillHours + intervalHours * ((index + 0.5) / interruptions);
    trained += (between - lost) * (intervalHours / (intervalHours + setting.writeHours));
  }
  return trained / (between * interruptions);
}

describe("effective training time ratio", () => {
  test("a case by hand: one interruption in 10 h, 0.5 h standstill, 2 h interval, 0.1 h to write", () => {
    const setting = { interruptionsPerHour: 0.1, standstillHours: 0.5, writeHours: 0.1 };
    expect(lostToInterruptions(setting, 2)).toBeCloseTo(0.15, 12);
    expect(effectiveTrainingTimeRatio(setting, 2)).toBeCloseTo(0.85 / 1.05, 12);
    expect(bestIntervalHours(setting)).toBeCloseTo(Math.sqrt(2), 12);
    expect(exactIntervalHours(setting)).toBeCloseTo(-0.1 + Math.sqrt(0.01 + 2 * 0.1 * 9.5), 12);
  });

  test("agrees with interruptions counted one by one", () => {
    const setting = { interruptionsPerHour: 0.02, standstillHours: 0.2, writeHours: 0.03 };
    expect(effectiveTrainingTimeRatio(setting, 3)).toBeCloseTo(counted(setting, 3, 1000), 10);
  });

  test("no interval beats the exact optimum, and the published one comes close to it", () => {
    fc.assert(
      fc.property(settings, fc.double({ min: 0.01, max: 100, noNaN: true }), (setting, factor) => {
        const exact = exactIntervalHours(setting);
        if (exact === undefined) return;
        const best = effectiveTrainingTimeRatio(setting, exact);
        expect(effectiveTrainingTimeRatio(setting, exact * factor)).toBeLessThanOrEqual(best + 1e-12);
        if (setting.interruptionsPerHour * (setting.standstillHours + setting.writeHours) < 0.01)
          expect(effectiveTrainingTimeRatio(setting, bestIntervalHours(setting))).toBeGreaterThan(best - 1e-3);
      }),
    );
  });

  test("the published interval is the best one where interruptions are rare", () => {
    const setting = { interruptionsPerHour: 1e-6, standstillHours: 0.1, writeHours: 0.01 };
    expect(bestIntervalHours(setting) / (exactIntervalHours(setting) ?? 0)).toBeCloseTo(1, 3);
  });

  test("where the formula leaves its domain there is no progress, and never a negative ratio", () => {
    const setting = { interruptionsPerHour: 1, standstillHours: 0.6, writeHours: 0.01 };
    expect(effectiveTrainingTimeRatio(setting, 0.8)).toBe(0);
    expect(effectiveTrainingTimeRatio(setting, 0.7)).toBeGreaterThan(0);
    expect(exactIntervalHours({ ...setting, standstillHours: 1 })).toBeUndefined();
    fc.assert(
      fc.property(settings, fc.double({ min: 1e-3, max: 1e4, noNaN: true }), (any, interval) => {
        const ratio = effectiveTrainingTimeRatio({ ...any, standstillHours: any.standstillHours * 100 }, interval);
        expect(ratio).toBeGreaterThanOrEqual(0);
        expect(ratio).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("nothing interrupts: no checkpoint is needed and everything is effective", () => {
    const calm = { interruptionsPerHour: 0, standstillHours: 0, writeHours: 0.1 };
    expect(bestIntervalHours(calm)).toBe(Number.POSITIVE_INFINITY);
    expect(effectiveTrainingTimeRatio(calm, Number.POSITIVE_INFINITY)).toBe(1);
    expect(effectiveTrainingTimeRatio(calm, 0.9)).toBeCloseTo(0.9, 12);
  });

  test("checkpoints that cost nothing are written all the time", () => {
    const free = { interruptionsPerHour: 0.1, standstillHours: 1, writeHours: 0 };
    expect(bestIntervalHours(free)).toBe(0);
    expect(effectiveTrainingTimeRatio(free, 0)).toBeCloseTo(0.9, 12);
  });
});
