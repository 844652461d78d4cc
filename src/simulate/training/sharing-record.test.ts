import { expect, test } from "vitest";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import type { SwitchingMode } from "../../switching/index.ts";
import type { LinkSharing, TrainingResult } from "../result.ts";
import { parseScenario } from "../scenario/parse.ts";
import { timelineOf } from "../scenario/timeline.ts";
import type { AllocationPolicy } from "./link-sharing.ts";
import { prepareSimulation } from "./prepare.ts";

/** Bulk wants 31 of the 50 GB a second of a NIC, gradients all while they flow. */
const busy = `
name: busy
servers: {count: 32, gpus: 8, nics: 8}
attachment: two-planes
plane: {leaf: {downlinks: 32}}
training:
  gradientBytes: 20GB
  computePerStep: 500ms
  overlap: 0%
  background: {checkpointBytes: 30GB, checkpointDrain: 1s, dataLoading: 8Gbps}
`;

function run(mode: SwitchingMode, text = busy): TrainingResult {
  const { cluster, fabric } = buildFromYaml(text);
  const scenario = "{duration: 100s, events: [{at: 10s, event: fail, part: srv-0003/nic-2/port-1/module, for: 60s}]}";
  const timeline = timelineOf(fabric, cluster, parseScenario(scenario, "scenario.yaml"));
  const simulation = prepareSimulation(cluster, fabric, timeline, { mode, policy: { kind: "spray" }, seed: 1 });
  for (const _ of simulation.run());
  return simulation.result();
}

const total = ([first, second]: readonly [number, number]) => first + second;

function sharingAt({ timeline, sharings }: TrainingResult, atS: number): Record<AllocationPolicy, LinkSharing> {
  const { sharing } = timeline.find(({ startS, endS }) => startS <= atS && atS < endS)!;
  const [allocation, split, striping] = sharings[sharing!]!;
  return { allocation: allocation!, "fixed split": split!, "equal striping": striping! };
}

test("after a failure gradients take all that is left, bulk is paced; a fixed split and equal striping slow the gradients", () => {
  const result = run("load-balancing");
  const [before, after] = [sharingAt(result, 5), sharingAt(result, 50)];
  for (const [shared, atS] of [
    [before, 5],
    [after, 50],
  ] as const) {
    const row = result.timeline.find(({ startS, endS }) => startS <= atS && atS < endS)!;
    // The core's allocation gives gradients the time that the job's step has.
    expect(shared.allocation.stepTimeS).toBeCloseTo(row.stepTimeS!, 12);
    for (const policy of ["fixed split", "equal striping"] as const)
      expect(shared[policy].exchangeS!).toBeGreaterThan(shared.allocation.exchangeS! * 1.05);
  }
  expect(after.allocation.linkGBps.gradient[0]).toBe(0);
  expect(after.allocation.linkGBps.bulk[0]).toBe(0);
  expect(after.allocation.bulkKept).toBeLessThan(before.allocation.bulkKept);
  // Whatever the policy, a step moves the same gradients.
  for (const shared of [before, after]) {
    const bytes = Object.values(shared).map((each) => total(each.linkGBps.gradient) * each.stepTimeS!);
    for (const each of bytes) expect(each / bytes[0]!).toBeCloseTo(1, 9);
  }
});

test("in active-standby everything goes over the link that carries", () => {
  const result = run("active-standby");
  const [before, after] = [sharingAt(result, 5), sharingAt(result, 50)];
  for (const name of ["gradient", "bulk"] as const) {
    expect(before.allocation.linkGBps[name][1]).toBe(0);
    expect(after.allocation.linkGBps[name][0]).toBe(0);
  }
  expect(total(after.allocation.linkGBps.gradient)).toBeCloseTo(total(before.allocation.linkGBps.gradient), 9);
  // A fixed split is set for the one link that carries, and gives the same on the other.
  expect(before["fixed split"].linkGBps.gradient[0]).toBeCloseTo(after["fixed split"].linkGBps.gradient[1], 9);
  expect(before["fixed split"].exchangeS!).toBeCloseTo(after["fixed split"].exchangeS!, 9);
  expect(total(before["fixed split"].linkGBps.bulk)).toBeGreaterThan(12);
});

test("nothing is shared while nothing trains, under duplication, and without other traffic", () => {
  expect(run("duplication").timeline.every(({ sharing }) => sharing === null)).toBe(true);
  const alone = busy.replace(/background: .*/, "background: {checkpointDrain: 0s, dataLoading: 0Gbps}");
  expect(run("load-balancing", alone).sharings).toEqual([]);
  for (const { state, sharing } of run("load-balancing").timeline) expect(sharing === null).toBe(state !== "training");
});
