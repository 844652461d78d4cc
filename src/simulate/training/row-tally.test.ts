import fc from "fast-check";
import { expect, test } from "vitest";
import { RowTally } from "./row-tally.ts";

const resources = 6;
const variables = 3;
const step = fc.oneof(
  fc.record({
    resource: fc.nat(resources - 1),
    variable: fc.nat(variables - 1),
    amount: fc.constantFrom(1, 1 / 3, 1 / 7, 2.5),
    count: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ resource: fc.nat(resources - 1), capacity: fc.constantFrom(0, 10, 25) }),
  fc.record({ undo: fc.nat() }),
);

test("the rows are the distinct loads of the resources, whatever came and went", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const capacity = new Array<number>(resources).fill(10);
      const tally = new RowTally(resources, (resource) => capacity[resource]!);
      const added: { resource: number; variable: number; amount: number; count: number }[] = [];
      for (const each of steps) {
        if ("capacity" in each) {
          capacity[each.resource] = each.capacity;
          tally.touch(each.resource);
        } else if ("undo" in each) {
          const [gone] = added.splice(each.undo % Math.max(1, added.length), 1);
          if (gone !== undefined) tally.add(gone.resource, gone.variable, gone.amount, -gone.count);
        } else {
          added.push(each);
          tally.add(each.resource, each.variable, each.amount, each.count);
        }
      }
      const sums = capacity.map((_, resource) =>
        Array.from({ length: variables }, (_, variable) =>
          added
            .filter((each) => each.resource === resource && each.variable === variable)
            .reduce((sum, { amount, count }) => sum + amount * count, 0),
        ),
      );
      const told = (capacityOf: number, loads: readonly number[]) =>
        `${capacityOf}: ${loads.map((load) => load.toFixed(8)).join()}`;
      const loaded = sums.flatMap((loads, resource) =>
        loads.some((load) => load > 0) ? [told(capacity[resource]!, loads)] : [],
      );
      const rows = tally.rows().map((row) => {
        const loads = new Array<number>(variables).fill(0);
        for (const [at, variable] of row.variables.entries()) loads[variable] = row.loads[at]!;
        return told(row.capacity, loads);
      });
      // A third three times is a whole but for rounding: two rows that read alike.
      expect([...new Set(rows)].sort()).toEqual([...new Set(loaded)].sort());
      for (let variable = 0; variable < variables; variable++)
        expect(tally.isInUse(variable)).toBe(sums.some((loads) => loads[variable]! > 0));
      for (let resource = 0; resource < resources; resource++) {
        expect(tally.isLoaded(resource)).toBe(sums[resource]!.some((load) => load > 0));
        const rates = Float64Array.of(1, 10, 100);
        const load = sums[resource]!.reduce((sum, each, variable) => sum + each * rates[variable]!, 0);
        expect(tally.load(resource, rates)).toBeCloseTo(load, 7);
      }
    }),
    { numRuns: 200 },
  );
});

test("states that differ only in which of equal resources is concerned have one signature", () => {
  const capacity = [10, 10, 10, 20];
  const tally = new RowTally(capacity.length, (resource) => capacity[resource]!);
  for (let resource = 0; resource < capacity.length; resource++) tally.add(resource, 0, 1, 1);
  const healthy = tally.signature();
  const with1 = [0, 1, 3].map((resource) => {
    tally.add(resource, 0, 1, 1);
    const signature = tally.signature();
    tally.add(resource, 0, 1, -1);
    return signature;
  });
  expect(with1[0]).toBe(with1[1]);
  expect(with1[2]).not.toBe(with1[0]);
  expect(tally.signature()).toBe(healthy);
});

test("rows out of use are forgotten, those in use stay", () => {
  const tally = new RowTally(2, () => 10, 100);
  tally.add(0, 0, 1, 1);
  const first = tally.signature();
  for (let count = 1; count <= 101; count++) tally.add(1, 1, 1, 1);
  tally.add(1, 1, 1, -101);
  expect(tally.signature()).not.toBe(first);
  expect(tally.rows()).toMatchObject([{ capacity: 10, variables: [0], loads: [1] }]);
  tally.add(1, 0, 1, 2);
  expect(tally.rows().map(({ loads }) => loads[0])).toEqual([1, 2]);
});
