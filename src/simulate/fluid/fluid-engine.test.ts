import { describe, expect, test } from "vitest";
import { FluidEngine } from "./fluid-engine.ts";

describe("fluid engine", () => {
  test("two transfers share a link, the second goes on alone", () => {
    const engine = new FluidEngine(Float64Array.of(100), { ticksPerSecond: 1000, meter: true });
    const ends: [number, number][] = [];
    engine.start({ bytes: 100, lanes: [{ resources: [0] }] });
    engine.start({ bytes: 300, lanes: [{ resources: [0] }] });
    engine.run((id, ticks) => ends.push([id, ticks]));
    expect(ends).toEqual([
      [0, 2000],
      [1, 4000],
    ]);
    expect([...engine.carried]).toEqual([400]);
  });

  test("lanes add up; a dead lane leaves the other; a repair brings it back", () => {
    const engine = new FluidEngine(Float64Array.of(100, 50), { ticksPerSecond: 1000, meter: true });
    const ends: number[] = [];
    const id = engine.start({ bytes: 400, lanes: [{ resources: [0] }, { resources: [1] }] });
    expect(engine.rate(id)).toBe(150);
    engine.at(1000, () => engine.setCapacity(0, 0));
    engine.at(2000, () => engine.setCapacity(0, 100));
    engine.run((_, ticks) => ends.push(ticks));
    expect(ends[0]).toBeCloseTo(2000 + (200 / 150) * 1000, 6);
    expect(engine.carried[0]).toBeCloseTo(100 + (200 * 2) / 3, 9);
    expect(engine.carried[1]).toBeCloseTo(50 + 50 + 200 / 3, 9);
  });

  test("nothing limits a transfer without resources; one on a dead link waits", () => {
    const engine = new FluidEngine(Float64Array.of(0));
    const ends: number[] = [];
    engine.start({ bytes: 1e9, lanes: [{ resources: [] }] });
    engine.start({ bytes: 1, lanes: [{ resources: [0] }] });
    engine.start({ bytes: 0, lanes: [{ resources: [0] }] });
    engine.run((_, ticks) => ends.push(ticks));
    expect(ends).toEqual([0, 0]);
    expect(engine.runningCount).toBe(1);
  });
});
