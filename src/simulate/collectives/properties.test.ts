import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LiveNetwork } from "../network/index.ts";
import {
  algorithmOf,
  type CollectiveAlgorithm,
  type CollectiveKind,
  groupsOf,
  measureGroups,
  resultOf,
  secondsPerByte,
} from "./index.ts";
import { scheduleCollective } from "./schedule.ts";
import { loseAccessLink, type Scene, sceneOf } from "./testing/scene.ts";

const all: readonly (readonly [CollectiveKind, CollectiveAlgorithm])[] = [
  ["allreduce", "ring"],
  ["allreduce", "tree"],
  ["allreduce", "hierarchical"],
  ["allreduce", "halving-doubling"],
  ["reducescatter", "ring"],
  ["reducescatter", "hierarchical"],
  ["reducescatter", "halving-doubling"],
  ["allgather", "ring"],
  ["allgather", "hierarchical"],
  ["allgather", "halving-doubling"],
  ["broadcast", "ring"],
  ["broadcast", "tree"],
  ["broadcast", "hierarchical"],
  ["alltoall", "direct"],
  ["sendrecv", "direct"],
];

/** Clusters of every shape: how links are attached, switching modes, with and without scale-up, GPUs and rails uneven. */
const shapes: Readonly<Record<string, string>> = {
  "single link":
    "servers: { count: 12, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP }\nplane: { leaf: { downlinks: 8 } }",
  "two planes": "servers: { count: 12 }\nattachment: two-planes\nplane: { leaf: { downlinks: 8 } }",
  "two leaves, active-standby":
    "servers: { count: 12 }\nattachment: two-leaves\nplane: { leaf: { downlinks: 8 } }\nswitching: { mode: active-standby, primary: 2 }",
  "two leaves, duplication":
    "servers: { count: 12 }\nattachment: two-leaves\nplane: { leaf: { downlinks: 8 } }\nswitching: { mode: duplication }",
  "no scale-up": "servers: { count: 12, gpus: 4, nics: 4, scaleUp: 0Gbps }\nplane: {}",
  "one GPU a server": "servers: { count: 21, gpus: 1, nics: 1 }\nplane: { railOptimized: false }",
  "eight GPUs behind one NIC": "servers: { count: 9, gpus: 8, nics: 1 }\nplane: { railOptimized: false }",
  "four NICs for one GPU": "servers: { count: 9, gpus: 1, nics: 4 }\nplane: {}",
  "three GPUs, two NICs": "servers: { count: 7, gpus: 3, nics: 2 }\nplane: { railOptimized: false }",
  tree: "servers: { count: 12, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP }\nplane: { topology: tree, access: { downlinks: 64 } }",
};
const scenes = Object.entries(shapes).map(([name, text]) => [name, () => sceneOf(`name: t\n${text}\n`)] as const);

describe.each(scenes)("%s", (_, make) => {
  test("every collective ends, in any group, in a time that grows with its size", () => {
    const scene = make();
    const gpus = scene.fabric.serverCount * scene.fabric.gpusPerServer;
    for (const [kind, algorithm] of all)
      for (const size of [2, 3, scene.fabric.gpusPerServer * 2, gpus].filter((each) => each >= 2 && each <= gpus)) {
        const groups = groupsOf(scene.fabric, { size, placement: "random", seed: size });
        const measured = measureGroups(scene.live, scene.schedule, groups, kind, algorithmOf(kind, algorithm));
        let before = 0;
        for (let bytes = 1; bytes <= 2 ** 44; bytes *= 50) {
          const { timeS, fastestTimeS, busbwGBps } = resultOf(measured, bytes);
          expect(timeS).toBeGreaterThanOrEqual(before);
          expect(timeS).toBeLessThan(Number.POSITIVE_INFINITY);
          expect(fastestTimeS).toBeLessThanOrEqual(timeS);
          expect(busbwGBps).toBeGreaterThan(0);
          before = timeS;
        }
      }
  });

  test("what goes into a switch comes out of it, and what endpoints send they receive", () => {
    const scene = make();
    for (const [kind, algorithm] of all) conserves(scene, kind, algorithm);
  });
});

