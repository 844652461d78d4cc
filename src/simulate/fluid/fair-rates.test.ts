import loadHighs from "highs";
import { describe, expect, test } from "vitest";
import { type RandomStream, randomStream } from "../../base/random.ts";
import { divide } from "../../switching/index.ts";
import { type Demand, FairRates } from "./fair-rates.ts";
import { everyFeature, type Problem, randomCapacity, randomDemand, randomProblem } from "./testing/random-problem.ts";

interface Solver {
  solve(
    problem: string,
    options: Record<string, number>,
  ): {
    readonly Columns: Record<string, { readonly Primal: number }>;
    readonly Rows: readonly { readonly Name: string; readonly Dual: number }[];
  };
}
/** The package's types describe its module, not the function that a default import gives. */
const highs = await (loadHighs as unknown as () => Promise<Solver>)();
const tight = { primal_feasibility_tolerance: 1e-10, dual_feasibility_tolerance: 1e-10 };

/**
 * Max-min rates by a series of linear programs: raise the common level of all free variables as far as it goes; those whose
 * level row has a dual price cannot rise at all in any solution, and are fixed there; again. Class by class.
 */
function ratesByPrograms({ capacities, demands }: Problem): number[] {
  const rates = demands.map(() => 0);
  const classes = [...new Set(demands.map((each) => each.priority ?? 0))].sort((left, right) => left - right);
  for (const priority of classes) {
    const free = new Set([...demands.keys()].filter((index) => (demands[index]!.priority ?? 0) === priority));
    for (const index of [...free])
      if (
        demands[index]!.rateMax === 0 ||
        [...(demands[index]!.resources as number[])].some((each) => capacities[each] === 0)
      )
        free.delete(index);
    while (free.size > 0) {
      const left = capacities.slice();
      for (const [index, { resources, coefficients }] of demands.entries())
        for (let at = 0; at < resources.length; at++)
          left[resources[at]!]! -= rates[index]! * (coefficients?.[at] ?? 1) * (free.has(index) ? 0 : 1);
      const lines = ["Maximize", " goal: level", "Subject To"];
      for (const [resource, capacity] of left.entries()) {
        const terms = [...free].flatMap((index) => {
          const { resources, coefficients } = demands[index]!;
          const at = [...(resources as number[])].indexOf(resource);
          return at < 0 ? [] : [`+ ${coefficients?.[at] ?? 1} x${index}`];
        });
        if (terms.length > 0) lines.push(` c${resource}: ${terms.join(" ")} <= ${Math.max(0, capacity)}`);
      }
      for (const index of free) lines.push(` w${index}: x${index} - ${demands[index]!.weight ?? 1} level >= 0`);
      lines.push("Bounds");
      for (const index of free) {
        const { rateMax } = demands[index]!;
        lines.push(rateMax === undefined ? ` x${index} >= 0` : ` 0 <= x${index} <= ${rateMax}`);
      }
      lines.push("End");
      const { Columns, Rows } = highs.solve(lines.join("\n"), tight);
      const level = Columns["level"]!.Primal;
      const stuck = Rows.filter(({ Name, Dual }) => Name.startsWith("w") && Math.abs(Dual) > 1e-7);
      expect(stuck.length).toBeGreaterThan(0);
      for (const { Name } of stuck) {
        const index = Number(Name.slice(1));
        rates[index] = level * (demands[index]!.weight ?? 1);
        free.delete(index);
      }
    }
  }
  return rates;
}

function solved({ capacities, demands }: Problem): number[] {
  const rates = new FairRates(capacities);
  const ids = demands.map((demand) => rates.add(demand));
  rates.solve();
  return ids.map((id) => rates.rates[id]!);
}

