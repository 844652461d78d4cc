import { expect, test } from "vitest";
import { auditFabric } from "../../audit/index.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { parseScenario } from "../scenario/parse.ts";
import { timelineOf } from "../scenario/timeline.ts";
import { prepareSimulation } from "./prepare.ts";

const twoPlanes = `
name: two-planes
servers: {count: 12, gpus: 4, nics: 4}
attachment: two-planes
plane: {leaf: {downlinks: 4}}
training: {rerouteOverScaleUp: true, parallelism: {tensor: 4}}
`;
const twoLeaves = twoPlanes.replace("attachment: two-planes", "attachment: two-leaves");
const activeStandby = `${twoLeaves}switching: {mode: active-standby}\n`;

test.each([
  ["two planes", twoPlanes],
  ["two leaves", twoLeaves],
  ["active-standby", activeStandby],
])("one failure does in simulated time what the audit says: %s", (_, text) => {
  const { cluster, fabric } = buildFromYaml(text);
  const rows = auditFabric(fabric, cluster, { pairs: false }).nMinusOne.filter(({ kind }) => kind !== "server");
  expect(rows.length).toBeGreaterThan(8);
  for (const row of rows) {
    const scenario = parseScenario(
      `{duration: 100s, events: [{at: 10s, event: fail, part: ${row.example}}]}`,
      "one.yaml",
    );
    const simulation = prepareSimulation(cluster, fabric, timelineOf(fabric, cluster, scenario), {
      mode: cluster.switching.mode,
      policy: { kind: "spray" },
      seed: 1,
    });
    for (const _ of simulation.run());
    const [event] = simulation.result().events;
    const told = `${row.kind} ${row.stage} ${row.example}`;
    expect(`${told}: ${event!.verdict}`).toBe(`${told}: ${row.verdict}`);
    expect(event!.bandwidthKept, told).toBeCloseTo(row.bandwidthKept, 9);
  }
});
