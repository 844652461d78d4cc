/** The training job as laid over the servers: who exchanges gradients with whom, who sends activations to whom, how much. */

import { ringOrder } from "../../audit/ring.ts";
import { userError } from "../../base/diagnostics.ts";
import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/types.ts";

/** One pipeline stage: the servers that hold it. */
export interface StageServers {
  readonly first: number;
  /** At least 1. */
  readonly count: number;
}

export interface Job {
  readonly gpus: number;
  /** Servers from 0 on that the job uses. */
  readonly serverCount: number;
  readonly data: number;
  readonly tensor: number;
  readonly pipeline: number;
  readonly stages: readonly StageServers[];
  /** Bytes that each server of a ring sends to the next in one exchange of all gradients. */
  readonly exchangeBytes: number;
  /** Bytes that each GPU passes on inside its server in one exchange, where a whole group sits in one server. */
  readonly inServerBytes: number;
  /** Bytes that each server of a stage sends to the next stage in one step, activations and their gradients together. */
  readonly activationBytes: number;
}

/**
 * Lays the job over servers 0, 1, 2, ...: tensor-parallel ranks next to each other, then data-parallel, then pipeline stages, as
 * Megatron-LM numbers them. Throws `simulate/job` when the GPUs do not suffice.
 */
export function layJob(cluster: Cluster, fabric: Fabric): Job {
  const { parallelism, gradientBytes, activationBytes } = cluster.training;
  const { tensor, pipeline } = parallelism;
  const perServer = fabric.gpusPerServer;
  const all = fabric.serverCount * perServer;
  const wanted = cluster.economics.jobGpus;
  const available = wanted === "all" ? all : Math.min(wanted, all);
  const shards = tensor * pipeline;
  const data = parallelism.data === "auto" ? Math.floor(available / shards) : parallelism.data;
  const gpus = data * shards;
  if (data === 0 || gpus > all)
    throw userError(
      "simulate/job",
      `the job needs ${Math.max(gpus, shards)} GPUs (data ${Math.max(1, data)} x tensor ${tensor} x pipeline ${pipeline}), the cluster has ${all}`,
      "Lower training.parallelism, or raise servers.count.",
    );
  const stageGpus = data * tensor;
  const stages = Array.from({ length: pipeline }, (_, stage): StageServers => {
    const first = Math.floor((stage * stageGpus) / perServer);
    const last = Math.ceil(((stage + 1) * stageGpus) / perServer);
    return { first, count: last - first };
  });
  const groupsPerServer = Math.min(tensor, perServer, stageGpus);
  const perGroup = (gradientBytes / shards) * ((2 * (data - 1)) / data);
  return {
    gpus,
    serverCount: Math.ceil(gpus / perServer),
    data,
    tensor,
    pipeline,
    stages,
    exchangeBytes: perGroup * groupsPerServer,
    inServerBytes: perGroup,
    activationBytes: pipeline === 1 ? 0 : (2 * activationBytes * Math.min(perServer, stageGpus)) / tensor,
  };
}

/** Servers of a stage in the order of the ring of a rail. */
export function ringOfStage(fabric: Fabric, cluster: Cluster, { first, count }: StageServers, rail: number): number[] {
  return ringOrder(fabric, rail, cluster.training.placement).filter(
    (server) => server >= first && server < first + count,
  );
}
