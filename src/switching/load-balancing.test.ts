import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type CleanLink, transfer } from "./testing/transfer.ts";

const megabyte = 1_000_000;
const alone = (link: CleanLink, bytes: number) => transfer("active-standby", [link, link], bytes).tookUs;

describe("load-balancing", () => {
  test("is never slower than the better link alone, but for what it takes to measure them", () => {
    const link = fc.record({
      rate: fc.constantFrom(5, 20, 50, 125, 400, 1_250),
      delayUs: fc.constantFrom(5, 50, 500, 5_000, 20_000),
    });
    fc.assert(
      fc.property(link, link, fc.constantFrom(0.1, 1, 5), (first, second, megabytes) => {
        const bytes = megabytes * megabyte;
        const [better, betterUs] = [first, second]
          .map((each) => [each, alone(each, bytes)] as const)
          .sort((left, right) => left[1] - right[1])[0]!;
        const { tookUs } = transfer("load-balancing", [first, second], bytes);
        const startUs = 131_072 / better.rate + 8 * better.delayUs + 5_500;
        expect(tookUs).toBeLessThanOrEqual(betterUs * 1.03 + startUs);
      }),
      { numRuns: 40, seed: 12 },
    );
  });

  test.each([
    [
      { rate: 125, delayUs: 50 },
      { rate: 125, delayUs: 50 },
    ],
    [
      { rate: 125, delayUs: 50 },
      { rate: 31, delayUs: 50 },
    ],
    [
      { rate: 400, delayUs: 20 },
      { rate: 234, delayUs: 20 },
    ],
    [
      { rate: 125, delayUs: 50 },
      { rate: 12, delayUs: 50 },
    ],
  ] as const)("reaches 95% of the sum of %j and %j", (first, second) => {
    const bytes = 20 * megabyte;
    const { tookUs } = transfer("load-balancing", [first, second], bytes);
    expect(bytes / tookUs).toBeGreaterThanOrEqual(0.95 * (first.rate + second.rate));
  });

  test.each([
    [{ everyUs: 12_000, forUs: 3_000 }],
    [{ everyUs: 23_000, forUs: 9_000 }],
    [{ everyUs: 50_000, forUs: 20_000 }],
  ] as const)("keeps both links busy while the processes wait for a processor: %j", (stalls) => {
    const links = [
      { rate: 100, delayUs: 50 },
      { rate: 25, delayUs: 50 },
    ] as const;
    const bytes = 60 * megabyte;
    const { tookUs } = transfer("load-balancing", links, bytes, { stalls });
    expect(bytes / tookUs).toBeGreaterThanOrEqual(0.85 * 125);
    const alone = transfer("active-standby", links, bytes, { stalls });
    expect(bytes / alone.tookUs).toBeGreaterThanOrEqual(0.85 * 100);
  });

  test.each([[{ everyUs: 300_000, forUs: 200_000 }], [{ everyUs: 700_000, forUs: 500_000 }]] as const)(
    "does not collapse while the processes hardly ever run: %j",
    (stalls) => {
      const link = { rate: 100, delayUs: 50 };
      const bytes = 100 * megabyte;
      for (const mode of ["active-standby", "load-balancing"] as const) {
        const { tookUs, blames } = transfer(mode, [link, { ...link, rate: 25 }], bytes, { stalls, watched: true });
        expect(blames).toBe(0);
        // Of 50 to 70 that rounds of a quarter of a second leave with a window of 25 MB; half a byte with short windows.
        expect(bytes / tookUs).toBeGreaterThanOrEqual(30);
      }
    },
  );
});
