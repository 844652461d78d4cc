import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type RandomStream, randomStream } from "./random.ts";

const draws = (stream: RandomStream, count: number) => Array.from({ length: count }, () => stream.uint32());
const seeds = [0, 1, 2, 3, 42, 2 ** 31, 2 ** 53];

/** Chi-squared over equally likely boxes; above `degrees + 5 sqrt(2 degrees)` chance is below one in a hundred thousand. */
function expectUniform(counts: readonly number[]): void {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const degrees = counts.length - 1;
  expect(chiSquared).toBeLessThan(degrees + 5 * Math.sqrt(2 * degrees) + 5);
}

describe("randomStream", () => {
  test("the first numbers of seed 1 never change", () => {
    expect(draws(randomStream(1), 4)).toMatchInlineSnapshot(`
      [
        3114543108,
        3387218066,
        3781128781,
        1939426977,
      ]
    `);
  });

  test("one seed gives one stream, another seed another", () => {
    const starts = seeds.map((seed) => draws(randomStream(seed), 8).join());
    expect(new Set(starts).size).toBe(seeds.length);
    for (const [index, seed] of seeds.entries()) expect(draws(randomStream(seed), 8).join()).toBe(starts[index]);
  });

  test.each([1, 2, 3, 7, 10, 100])("below(%i) is uniform", (bound) => {
    const stream = randomStream(bound);
    const counts = new Array<number>(bound).fill(0);
    for (let draw = 0; draw < 20_000; draw++) counts[stream.below(bound)]!++;
    if (bound > 1) expectUniform(counts);
    else expect(counts).toEqual([20_000]);
  });

  test("below stays below for every bound, between includes both ends", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 53 - 1 }), fc.nat(), (bound, seed) => {
        const value = randomStream(seed).below(bound);
        expect(Number.isSafeInteger(value) && value >= 0 && value < bound).toBe(true);
      }),
    );
    const stream = randomStream(5);
    expect(new Set(Array.from({ length: 200 }, () => stream.between(-1, 1)))).toEqual(new Set([-1, 0, 1]));
  });

  test("unit is uniform in [0, 1), exponential has its mean", () => {
    const stream = randomStream(9);
    const counts = new Array<number>(20).fill(0);
    let sum = 0;
    for (let draw = 0; draw < 20_000; draw++) {
      const value = stream.unit();
      expect(value >= 0 && value < 1).toBe(true);
      counts[Math.floor(value * 20)]!++;
      sum += stream.exponential(3);
    }
    expectUniform(counts);
    expect(sum / 20_000).toBeGreaterThan(2.85);
    expect(sum / 20_000).toBeLessThan(3.15);
  });

  test("chance, pick and shuffle", () => {
    const stream = randomStream(11);
    expect([stream.chance(0), stream.chance(1)]).toEqual([false, true]);
    const orders = new Map<string, number>();
    for (let draw = 0; draw < 12_000; draw++) {
      const order = stream.shuffle(["a", "b", "c"]).join("");
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    expectUniform([...orders.values()]);
    expect(["x", "y"]).toContain(stream.pick(["x", "y"]));
  });

  test("a fork depends on its label and its parent's seed, not on what was drawn; it draws nothing from its parent", () => {
    const parent = randomStream(1);
    const early = draws(parent.fork("links"), 8);
    const before = draws(randomStream(1), 16);
    expect(draws(parent, 16)).toEqual(before);
    expect(draws(parent.fork("links"), 8)).toEqual(early);
    expect(draws(parent.fork("nodes"), 8)).not.toEqual(early);
    expect(draws(randomStream(2).fork("links"), 8)).not.toEqual(early);
    expect(draws(parent.fork("links").fork("links"), 8)).not.toEqual(early);
  });

  test("forks with numbered labels do not resemble each other", () => {
    const parent = randomStream(1);
    const firsts = Array.from({ length: 2000 }, (_, index) => parent.fork(`server-${index}`).uint32());
    expect(new Set(firsts).size).toBeGreaterThan(1990);
    const counts = new Array<number>(16).fill(0);
    for (const first of firsts) counts[first >>> 28]!++;
    expectUniform(counts);
  });
});
