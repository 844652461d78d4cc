import fc from "fast-check";
import highsLoader from "highs";
import { describe, expect, test } from "vitest";
import { allocate, type ClassDemand, divide, type LinkCapacity } from "./allocation.ts";
import type { ClassConfig } from "./traffic-classes.ts";

/** Its types say a CommonJS module, Node loads it as an ES module. */
const highs = await (highsLoader as unknown as typeof highsLoader.default)();
const config = (priority: number, floor = 0, preferredLink: ClassConfig["preferredLink"] = "auto"): ClassConfig => ({
  priority,
  floor,
  preferredLink,
  paced: false,
});

/**
 * The oracle: a linear program for each class in turn, the most urgent first. Maximise its total over both links, given what
 * the more urgent ones got and that every other class keeps its floor.
 */
function byLinearPrograms(links: readonly LinkCapacity[], demands: readonly ClassDemand[]): number[] {
  const capacity = links.reduce((sum, link) => sum + link.rate, 0);
  const order = demands
    .map((_, index) => index)
    .sort((a, b) => demands[a]!.config.priority - demands[b]!.config.priority);
  const totals: (number | undefined)[] = demands.map(() => undefined);
  for (const index of order) {
    const sum = (each: number) => links.map((_, link) => `x${each}_${link}`).join(" + ");
    const lines = ["Maximize", ` obj: ${sum(index)}`, "Subject To"];
    links.forEach((link, l) => {
      lines.push(` cap${l}: ${demands.map((_, each) => `x${each}_${l}`).join(" + ")} <= ${link.rate}`);
    });
    demands.forEach((demand, each) => {
      lines.push(` demand${each}: ${sum(each)} <= ${demand.rate}`);
      const least = totals[each] ?? Math.min(demand.rate, demand.config.floor * capacity);
      lines.push(` least${each}: ${sum(each)} >= ${Math.max(least - 1e-6, 0)}`);
    });
    lines.push("End");
    totals[index] = highs.solve(lines.join("\n")).ObjectiveValue;
  }
  return totals as number[];
}

const arbitraryLinks = fc
  .tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 0, max: 400 }), fc.nat(100), fc.nat(100))
  .map(([first, second, near, far]): LinkCapacity[] => [
    { rate: first, roundTrip: near },
    { rate: second, roundTrip: far },
  ]);
const arbitraryDemands = fc
  .array(
    fc.record({
      rate: fc.integer({ min: 0, max: 500 }),
      floor: fc.constantFrom(0, 0.05, 0.1, 0.25),
      preferredLink: fc.constantFrom<ClassConfig["preferredLink"]>("auto", 0, 1),
      messageSize: fc.integer({ min: 1, max: 100_000 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((rows) =>
    rows.map(
      ({ rate, floor, preferredLink, messageSize }, index): ClassDemand => ({
        config: config(index, floor, preferredLink),
        rate,
        messageSize,
      }),
    ),
  );

describe("allocation", () => {
  test("gives every class what a linear program, run for one priority after another, gives it", () => {
    fc.assert(
      fc.property(arbitraryLinks, arbitraryDemands, (links, demands) => {
        const rates = allocate(links, demands);
        const expected = byLinearPrograms(links, demands);
        rates.forEach((row, index) => {
          expect(row[0]! + row[1]!).toBeCloseTo(expected[index]!, 3);
        });
        links.forEach((link, l) => {
          expect(rates.reduce((sum, row) => sum + row[l]!, 0)).toBeLessThanOrEqual(link.rate + 1e-9);
        });
      }),
      { numRuns: 150 },
    );
  });

  test("equals share as evenly as their demands allow", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 6 }),
        (capacity, wants) => {
          const demands = wants.map((rate) => ({ config: config(1), rate, messageSize: 1 }));
          const totals = divide(capacity, demands);
          const used = totals.reduce((sum, each) => sum + each, 0);
          expect(used).toBeCloseTo(
            Math.min(
              capacity,
              wants.reduce((sum, each) => sum + each, 0),
            ),
            6,
          );
          const largest = Math.max(...totals);
          totals.forEach((total, index) => {
            expect(total).toBeLessThanOrEqual(wants[index]! + 1e-9);
            if (total < wants[index]! - 1e-6) expect(total).toBeCloseTo(largest, 6);
          });
        },
      ),
    );
  });

  test("small urgent messages take the near link, large ones the wide one", () => {
    const near = { rate: 25_000, roundTrip: 2 };
    const wide = { rate: 50_000, roundTrip: 40 };
    const rates = allocate(
      [near, wide],
      [
        { config: config(0), rate: 1_000, messageSize: 256 },
        { config: config(1), rate: 40_000, messageSize: 16_000_000 },
      ],
    );
    expect(rates).toEqual([
      [1_000, 0],
      [0, 40_000],
    ]);
  });

  test("a survivor serves the urgent classes first, and keeps the floors", () => {
    const demands = [
      { config: config(0), rate: 5, messageSize: 1 },
      { config: config(1, 0.1), rate: 80, messageSize: 1 },
      { config: config(2, 0.05), rate: Number.POSITIVE_INFINITY, messageSize: 1 },
    ];
    expect(divide(200, demands)).toEqual([5, 80, 115]);
    expect(divide(50, demands)).toEqual([5, 42.5, 2.5]);
  });
});
