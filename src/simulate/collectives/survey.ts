/** The nccl-tests of a fabric that may not exist yet: collectives of a cluster, measured on its own network. */

import { userError } from "../../base/diagnostics.ts";
import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/types.ts";
import { chooseSides, LiveNetwork, networkOf, noSides, type RoutingPolicy } from "../network/index.ts";
import { inServerGbps } from "./bandwidths.ts";
import { pathDelays } from "./delays.ts";
import { type GroupPlacement, groupsOf } from "./groups.ts";
import { algorithmOf, type CollectiveAlgorithm, type CollectiveKind } from "./kinds.ts";
import { type CollectiveResult, measureGroups, resultOf } from "./measure.ts";
import type { Schedule, ScheduleScene } from "./schedule.ts";

export interface SurveyWish {
  readonly kind: CollectiveKind;
  /** Default: the first that the kind has. */
  readonly algorithm?: CollectiveAlgorithm | undefined;
  /** Bytes of each row. */
  readonly sizes: readonly number[];
  /** Ranks of each group; all GPUs when left out. As many groups run at once as there is room for. */
  readonly groupSize?: number | undefined;
  readonly placement: GroupPlacement;
  /** Seed of the random placement and of the flows' hashes. Default 1. */
  readonly seed?: number | undefined;
  readonly policy?: RoutingPolicy | undefined;
}

export interface Survey {
  /** One row for each size. */
  readonly rows: readonly CollectiveResult[];
  /** GPUs that no group had room for. */
  readonly idleGpus: number;
}

/** Hops of all groups together at most: an all-to-all has one for each pair of servers and rail. */
export const hopsMax = 20_000_000;

/** Measures collectives on the healthy fabric. Throws `simulate/group`, `simulate/cut-off`, `simulate/too-large`. */
export function surveyCollective(fabric: Fabric, cluster: Cluster, wish: SurveyWish): Survey {
  const { kind, groupSize, placement, seed = 1, policy = { kind: "ecmp", flowsPerConnection: 1 }, sizes } = wish;
  const algorithm = algorithmOf(kind, wish.algorithm);
  const gpus = fabric.serverCount * fabric.gpusPerServer;
  const ranks = groupSize ?? gpus;
  checkGroups(fabric, kind, ranks);
  const { mode, primary, routing } = cluster.switching;
  const network = networkOf(fabric, inServerGbps(cluster.servers));
  const rules = { mode, primary: primary - 1 };
  const { localRepair: localRepairS, convergence: convergenceS } = routing;
  const live = new LiveNetwork(network, { policy, rules, localRepairS, convergenceS, seed });
  const delaySide = mode === "active-standby" && fabric.linksPerEndpoint === 2 ? rules.primary : 0;
  const scene: ScheduleScene = { network, cluster, delayOf: pathDelays(live.router, delaySide) };
  const groups = groupsOf(fabric, { size: groupSize, placement, seed });
  const measured = measureGroups(live, scene, groups, kind, algorithm);
  const stalled = measured.schedules.find((_, group) => measured.secondsPerByte[group] === Number.POSITIVE_INFINITY);
  if (stalled !== undefined) throw cutOff(live, rules, stalled);
  return { rows: sizes.map((bytes) => resultOf(measured, bytes)), idleGpus: gpus - groups.length * ranks };
}

function checkGroups(fabric: Fabric, kind: CollectiveKind, ranks: number): void {
  const gpus = fabric.serverCount * fabric.gpusPerServer;
  if (ranks < 2 || ranks > gpus)
    throw userError(
      "simulate/group",
      ranks < 2
        ? `a group of ${ranks} GPU has nobody to talk to`
        : `a group of ${ranks} GPUs is larger than the cluster`,
      `The cluster has ${gpus} GPUs; use a group size from 2 to ${gpus}.`,
    );
  const servers = Math.ceil(ranks / fabric.gpusPerServer);
  const hops = Math.floor(gpus / ranks) * servers * servers * fabric.railsPerServer;
  if (kind === "alltoall" && hops > hopsMax)
    throw userError(
      "simulate/too-large",
      `all-to-all of ${ranks} GPUs has ${hops} connections, more than ${hopsMax}`,
      "Use a smaller group size.",
    );
}

/** Names two endpoints that no path joins. */
function cutOff(live: LiveNetwork, rules: Parameters<typeof chooseSides>[1], { phases }: Schedule): Error {
  const { fabric } = live.state.network;
  const { router } = live;
  const usable = new Uint8Array(fabric.serverCount * fabric.railsPerServer).fill((1 << fabric.linksPerEndpoint) - 1);
  const name = (endpoint: number) =>
    `server ${Math.floor(endpoint / fabric.railsPerServer) + 1} rail ${(endpoint % fabric.railsPerServer) + 1}`;
  for (const { groups } of phases.flatMap(({ transfers }) => transfers))
    for (const { count, source, destination } of groups)
      for (let at = 0; at < count; at++)
        if (chooseSides(router, rules, usable, source[at]!, destination[at]!, 0) === noSides)
          return userError(
            "simulate/cut-off",
            `${name(source[at]!)} has no path to ${name(destination[at]!)}`,
            "See which parts are missing with twinspine audit.",
          );
  return userError("simulate/cut-off", "a collective stalls for good", "See what is broken with twinspine audit.");
}

/** The collectives that the cluster file lists, each on a network of its own, placed as training is. */
export function surveyOfFile(fabric: Fabric, cluster: Cluster): CollectiveResult[] {
  return cluster.collectives.flatMap(({ kind, algorithm, bytes, groupSize }) => {
    const { rows } = surveyCollective(fabric, cluster, {
      kind,
      // Ring is also what the file says when it says nothing: the usual algorithm of the kind.
      algorithm: algorithm === "ring" ? undefined : algorithm,
      sizes: [bytes],
      groupSize: groupSize === "all" ? undefined : groupSize,
      placement: cluster.training.placement,
    });
    return rows;
  });
}
