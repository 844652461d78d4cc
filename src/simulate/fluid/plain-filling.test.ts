import { expect, test } from "vitest";
import { randomStream } from "../../base/random.ts";
import { FairRates } from "./fair-rates.ts";

test("variables that are all alike get the rates that they get beside one that is not", () => {
  const random = randomStream(5);
  for (let round = 0; round < 200; round++) {
    const count = 1 + random.below(60);
    const capacities = Float64Array.from({ length: count + 1 }, () => (random.chance(0.1) ? 0 : 1 + random.below(5)));
    const plain = new FairRates(capacities);
    const general = new FairRates(capacities);
    // Alone on a resource of its own, so that it touches nobody.
    general.add({ resources: [count], weight: 2 });
    const demands = Array.from({ length: 30 + random.below(200) }, () =>
      Array.from({ length: random.below(5) }, () => random.below(count)),
    );
    const ids = demands.map((resources) => [plain.add({ resources }), general.add({ resources })] as const);
    const compare = () => {
      for (const [one, other] of ids)
        if (general.rates[other] === Number.POSITIVE_INFINITY) expect(plain.rates[one]).toBe(Number.POSITIVE_INFINITY);
        else expect(Math.abs(plain.rates[one]! - general.rates[other]!)).toBeLessThan(1e-9);
    };
    plain.solve();
    general.solve();
    expect(plain.lastRegion).toBe(ids.length);
    compare();
    // What the plain solve knows of full resources serves the next, which solves only what changed.
    const at = random.below(ids.length);
    plain.remove(ids[at]![0]);
    general.remove(ids[at]![1]);
    ids.splice(at, 1);
    plain.solve();
    general.solve();
    compare();
    // Rows that have moved no longer follow one another.
    for (const [one, other] of ids) {
      const resources = Array.from({ length: random.below(6) }, () => random.below(count));
      if (random.chance(0.5)) continue;
      plain.reroute(one, resources);
      general.reroute(other, resources);
    }
    plain.solveAll();
    general.solveAll();
    compare();
  }
});
