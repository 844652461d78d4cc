import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StepRun, stepSeconds } from "./step.ts";

const shapes = fc.record({
  computeS: fc.double({ min: 0.001, max: 100, noNaN: true }),
  overlap: fc.double({ min: 0, max: 1, noNaN: true }),
  buckets: fc.integer({ min: 1, max: 64 }),
});
const exchange = fc.double({ min: 0.0001, max: 200, noNaN: true });

describe("a step", () => {
  test("takes C + X - min(o X, C) where buckets hide whole", () => {
    const shape = { computeS: 5, overlap: 0.75, buckets: 32 };
    for (const exchangeS of [0, 0.1, 1, 4, 5 / 0.75]) {
      const closed = 5 + exchangeS - Math.min(0.75 * exchangeS, 5);
      expect(stepSeconds(shape, { exchangeS, activationS: 0 })).toBeCloseTo(closed, 9);
    }
    expect(stepSeconds(shape, { exchangeS: 100, activationS: 0 })).toBeCloseTo(100, 9);
    expect(stepSeconds(shape, { exchangeS: 1, activationS: 2 })).toBeCloseTo(7 + 1 - 0.75, 9);
  });

  test("is never shorter than its longer part nor longer than both, and never faster with a slower network", () => {
    fc.assert(
      fc.property(shapes, exchange, exchange, (shape, first, second) => {
        const step = (exchangeS: number) => stepSeconds(shape, { exchangeS, activationS: 0 });
        const [fast, slow] = [Math.min(first, second), Math.max(first, second)];
        expect(step(fast)).toBeGreaterThanOrEqual(Math.max(shape.computeS, fast) * (1 - 1e-9));
        expect(step(fast)).toBeLessThanOrEqual((shape.computeS + fast) * (1 + 1e-9));
        expect(step(slow)).toBeGreaterThanOrEqual(step(fast) * (1 - 1e-9));
      }),
    );
  });

  test("is the same in one piece and in many", () => {
    fc.assert(
      fc.property(
        shapes,
        exchange,
        fc.array(fc.double({ min: 0.001, max: 5, noNaN: true }), { maxLength: 20 }),
        (shape, exchangeS, pieces) => {
          const pace = { exchangeS, activationS: 0 };
          const run = new StepRun(shape);
          let seconds = 0;
          for (const piece of pieces) seconds += run.advance(piece, pace);
          seconds += run.advance(1000, pace);
          expect(run.isDone).toBe(true);
          expect(seconds).toBeCloseTo(stepSeconds(shape, pace), 6);
        },
      ),
    );
  });

  test("stands still while nothing moves, with compute going on to its end", () => {
    const run = new StepRun({ computeS: 5, overlap: 0.8, buckets: 32 });
    const stalled = { exchangeS: Number.POSITIVE_INFINITY, activationS: 0 };
    expect(run.hasToSend).toBe(true);
    expect(run.advance(100, stalled)).toBe(100);
    expect([run.compute, run.sent, run.isDone]).toEqual([1, 0, false]);
    expect(run.advance(100, { exchangeS: 2, activationS: 0 })).toBeCloseTo(2, 9);
  });
});
