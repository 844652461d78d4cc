import { describe, expect, test } from "vitest";
import { type RandomStream, randomStream } from "../../base/random.ts";
import { FluidEngine } from "./fluid-engine.ts";
import { type BruteTransfer, bruteForce, type CapacityChange } from "./testing/brute-force.ts";

interface Case {
  readonly capacities: number[];
  readonly transfers: BruteTransfer[];
  readonly changes: CapacityChange[];
}

const ticksPerSecond = 1e12;

function randomCase(random: RandomStream): Case {
  const count = random.between(1, 6);
  const capacities = Array.from({ length: count }, () => random.between(1, 50) * 1e9);
  const lane = () => {
    const resources = random.shuffle(capacities.map((_, index) => index)).slice(0, random.between(1, count));
    return { resources, coefficients: resources.map(() => random.pick([1, 1, 0.5, 2])) };
  };
  // Whole microseconds, so that both clocks hold them exactly.
  const time = () => random.below(2_000_000) / 1e6;
  return {
    capacities,
    transfers: Array.from({ length: random.between(1, 9) }, () => ({
      start: time(),
      bytes: random.between(1, 1000) * 1e7,
      lanes: random.chance(0.25) ? [lane(), lane()] : [lane()],
      priority: random.pick([0, 0, 1, 2]),
    })),
    changes: Array.from({ length: random.below(6) }, () => ({
      time: time(),
      resource: random.below(count),
      capacity: random.pick([0, 1e9, 1e10, 2e10]),
    })),
  };
}

function engineRun({ capacities, transfers, changes }: Case) {
  const engine = new FluidEngine(Float64Array.from(capacities), { ticksPerSecond, meter: true });
  const ends = transfers.map(() => Number.POSITIVE_INFINITY);
  const indexOf = new Map<number, number>();
  for (const { time, resource, capacity } of changes)
    engine.at(Math.round(time * ticksPerSecond), () => engine.setCapacity(resource, capacity));
  for (const [index, { start, ...transfer }] of transfers.entries())
    engine.at(Math.round(start * ticksPerSecond), () => indexOf.set(engine.start(transfer), index));
  engine.run((id, exact) => {
    ends[indexOf.get(id)!] = exact / ticksPerSecond;
  });
  engine.updateCarried();
  return { ends, carried: [...engine.carried], running: engine.runningCount };
}

describe("the engine against brute force", () => {
  test("the same ends and the same bytes on every resource", () => {
    const random = randomStream(21);
    for (let round = 0; round < 250; round++) {
      const each = randomCase(random);
      const found = engineRun(each);
      const wanted = bruteForce(each.capacities, each.transfers, each.changes);
      for (const [index, end] of wanted.ends.entries()) {
        if (end === Number.POSITIVE_INFINITY)
          expect(found.ends[index], `transfer ${index} of round ${round}`).toBe(end);
        else expect(Math.abs(found.ends[index]! - end) / end, `transfer ${index} of round ${round}`).toBeLessThan(1e-9);
      }
      expect(found.running).toBe(wanted.ends.filter((end) => end === Number.POSITIVE_INFINITY).length);
      for (const [resource, bytes] of wanted.carried.entries())
        expect(Math.abs(found.carried[resource]! - bytes)).toBeLessThanOrEqual(1e-9 * Math.max(1e7, bytes) + 1);
    }
  });

  test("bytes are conserved: what resources carried is what transfers moved, whatever happened in between", () => {
    const random = randomStream(22);
    for (let round = 0; round < 100; round++) {
      const { capacities, transfers, changes } = randomCase(random);
      // One resource more that every lane passes once, and that limits nobody.
      const witness = capacities.length;
      const seen = transfers.map((each) => ({
        ...each,
        lanes: each.lanes.map(({ resources, coefficients }) => ({
          resources: [...resources, witness],
          coefficients: [...coefficients, 1],
        })),
      }));
      const { carried, ends } = engineRun({ capacities: [...capacities, 1e15], transfers: seen, changes });
      const done = transfers.reduce(
        (sum, each, index) => sum + (ends[index]! < Number.POSITIVE_INFINITY ? each.bytes : 0),
        0,
      );
      const all = transfers.reduce((sum, each) => sum + each.bytes, 0);
      expect(carried[witness]!).toBeGreaterThanOrEqual(done * (1 - 1e-9));
      expect(carried[witness]!).toBeLessThanOrEqual(all * (1 + 1e-9));
    }
  });

  test("a slower network never ends a lone transfer, nor transfers on one link, earlier", () => {
    const random = randomStream(23);
    for (let round = 0; round < 100; round++) {
      const each = randomCase(random);
      const lone = { ...each, transfers: each.transfers.slice(0, 1), changes: [] };
      const slower = { ...lone, capacities: lone.capacities.map((capacity) => capacity * (0.1 + 0.9 * random.unit())) };
      expect(engineRun(slower).ends[0]).toBeGreaterThanOrEqual(engineRun(lone).ends[0]!);
      const shared = each.transfers.map((transfer) => ({
        ...transfer,
        lanes: [{ resources: [0], coefficients: [1] }],
      }));
      const before = engineRun({ capacities: [2e10], transfers: shared, changes: [] });
      const after = engineRun({ capacities: [2e10 * random.unit()], transfers: shared, changes: [] });
      for (const [index, end] of before.ends.entries())
        expect(after.ends[index]).toBeGreaterThanOrEqual(end * (1 - 1e-12));
    }
  });
});
