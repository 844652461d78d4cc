/** For tests: a scenario on a cluster, run to its end. */

import type { Cluster } from "../../../cluster/types.ts";
import type { Fabric } from "../../../fabric/types.ts";
import type { SwitchingMode } from "../../../switching/index.ts";
import type { RoutingPolicy } from "../../network/index.ts";
import type { TrainingResult } from "../../result.ts";
import { parseScenario } from "../../scenario/parse.ts";
import { timelineOf } from "../../scenario/timeline.ts";
import { prepareSimulation } from "../prepare.ts";
import type { Simulation } from "../simulation.ts";

export interface Built {
  readonly cluster: Cluster;
  readonly fabric: Fabric;
}

export interface RunWish {
  readonly mode?: SwitchingMode;
  readonly policy?: RoutingPolicy;
}

/** Ready to run; seed 1, packets sprayed and the cluster's mode where nothing else is said. */
export function prepared({ cluster, fabric }: Built, scenario: string, wish: RunWish = {}): Simulation {
  const timeline = timelineOf(fabric, cluster, parseScenario(scenario, "scenario.yaml"));
  return prepareSimulation(cluster, fabric, timeline, {
    mode: wish.mode ?? cluster.switching.mode,
    policy: wish.policy ?? { kind: "spray" },
    seed: 1,
  });
}

export function runScenario(built: Built, scenario: string, wish?: RunWish): TrainingResult {
  const simulation = prepared(built, scenario, wish);
  for (const _ of simulation.run());
  return simulation.result();
}
