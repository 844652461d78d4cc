/** The JSON of `twinspine simulate` with a scenario. Keys and units are a contract. */

import type { Cluster } from "../cluster/types.ts";
import { costOfSimulation } from "../economics/simulated.ts";
import type { RoutingPolicy } from "../simulate/network/index.ts";
import type { TrainingResult } from "../simulate/result.ts";
import type { ScenarioFile } from "../simulate/scenario/schema.ts";
import { type Telling, tell, usualTelling } from "./telling.ts";

export interface Simulated {
  readonly version: string;
  readonly cluster: Cluster;
  readonly scenario: ScenarioFile;
  readonly durationS: number;
  readonly policy: RoutingPolicy;
  /** One run for each switching mode; the first is the main one. */
  readonly runs: readonly TrainingResult[];
  /** What the JSON tells one by one. Default: all, but for very long runs what is notable. */
  readonly telling?: Telling | undefined;
}

/** The main run at the top, takeovers of all runs together; with several modes every run by itself below `modes`. */
export function simulationJson({
  version,
  cluster,
  scenario,
  durationS,
  policy,
  runs: whole,
  telling,
}: Simulated): object {
  const rule = telling ?? usualTelling(whole);
  const runs = whole.map((run) => {
    const { run: told, leftOut } = tell(run, rule);
    return { ...told, leftOut };
  });
  const [main] = runs;
  const { name, servers } = cluster;
  const told = (run: (typeof runs)[number]) => ({
    ...run,
    totals: { ...run.totals, cost: costOfSimulation(cluster, run.totals) },
  });
  return {
    twinspine: { version },
    cluster: { name, servers: servers.count, gpus: servers.count * servers.gpus },
    scenario: { name: scenario.name, description: scenario.description, seed: scenario.seed, durationS },
    routing: policy,
    ...told(main!),
    complete: runs.every((run) => run.complete),
    takeovers: runs.flatMap((run) => run.takeovers),
    leftOut: { ...main!.leftOut, takeovers: runs.reduce((sum, { leftOut }) => sum + leftOut.takeovers, 0) },
    ...(runs.length > 1 ? { modes: runs.map(told) } : {}),
  };
}
