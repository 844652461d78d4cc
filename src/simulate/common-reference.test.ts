import { expect, test } from "vitest";
import { buildFromYaml } from "../fabric/testing/build-from-yaml.ts";
import type { SwitchingMode } from "../switching/index.ts";
import { againstCommonReference } from "./common-reference.ts";
import { parseScenario } from "./scenario/parse.ts";
import { timelineOf } from "./scenario/timeline.ts";
import { prepareSimulation } from "./training/index.ts";

const { cluster, fabric } = buildFromYaml(`
name: dual
servers: {count: 32, gpus: 8, nics: 8}
attachment: two-planes
plane: {leaf: {downlinks: 32}}
training: {gradientBytes: 20GB, computePerStep: 500ms, overlap: 0%, checkpointInterval: 600s, checkpointWrite: 10s, rerouteOverScaleUp: false}
`);
const scenario = `{duration: 2h, events: [
  {at: 100s, event: fail, part: srv-0003/nic-2/port-1/module, for: 1h},
  {at: 1500s, event: fail, part: srv-0007/nic-1, for: 1h}]}`;
const timeline = timelineOf(fabric, cluster, parseScenario(scenario, "scenario.yaml"));

function run(mode: SwitchingMode) {
  const simulation = prepareSimulation(cluster, fabric, timeline, { mode, policy: { kind: "spray" }, seed: 1 });
  for (const _ of simulation.run());
  return simulation.result();
}

const runs = (["active-standby", "load-balancing", "duplication"] as const).map(run);

test("side by side the modes lose what their kept steps fall short of, at the best healthy step", () => {
  const referenceStepS = Math.min(...runs.map(({ healthy }) => healthy.stepTimeS));
  for (const { totals, gpus, healthy } of againstCommonReference(runs)) {
    expect(totals.referenceStepS).toBe(referenceStepS);
    expect(Object.values(totals.split).reduce((sum, each) => sum + each, 0)).toBeCloseTo(totals.gpuHoursLost, 9);
    // The independent count: all GPU-hours, less those of the steps kept, but for servers left out and the step under way.
    const kept = (totals.stepsDone * referenceStepS * gpus) / 3600;
    const lost = (totals.simulatedS * gpus) / 3600 - kept + totals.split.serversOut;
    expect(totals.gpuHoursLost).toBeLessThanOrEqual(lost + 1e-9);
    expect(totals.gpuHoursLost).toBeGreaterThan(lost - (healthy.stepTimeS * 2 * gpus) / 3600);
  }
});

test("the mode that keeps more steps loses fewer GPU-hours, which own references turn round", () => {
  const [standby, balancing] = againstCommonReference(runs);
  expect(balancing!.totals.stepsDone).toBeGreaterThan(standby!.totals.stepsDone * 1.02);
  expect(balancing!.totals.gpuHoursLost).toBeLessThan(standby!.totals.gpuHoursLost);
  expect(standby!.totals.split.healthyPace).toBeGreaterThan(0);
  expect(balancing!.totals.split.healthyPace).toBe(0);
  expect(runs[1]!.totals.gpuHoursLost).toBeGreaterThan(runs[0]!.totals.gpuHoursLost);
});

test("a run by itself is left as it is", () => {
  expect(againstCommonReference([runs[0]!])).toEqual([runs[0]!]);
});
