/** From a cluster and a scenario to a simulation that is ready to run. */

import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { SwitchingMode } from "../../switching/index.ts";
import { networkPayloadShare } from "../collectives/bandwidths.ts";
import { inServerGbps, surveyOfFile } from "../collectives/index.ts";
import type { RoutingPolicy } from "../network/index.ts";
import type { CollectiveResult } from "../result.ts";
import type { Timeline } from "../scenario/happenings.ts";
import { studyAllocation } from "./allocation-study.ts";
import { gradientCollective } from "./gradient-collective.ts";
import { checkpointIntervalS } from "./interruptions.ts";
import { layJob } from "./job.ts";
import { Simulation } from "./simulation.ts";

export interface SimulationWish {
  readonly mode: SwitchingMode;
  readonly policy: RoutingPolicy;
  /** Seed of the flows' hashes and of the heartbeats' phases. */
  readonly seed: number;
  /** Whether the tables of the healthy job, collectives and allocation, are worked out for the report. Default true. */
  readonly tables?: boolean;
}

/** Throws a `UserError` when the job does not fit the fabric. */
export function prepareSimulation(
  cluster: Cluster,
  fabric: Fabric,
  timeline: Timeline,
  wish: SimulationWish,
): Simulation {
  const job = layJob(cluster, fabric);
  const { tables = true, ...rest } = wish;
  const survey: readonly CollectiveResult[] = tables ? surveyOfFile(fabric, cluster) : [];
  return new Simulation(cluster, fabric, timeline, {
    ...rest,
    checkpointIntervalS: checkpointIntervalS(cluster, fabric, job),
    payloadShare: networkPayloadShare,
    inServerGbps: inServerGbps(cluster.servers),
    collectives: survey,
    allocation: tables ? studyAllocation(cluster, fabric, job, networkPayloadShare) : [],
    gradients: (exchangeS) => gradientCollective(cluster, fabric, job, exchangeS),
  });
}
