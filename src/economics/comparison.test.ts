import { describe, expect, test } from "vitest";
import { comparePrices } from "./comparison.ts";
import type { Evaluation } from "./evaluate.ts";

function priced(purchaseUsd: number, lostGpuHours: number, energy = 0, penalties = 0): Evaluation {
  const split = { lostGpuHours, penalties, energy, purchase: purchaseUsd / 4 };
  const costPerYear = lostGpuHours + penalties + energy + split.purchase;
  return { money: { purchaseUsd, powerW: energy, split, costPerYear } } as Evaluation;
}

describe("two fabrics beside each other", () => {
  test("24,000 more to buy, 15,000 + 2,000 saved and 5,000 more energy a year: 24 months", () => {
    const result = comparePrices(priced(100_000, 5000, 9000, 1000), priced(76_000, 20_000, 4000, 3000), 4);
    expect(result).toMatchObject({
      extraPurchaseUsd: 24_000,
      extraPowerW: 5000,
      extraEnergyPerYear: 5000,
      gpuHoursSavedUsdPerYear: 15_000,
      penaltiesSavedUsdPerYear: 2000,
      savedPerYear: 12_000,
      paysBackMonths: 24,
      conclusion: "it pays for itself after 24 months",
    });
  });

  test("the months by which it pays are those at which the total costs are equal", () => {
    const [dual, single] = [priced(100_000, 5000, 800), priced(90_000, 9000, 500)];
    const months = comparePrices(dual, single, 4).paysBackMonths!;
    const spent = (each: Evaluation) =>
      each.money.purchaseUsd + (months / 12) * (each.money.split.lostGpuHours + each.money.split.energy);
    expect(spent(dual)).toBeCloseTo(spent(single), 6);
  });

  test.each([
    ["saves nothing", priced(2, 0), priced(1, 0), null, /never.*saves nothing/],
    ["costs more each year", priced(2, 5), priced(1, 0), null, /never.*more each year/],
    ["is cheaper to buy but not to run", priced(1, 5), priced(2, 0), null, /cheaper to buy, but.* after 2\.4 months/],
    ["is cheaper to buy and to run", priced(1, 0), priced(2, 5), 0, /at once/],
    ["is the same", priced(1, 5), priced(1, 5), 0, /costs and saves nothing/],
    ["pays too late", priced(100, 0), priced(0, 10), 120, /120 months, later than the 4 years/],
    ["pays early", priced(1, 0), priced(0, 10), 1.2, /after 1\.2 months$/],
  ])("what %s", (_name, dual, single, months, words) => {
    const result = comparePrices(dual, single, 4);
    expect(result.paysBackMonths).toBe(months);
    expect(result.conclusion).toMatch(words);
  });
});