function expectClose(found: readonly number[], wanted: readonly number[], tolerance: number): void {
  for (const [index, rate] of wanted.entries())
    expect(Math.abs(found[index]! - rate), `rate ${index}: ${found[index]} against ${rate}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(rate)),
    );
}

describe("fair rates", () => {
  test.each([
    ["plain", { ...everyFeature, coefficients: false, weights: false, limits: false, priorities: 1 }],
    ["weights and limits", { ...everyFeature, coefficients: false, priorities: 1 }],
    ["coupled groups", { ...everyFeature, priorities: 1 }],
    ["priorities", everyFeature],
  ])("equal those of a series of linear programs: %s", (_, features) => {
    const random = randomStream(4);
    for (let round = 0; round < 60; round++) {
      const problem = randomProblem(random, features);
      expectClose(solved(problem), ratesByPrograms(problem), 1e-9);
    }
  });

  test("no resource is overloaded, and every variable is held by a full resource where it is among the fastest", () => {
    const random = randomStream(8);
    for (let round = 0; round < 300; round++) {
      const problem = randomProblem(random, everyFeature, 30, 60);
      const rates = solved(problem);
      const load = problem.capacities.map(() => 0);
      for (const [index, { resources, coefficients }] of problem.demands.entries())
        for (let at = 0; at < resources.length; at++)
          load[resources[at]!]! += rates[index]! * (coefficients?.[at] ?? 1);
      for (const [resource, sum] of load.entries())
        expect(sum).toBeLessThanOrEqual(problem.capacities[resource]! * (1 + 1e-12) + 1e-12);
      const level = (index: number) => rates[index]! / (problem.demands[index]!.weight ?? 1);
      for (const [index, demand] of problem.demands.entries()) {
        if (rates[index]! >= (demand.rateMax ?? Number.POSITIVE_INFINITY) * (1 - 1e-12)) continue;
        const isHeld = [...(demand.resources as number[])].some(
          (resource) =>
            load[resource]! >= problem.capacities[resource]! * (1 - 1e-9) &&
            problem.demands.every(
              (other, at) =>
                ![...(other.resources as number[])].includes(resource) ||
                (other.priority ?? 0) < (demand.priority ?? 0) ||
                ((other.priority ?? 0) > (demand.priority ?? 0)
                  ? rates[at]! <= 1e-6
                  : level(at) <= level(index) * (1 + 1e-9)),
            ),
        );
        expect(isHeld, `variable ${index} of round ${round}`).toBe(true);
      }
    }
  });

  test("on one link, classes with floors get what the switching core's allocation gives them", () => {
    const random = randomStream(12);
    for (let round = 0; round < 500; round++) {
      const capacity = random.between(1, 100);
      const floors = new Map([0, 1, 2, 3].map((priority) => [priority, random.pick([0, 0, 0.1, 0.25])]));
      const wanted = [0, 1, 2, 3].map(() => (random.chance(0.3) ? Number.POSITIVE_INFINITY : random.between(0, 120)));
      const rates = new FairRates(Float64Array.of(capacity), floors);
      const ids = wanted.map((rateMax, priority) => rates.add({ resources: [0], priority, rateMax }));
      rates.solve();
      const demands = wanted.map((rate, priority) => ({
        config: { priority, floor: floors.get(priority)!, preferredLink: "auto" as const, paced: false },
        rate,
        messageSize: 1,
      }));
      expectClose(
        ids.map((id) => rates.rates[id]!),
        divide(capacity, demands),
        1e-12,
      );
    }
  });

  test("a class keeps at least its floor's fair rates whatever more urgent ones want, and fills what they leave", () => {
    const random = randomStream(13);
    for (let round = 0; round < 200; round++) {
      const { capacities, demands } = randomProblem(random, everyFeature, 12, 25);
      const floors = new Map([
        [0, 0.2],
        [1, 0.1],
        [2, 0.3],
      ]);
      const rates = new FairRates(capacities, floors);
      const ids = demands.map((demand) => rates.add(demand));
      rates.solve();
      const load = capacities.map((_, resource) => rates.load(resource));
      for (const [resource, sum] of load.entries())
        expect(sum).toBeLessThanOrEqual(capacities[resource]! * (1 + 1e-12) + 1e-12);
      for (const [priority, share] of floors) {
        const alone = demands.flatMap((demand, index) => (demand.priority === priority ? [index] : []));
        const least = solved({
          capacities: capacities.map((each) => each * share),
          demands: alone.map((index) => demands[index]!),
        });
        for (const [at, index] of alone.entries())
          expect(rates.rates[ids[index]!]!).toBeGreaterThanOrEqual(least[at]! * (1 - 1e-9));
      }
      for (const [index, { resources, rateMax }] of demands.entries()) {
        const isHeld =
          rates.rates[ids[index]!]! >= (rateMax ?? Number.POSITIVE_INFINITY) * (1 - 1e-9) ||
          [...(resources as number[])].some((each) => load[each]! >= capacities[each]! * (1 - 1e-9));
        expect(isHeld).toBe(true);
      }
    }
  });

  /** Adds, removes, reroutes and changes capacities at random; calls `check` after each solve. */
  function play(
    random: RandomStream,
    steps: number,
    size: number,
    check: (rates: FairRates, now: Problem, ids: number[]) => void,
    floors?: ReadonlyMap<number, number>,
  ) {
    const capacities = Float64Array.from({ length: size }, () => randomCapacity(random, everyFeature));
    const rates = new FairRates(capacities, floors);
    const living = new Map<number, Demand>();
    for (let step = 0; step < steps; step++) {
      for (let changes = random.between(1, 3); changes > 0; changes--) {
        const ids = [...living.keys()];
        const dice = random.below(living.size < size ? 6 : 8);
        if (dice < 4 || ids.length === 0) {
          const demand = randomDemand(random, size, everyFeature);
          living.set(rates.add(demand), demand);
        } else if (dice === 4) {
          const resource = random.below(size);
          capacities[resource] = randomCapacity(random, everyFeature);
          rates.setCapacity(resource, capacities[resource]!);
        } else if (dice === 5) {
          const id = random.pick(ids);
          const { resources, coefficients } = randomDemand(random, size, everyFeature);
          living.set(id, { ...living.get(id)!, resources, coefficients });
          rates.reroute(id, resources, coefficients);
        } else {
          const id = random.pick(ids);
          living.delete(id);
          rates.remove(id);
        }
      }
      rates.solve();
      check(rates, { capacities, demands: [...living.values()] }, [...living.keys()]);
    }
  }

  test("after any changes are those of a fresh start", () => {
    let partial = 0;
    for (const [seed, size] of [
      [1, 6],
      [2, 20],
      [3, 60],
    ] as const)
      play(randomStream(seed), 250, size, (rates, now, ids) => {
        if (rates.lastRegion < rates.variableCount) partial++;
        expectClose(
          ids.map((id) => rates.rates[id]!),
          solved(now),
          1e-9,
        );
      });
    expect(partial).toBeGreaterThan(200);
  });

  test("after any changes are those of a fresh start, with floors", () => {
    const floors = new Map([[1, 0.25]]);
    play(
      randomStream(9),
      200,
      20,
      (rates, { capacities, demands }, ids) => {
        const fresh = new FairRates(capacities, floors);
        const wanted = demands.map((demand) => fresh.add(demand));
        fresh.solve();
        expectClose(
          ids.map((id) => rates.rates[id]!),
          wanted.map((id) => fresh.rates[id]!),
          1e-9,
        );
      },
      floors,
    );
  });

  test("the same changes give the same bits", () => {
    const bits = () => {
      const all: number[] = [];
      play(randomStream(5), 60, 20, (rates, _, ids) => all.push(...ids.map((id) => rates.rates[id]!)));
      return all;
    };
    expect(bits()).toEqual(bits());
  });

  test("less capacity never raises the slowest of a class served first, nor the capacity used of a single link", () => {
    const random = randomStream(6);
    const features = { ...everyFeature, priorities: 1, deadLinks: false };
    for (let round = 0; round < 300; round++) {
      const problem = randomProblem(random, features, 12, 20);
      const level = (rates: readonly number[]) =>
        Math.min(...rates.map((rate, index) => rate / (problem.demands[index]!.weight ?? 1)));
      const before = solved(problem);
      const capacities = problem.capacities.slice();
      capacities[random.below(capacities.length)]! *= random.unit();
      expect(level(solved({ ...problem, capacities }))).toBeLessThanOrEqual(level(before) * (1 + 1e-12));
    }
  });

  test("a flow can gain by another's loss: max-min is not monotone for single flows, nor for their sum", () => {
    const demands = [{ resources: [0] }, { resources: [0, 1] }];
    expect(solved({ capacities: Float64Array.of(10, 10), demands })).toEqual([5, 5]);
    expect(solved({ capacities: Float64Array.of(10, 2), demands })).toEqual([8, 2]);
    const long = [{ resources: [0, 1, 2] }, { resources: [1] }, { resources: [2] }];
    const sum = (rates: readonly number[]) => rates.reduce((total, rate) => total + rate, 0);
    expect(sum(solved({ capacities: Float64Array.of(10, 10, 10), demands: long }))).toBe(15);
    expect(sum(solved({ capacities: Float64Array.of(1, 10, 10), demands: long }))).toBe(19);
  });
});