/** Meters a run of two groups and balances every switch. */
function conserves({ cluster, fabric, schedule }: Scene, kind: CollectiveKind, algorithm: CollectiveAlgorithm): void {
  const { mode, primary } = cluster.switching;
  const live = new LiveNetwork(schedule.network, {
    policy: { kind: "ecmp", flowsPerConnection: 2 },
    rules: { mode, primary: primary - 1 },
    localRepairS: 0,
    convergenceS: 0,
    meter: true,
  });
  const half = Math.floor((fabric.serverCount * fabric.gpusPerServer) / 2);
  const groups = groupsOf(fabric, { size: half, placement: "random", seed: 5 });
  const schedules = groups.map((ranks) => scheduleCollective(schedule, ranks, kind, algorithm));
  secondsPerByte(live, schedules);
  const { carried } = live.engine;
  const { links, switches } = fabric;
  const balance = new Float64Array(switches.count);
  let up = 0;
  let down = 0;
  for (let link = 0; link < links.count; link++) {
    const rising = carried[2 * link]!;
    const falling = carried[2 * link + 1]!;
    balance[links.upperSwitch[link]!]! += rising - falling;
    if (links.lowerSwitch[link]! >= 0) balance[links.lowerSwitch[link]!]! += falling - rising;
    else {
      up += rising;
      down += falling;
    }
  }
  const scale = Math.max(up, 1);
  expect(Math.abs(up - down) / scale).toBeLessThan(1e-9);
  for (const each of balance) expect(Math.abs(each) / scale).toBeLessThan(1e-9);
  // Every byte of every connection leaves its source once, and once more over the second link where both carry copies.
  const expected = schedules
    .flatMap(({ phases }) => phases.flatMap(({ transfers }) => transfers))
    .reduce((sum, { bytesPerByte, groups: channels }) => sum + bytesPerByte * meanShare(channels), 0);
  if (mode !== "duplication" && channelsAreAlike(schedules)) expect(up / 2 ** 30 / expected).toBeCloseTo(1, 6);
}

type Channels = ReturnType<typeof scheduleCollective>["phases"][number]["transfers"][number]["groups"];

/** Bytes on the wire for every byte of a transfer whose channels are alike, whichever of them carries it. */
function meanShare(channels: Channels): number {
  let sum = 0;
  for (const { share } of channels) for (const each of share ?? []) sum += each;
  return channels.length === 0 ? 0 : sum / channels.length;
}

function channelsAreAlike(schedules: readonly ReturnType<typeof scheduleCollective>[]): boolean {
  const transfers = schedules.flatMap(({ phases }) => phases.flatMap((phase) => phase.transfers));
  return transfers.every(({ groups }) => new Set(groups.map((group) => group.count)).size <= 1);
}

describe("monotony", () => {
  test("more servers never make a collective faster, where the network limits it", () => {
    const times = [2, 3, 4, 7, 8, 15, 16, 32].map((count) => {
      const scene = sceneOf(`name: t
servers: { count: ${count}, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP }
plane: {}
`);
      return all.map(([kind, algorithm]) =>
        [1, 2 ** 16, 2 ** 24, 2 ** 36].map((bytes) => scene.measure(kind, algorithm, bytes).timeS),
      );
    });
    for (let index = 1; index < times.length; index++)
      for (const [which, [kind, algorithm]] of all.entries()) {
        if (algorithm === "halving-doubling") continue; // What is no power of two costs more than the next one that is.
        for (const [size, timeS] of times[index]![which]!.entries())
          expect(timeS, `${kind} ${algorithm}`).toBeGreaterThanOrEqual(times[index - 1]![which]![size]! * (1 - 1e-12));
      }
  });

  test("with packets sprayed over all paths, a lost link never makes a collective faster", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(11), fc.nat(7), fc.nat(1)), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(...all),
        (losses, [kind, algorithm]) => {
          const scene = sceneOf(`name: t\n${shapes["two planes"]}\n`, { kind: "spray" });
          const before = scene.measure(kind, algorithm, 2 ** 36, { placement: "spread" }).timeS;
          for (const [server, rail, side] of losses) loseAccessLink(scene, server, rail, side);
          const after = scene.measure(kind, algorithm, 2 ** 36, { placement: "spread" }).timeS;
          expect(after).toBeGreaterThanOrEqual(before * (1 - 1e-12));
        },
      ),
      { numRuns: 15 },
    );
  });

  test("one seed gives the same bits", () => {
    const text = `name: t\n${shapes["two planes"]}\n`;
    const once = () => sceneOf(text).measure("allreduce", "ring", 2 ** 30, { size: 16, placement: "random", seed: 9 });
    expect(once()).toEqual(once());
  });
});
