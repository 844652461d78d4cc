import * as fc from "fast-check";
import { expect, test } from "vitest";
import { gradientsOf } from "./gradients.ts";
import { type RingPorts, referenceSums, ringAllReduce } from "./ring.ts";

/** A pipe in memory: what one rank sends the next receives, in pieces of any size. */
function pipe(): RingPorts {
  const bytes: number[] = [];
  let wake = () => {};
  return {
    send(sent) {
      bytes.push(...sent);
      wake();
    },
    async receive(into) {
      while (bytes.length < into.length)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      into.set(bytes.splice(0, into.length));
    },
  };
}

test("every rank gets the reference sums, to the bit", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 7 }),
      fc.integer({ min: 0, max: 60 }),
      fc.nat(),
      async (ranks, elements, seed) => {
        const all = Array.from({ length: ranks }, (_, rank) => gradientsOf(seed, rank, elements));
        const expected = referenceSums(all);
        const pipes = all.map(() => pipe());
        const results = all.map((values) => values.slice());
        await Promise.all(
          results.map((values, rank) =>
            ringAllReduce(values, rank, ranks, {
              send: (bytes) => pipes[rank]!.send(bytes),
              receive: (into) => pipes[(rank + ranks - 1) % ranks]!.receive(into),
            }),
          ),
        );
        for (const values of results) expect(values).toEqual(expected);
      },
    ),
    { numRuns: 60 },
  );
});

test("the reference is the plain sum up to rounding, and the order of additions matters", () => {
  const all = [0, 1, 2, 3].map((rank) => gradientsOf(5, rank, 4_000));
  const sums = referenceSums(all);
  const backwards = referenceSums([...all].reverse());
  let differ = 0;
  for (let index = 0; index < sums.length; index++) {
    const exact = all.reduce((sum, values) => sum + values[index]!, 0);
    const largest = Math.max(...all.map((values) => Math.abs(values[index]!)));
    expect(Math.abs(sums[index]! - exact)).toBeLessThanOrEqual(largest * 2 ** -21);
    if (sums[index] !== backwards[index]) differ += 1;
  }
  expect(differ).toBeGreaterThan(0);
});
