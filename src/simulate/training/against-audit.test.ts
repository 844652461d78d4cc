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

/** One network for each kind: three tiers without a second path, two kinds of NIC on a rail, many leaves and NICs of two ports. */
const tree = `
name: tree
servers: {count: 16, gpus: 4, nics: 4, nic: ConnectX-7 1x400G OSFP, linksPerNic: 1}
plane: {topology: tree, access: {model: SN5600, downlinks: 16}, aggregation: {model: SN5600, downlinks: 2}, core: {model: SN5600}}
`;
const heterogeneous = `
name: heterogeneous
servers: {count: 12, gpus: 4, nics: 2, nic: [ConnectX-6 1x200G, ConnectX-7 1x400G OSFP]}
attachment: two-planes
planes:
  - {name: hdr, network: infiniband, leaf: {model: QM8700, downlinks: 4}, spine: {model: QM8700}, links: {access: {cable: MFS1S00, length: 20m}, leafSpine: {cable: MFS1S00, length: 50m}}}
  - {name: eth, network: ethernet, leaf: {model: SN5600, downlinks: 4}, spine: {model: SN5600}, links: {leafSpine: {speed: 800Gbps, length: 50m}}}
switching: {mode: active-standby, primary: 2}
`;
const hpnLike = `
name: hpn-like
servers: {count: 12, gpus: 8, nics: 8, nic: ConnectX-7 2x200G}
attachment: two-planes
plane: {network: ethernet, railOptimized: true, leaf: {downlinks: 4, uplinks: 2, oversubscription: 2}}
training: {rerouteOverScaleUp: true}
`;

test.each([
  ["two planes", twoPlanes],
  ["two leaves", twoLeaves],
  ["active-standby", activeStandby],
  ["tree", tree],
  ["heterogeneous", heterogeneous],
  ["like HPN", hpnLike],
])("one failure does in simulated time what the audit says: %s", (_, text) => {
  const { cluster, fabric } = buildFromYaml(text);
  const rows = auditFabric(fabric, cluster, { pairs: false }).nMinusOne.filter(({ kind }) => kind !== "server");
  expect(rows.length).toBeGreaterThan(6);
  for (const row of rows) {
    const scenario = parseScenario(
      `{duration: 300s, events: [{at: 10s, event: fail, part: ${row.example}}]}`,
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
