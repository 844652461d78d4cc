import { describe, expect, test } from "vitest";
import {
  halvingDoublingAllReduce,
  hierarchicalAllReduce,
  type Machine,
  ringAllReduce,
  treeAllReduce,
} from "./testing/closed-forms.ts";
import { type Scene, sceneOf } from "./testing/scene.ts";

/** Every server on one leaf of its rail: no two flows share a link. */
const quiet = (servers: number, gpus: number, extra: string) => `
name: quiet
servers: { count: ${servers}, gpus: ${gpus}, nics: ${gpus}, ${extra} }
plane:
  leaf: { model: SN5600 }
  links: { access: { length: 20m } }
`;
/** Two cables of 20 m at 5 ns/m and a leaf of 600 ns. */
const pathS = 2 * 20 * 5e-9 + 600e-9;

const single = "nic: ConnectX-7 1x400G OSFP, linksPerNic: 1";
const dual = "nic: ConnectX-7 2x200G, linksPerNic: 2";

function within(actual: number, expected: number): void {
  expect(Math.abs(actual - expected) / expected).toBeLessThan(1e-9);
}

/** The machine as a textbook sees it, under Simple: 48.5 of 50 GB/s for each NIC, 370 of 450 inside. */
function machine(servers: number, gpus: number, acrossUs: number, extra: Partial<Machine> = {}): Machine {
  return {
    gpus,
    servers,
    networkBps: gpus * 48.5e9,
    insideBps: 370e9,
    baseS: 8.4e-6,
    insideS: 3.4e-6,
    acrossS: acrossUs * 1e-6 + 2 * pathS,
    ...extra,
  };
}

const large = 2 ** 40;

describe("times without congestion are the textbook's", () => {
  for (const links of [single, dual]) {
    const scene: Scene = sceneOf(quiet(16, 8, links));
    const name = links === single ? "one 400G link" : "two 200G links";
    test(`ring, ${name}`, () => {
      const { timeS, protocol, busbwGBps } = scene.measure("allreduce", "ring", large);
      expect(protocol).toBe("Simple");
      // The latency of a ring over several servers is 1.4 times the sum of its steps (NCCL's tuner).
      const quietest = machine(16, 8, 14);
      const latencyS = ringAllReduce(0, quietest);
      within(timeS, 1.4 * latencyS + (ringAllReduce(large, quietest) - latencyS));
      expect(busbwGBps).toBeGreaterThan(387);
    });

    test(`tree, ${name}`, () => {
      const { timeS } = scene.measure("allreduce", "tree", large);
      const textbook = machine(16, 8, 14, { networkBps: 0.92 * 8 * 48.5e9, insideS: 4e-6 });
      within(timeS, treeAllReduce(large, textbook));
    });

    test(`hierarchical, ${name}`, () => {
      within(scene.measure("allreduce", "hierarchical", large).timeS, hierarchicalAllReduce(large, machine(16, 8, 14)));
    });

    test(`halving-doubling, ${name}`, () => {
      const textbook = machine(16, 8, 14, { insideS: 4e-6 });
      within(scene.measure("allreduce", "halving-doubling", large).timeS, halvingDoublingAllReduce(large, textbook));
    });
  }

  test("servers of one GPU: a ring whose every step is exposed", () => {
    const scene = sceneOf(quiet(24, 1, single));
    const textbook = machine(24, 1, 14);
    const latencyS = ringAllReduce(0, { ...textbook, insideBps: 1 });
    const movingS = ((2 * 23) / 24) * (large / 48.5e9);
    within(scene.measure("allreduce", "ring", large).timeS, 1.4 * latencyS + movingS);
    within(scene.measure("broadcast", "ring", large).timeS, 8.4e-6 + 23 * textbook.acrossS + large / 48.5e9);
    const half = 8.4e-6 + 23 * textbook.acrossS + movingS / 2;
    within(scene.measure("reducescatter", "ring", large).timeS, half);
    within(scene.measure("allgather", "ring", large).timeS, half);
  });

  test("small sizes take LL: steps of 0.6 us inside (1 us where rings cross servers) and 2.7 us across", () => {
    const scene = sceneOf(quiet(16, 8, single));
    const { timeS, protocol } = scene.measure("allreduce", "ring", 8);
    expect(protocol).toBe("LL");
    const lowLatency = machine(16, 8, 0, { baseS: 6.6e-6, insideS: 1e-6, acrossS: 2.7e-6 + pathS });
    within(timeS, ringAllReduce(0, lowLatency) + ((2 * 127) / 128) * (8 / 20.4e9));
  });

  test("one server: the ring runs at the scale-up network's 370 GB/s", () => {
    const scene = sceneOf(quiet(1, 8, single));
    const textbook = machine(1, 8, 14);
    within(scene.measure("allreduce", "ring", large).timeS, ringAllReduce(large, textbook));
    const tree = scene.measure("allreduce", "tree", large).timeS;
    within(tree, 8.4e-6 + 14 * 4e-6 + (((2 * 7) / 8) * large) / (0.92 * 370e9));
  });

  test("all to all: every NIC carries what its GPUs have for the other servers", () => {
    const scene = sceneOf(quiet(16, 8, single));
    const { timeS, busbwGBps } = scene.measure("alltoall", undefined, large);
    const latencyS = 8.4e-6 + 4e-6 + 14e-6 + 2 * pathS + 119e-6;
    within(timeS, latencyS + ((120 / 128) * large) / 48.5e9);
    expect(busbwGBps).toBeCloseTo((48.5 * 127) / 120, 3);
  });

  test("send and receive: one NIC of each server carries what leaves it, on the rail of the receiver", () => {
    const scene = sceneOf(quiet(4, 8, single));
    within(scene.measure("sendrecv", undefined, large).timeS, 8.4e-6 + 14e-6 + 2 * pathS + large / 48.5e9);
  });
});
