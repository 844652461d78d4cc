/** What `simulate` says of a fault that the lab makes for real. Pure. */

import { defined } from "../../base/assert.ts";
import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { FeltVerdict } from "../../simulate/result.ts";
import { parseScenario } from "../../simulate/scenario/parse.ts";
import { timelineOf } from "../../simulate/scenario/timeline.ts";
import { prepareSimulation } from "../../simulate/training/index.ts";
import type { SwitchingMode } from "../../switching/index.ts";

export interface Prediction {
  readonly verdict: FeltVerdict;
  /** Longest time that gradients could not move. */
  readonly gapMs: number;
  readonly bandwidthKept: number;
}

/** One rank for each server, in the order of the servers: the ring that the lab runs. */
function asInTheLab(cluster: Cluster): Cluster {
  const { training, economics, servers } = cluster;
  const parallelism = { ...training.parallelism, data: "auto" as const, tensor: servers.gpus, pipeline: 1 };
  return {
    ...cluster,
    economics: { ...economics, jobGpus: "all" },
    training: { ...training, parallelism, placement: "packed" },
  };
}

/** The heartbeat's phase when the fault comes is drawn: the longest of so many draws is the prediction. */
const draws = 8;

/** The part fails for 10 s and is healed. */
export function predict(
  cluster: Cluster,
  fabric: Fabric,
  { part, silent, mode }: { readonly part: string; readonly silent: boolean; readonly mode: SwitchingMode },
): Prediction {
  const lab = asInTheLab(cluster);
  const scenario = JSON.stringify({
    name: "lab",
    duration: "30s",
    events: [{ at: "5s", event: "fail", part, silent, for: "10s" }],
  });
  const timeline = timelineOf(fabric, lab, parseScenario(scenario, "lab"));
  const felt = Array.from({ length: draws }, (_, seed) => {
    const wish = { mode, policy: { kind: "spray" as const }, seed, tables: false };
    const simulation = prepareSimulation(lab, fabric, timeline, wish);
    for (const _ of simulation.run());
    return defined(simulation.result().events[0], "event of the scenario");
  });
  const worst = felt.reduce((one, other) => (other.stalledS > one.stalledS ? other : one));
  return { verdict: worst.verdict, gapMs: worst.stalledS * 1_000, bandwidthKept: worst.bandwidthKept };
}
