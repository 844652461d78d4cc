/** How often the job is interrupted, for the best interval between checkpoints. */

import type { Cluster } from "../../cluster/types.ts";
import { kindRate, modelMix, partRate } from "../../fabric/failure-rates.ts";
import { type Fabric, kindCode, partKinds, stages } from "../../fabric/types.ts";
import type { Job } from "./job.ts";

/** Stages whose parts cut a GPU off where every endpoint has one link only. */
const accessStages = new Set(["nic", "access-link", "leaf-switch", "access-switch"]);

/**
 * Interruptions of the job in an hour: its GPUs, servers and their software always stop it; behind single links so do the NICs,
 * access links and the switches that these end at. Dual links are taken to hold.
 */
export function interruptionsPerHour(cluster: Cluster, fabric: Fabric, job: Job): number {
  const endpoints =
    job.gpus * kindRate(cluster.economics, "gpu").failureFit +
    job.serverCount * kindRate(cluster.economics, "server").failureFit +
    job.serverCount * kindRate(cluster.economics, "software").failureFit;
  const network =
    fabric.linksPerEndpoint === 1 ? singleLinkFit(cluster, fabric) * (job.serverCount / fabric.serverCount) : 0;
  return (endpoints + network) / 1e9;
}

function singleLinkFit(cluster: Cluster, fabric: Fabric): number {
  const { parts } = fabric;
  const counts = new Map<number, number>();
  for (let part = 0; part < parts.count; part++) {
    if (parts.kind[part] === kindCode.server || !accessStages.has(stages[parts.stage[part]!]!)) continue;
    const key = parts.kind[part]! * stages.length + parts.stage[part]!;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const mix = modelMix(fabric);
  let fit = 0;
  for (const [key, count] of counts) {
    const kind = partKinds[Math.floor(key / stages.length)] as Exclude<(typeof partKinds)[number], "rack">;
    fit += count * partRate(fabric, mix, cluster.economics, kind, stages[key % stages.length]!).failureFit;
  }
  return fit;
}

/** Seconds of training between two checkpoints: as the cluster file says, or sqrt(2 w / L) (arXiv 2410.21680). */
export function checkpointIntervalS(cluster: Cluster, fabric: Fabric, job: Job): number {
  const { checkpointInterval, checkpointWrite } = cluster.training;
  if (checkpointInterval !== "best") return checkpointInterval;
  return Math.sqrt((2 * checkpointWrite * 3600) / interruptionsPerHour(cluster, fabric, job));
}
