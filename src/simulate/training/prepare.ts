/** From a cluster and a scenario to a simulation that is ready to run. */

import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { SwitchingMode } from "../../switching/index.ts";
import { networkPayloadShare } from "../collectives/bandwidths.ts";
import { inServerGbps, surveyOfFile } from "../collectives/index.ts";
import { NetworkState, networkOf, type RoutingPolicy } from "../network/index.ts";
import type { CollectiveResult } from "../result.ts";
import type { Timeline } from "../scenario/happenings.ts";
import { pairConfigOf } from "../takeover/pair-config.ts";
import { studyAllocation } from "./allocation-study.ts";
import { type GradientCollective, gradientCollective } from "./gradient-collective.ts";
import { checkpointIntervalS } from "./interruptions.ts";
import { layJob } from "./job.ts";
import { JobNetwork } from "./job-network.ts";
import { Simulation } from "./simulation.ts";

/** What a healthy network depends on besides cluster and fabric. */
export interface NetworkWish {
  readonly mode: SwitchingMode;
  readonly policy: RoutingPolicy;
  /** Seed of the flows' hashes and of the heartbeats' phases. */
  readonly seed: number;
}

export interface SimulationWish extends NetworkWish {
  /** Whether the tables of the healthy job, collectives and allocation, are worked out for the report. Default true. */
  readonly tables?: boolean;
  /** From {@link prepareNetwork} with the same wish, never used before or restored since. Default: prepared now. */
  readonly network?: JobNetwork | undefined;
}

/** The job laid on the healthy network: what takes longest of a short simulation. Throws a `UserError` when the job does not fit. */
export function prepareNetwork(cluster: Cluster, fabric: Fabric, { mode, policy, seed }: NetworkWish): JobNetwork {
  const gbps = inServerGbps(cluster.servers);
  const network = new JobNetwork(cluster, new NetworkState(networkOf(fabric, gbps)), layJob(cluster, fabric), {
    policy,
    rules: { mode, primary: pairConfigOf(cluster.switching, mode).primary },
    seed,
    payloadShare: networkPayloadShare,
    inServerBytesPerSecond: gbps * 125e6,
  });
  network.pace();
  return network;
}

/** What was found for a network that is used again. */
const collectives = new WeakMap<JobNetwork, { readonly exchangeS: number; readonly found: GradientCollective }>();

/** Throws a `UserError` when the job does not fit the fabric. */
export function prepareSimulation(
  cluster: Cluster,
  fabric: Fabric,
  timeline: Timeline,
  wish: SimulationWish,
): Simulation {
  const { tables = true, mode, seed } = wish;
  const network = wish.network ?? prepareNetwork(cluster, fabric, wish);
  const { job } = network;
  const survey: readonly CollectiveResult[] = tables ? surveyOfFile(fabric, cluster) : [];
  return new Simulation(cluster, fabric, timeline, {
    mode,
    seed,
    network,
    checkpointIntervalS: checkpointIntervalS(cluster, fabric, job),
    payloadShare: networkPayloadShare,
    collectives: survey,
    allocation: tables ? studyAllocation(cluster, fabric, job, networkPayloadShare) : [],
    gradients: (exchangeS) => {
      const known = collectives.get(network);
      if (known?.exchangeS === exchangeS) return known.found;
      const found = gradientCollective(cluster, fabric, job, exchangeS);
      collectives.set(network, { exchangeS, found });
      return found;
    },
  });
}
