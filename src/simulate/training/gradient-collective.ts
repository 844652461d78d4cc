/** The exchange of one bucket of gradients as a collective, with the latency of its algorithm. */

import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/types.ts";
import { busFactor, inServerGbps, pathDelays, scheduleCollective, timeOf } from "../collectives/index.ts";
import { NetworkState, networkOf, Router } from "../network/index.ts";
import type { CollectiveResult } from "../result.ts";
import type { Job } from "./job.ts";

export interface GradientCollective {
  /** Latency of the exchanges of all buckets of a step, in seconds. */
  readonly latencyS: number;
  /** One bucket of one data-parallel group while all groups exchange; undefined when there is nothing to exchange. */
  readonly bucket: CollectiveResult | undefined;
}

/** `exchangeS`: time of moving all gradients of a step on the healthy network, without latency. */
export function gradientCollective(cluster: Cluster, fabric: Fabric, job: Job, exchangeS: number): GradientCollective {
  if (job.data === 1 || exchangeS === 0) return { latencyS: 0, bucket: undefined };
  const { training, servers, switching } = cluster;
  const network = networkOf(fabric, inServerGbps(servers));
  const side = switching.mode === "active-standby" && fabric.linksPerEndpoint === 2 ? switching.primary - 1 : 0;
  const scene = { network, cluster, delayOf: pathDelays(new Router(new NetworkState(network)), side) };
  const ranks = Int32Array.from({ length: job.data }, (_, index) => index * job.tensor);
  const schedule = scheduleCollective(scene, ranks, "allreduce", training.algorithm);
  const shard = training.gradientBytes / (job.tensor * job.pipeline);
  const bytes = shard / training.buckets;
  const { timeS } = timeOf(schedule, exchangeS / shard, bytes);
  const algbwGBps = bytes / timeS / 1e9;
  return {
    latencyS: Math.max(0, training.buckets * timeS - exchangeS),
    bucket: {
      kind: "allreduce",
      algorithm: training.algorithm,
      ranks: job.data,
      bytes,
      timeS,
      algbwGBps,
      busbwGBps: algbwGBps * busFactor("allreduce", job.data),
    },
  };
}
