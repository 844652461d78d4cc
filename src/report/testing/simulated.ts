/** Simulated runs for tests. */

import { parseCluster } from "../../cluster/parse.ts";
import { buildFabric } from "../../fabric/index.ts";
import { againstCommonReference } from "../../simulate/common-reference.ts";
import { parseScenario } from "../../simulate/scenario/parse.ts";
import { timelineOf } from "../../simulate/scenario/timeline.ts";
import { prepareSimulation } from "../../simulate/training/index.ts";
import type { SwitchingMode } from "../../switching/index.ts";
import type { Simulated } from "../simulation-json.ts";

/** Runs a scenario on a cluster in every mode. */
export function simulated(clusterText: string, scenarioText: string, modes: readonly SwitchingMode[]): Simulated {
  const cluster = parseCluster(clusterText, "test.yaml");
  const fabric = buildFabric(cluster).fabric!;
  const located = parseScenario(scenarioText, "scenario.yaml");
  const timeline = timelineOf(fabric, cluster, located);
  const policy = { kind: "spray" } as const;
  const runs = modes.map((mode) => {
    const simulation = prepareSimulation(cluster, fabric, timeline, { mode, policy, seed: 1 });
    for (const _ of simulation.run());
    return simulation.result();
  });
  return {
    version: "0.0.0",
    cluster,
    scenario: located.scenario,
    durationS: timeline.durationUs / 1e6,
    policy,
    runs: againstCommonReference(runs),
  };
}
