/** For tests: a cluster file as a network on which collectives run. */

import type { Cluster } from "../../../cluster/types.ts";
import { buildFromYaml } from "../../../fabric/testing/build-from-yaml.ts";
import type { Fabric } from "../../../fabric/types.ts";
import { LiveNetwork, networkOf, type RoutingPolicy } from "../../network/index.ts";
import type { GroupWish } from "../groups.ts";
import {
  algorithmOf,
  type CollectiveAlgorithm,
  type CollectiveKind,
  type CollectiveResult,
  groupsOf,
  inServerGbps,
  measureGroups,
  pathDelays,
  resultOf,
  type ScheduleScene,
} from "../index.ts";

export interface Scene {
  readonly cluster: Cluster;
  readonly fabric: Fabric;
  readonly live: LiveNetwork;
  readonly schedule: ScheduleScene;
  /** Measures one size over the groups wished for: all GPUs, packed, when left out. */
  measure(
    kind: CollectiveKind,
    algorithm: CollectiveAlgorithm | undefined,
    bytes: number,
    wish?: Partial<GroupWish>,
  ): CollectiveResult;
}

export function sceneOf(yaml: string, policy: RoutingPolicy = { kind: "ecmp", flowsPerConnection: 1 }): Scene {
  const { cluster, fabric } = buildFromYaml(yaml);
  const { mode, primary, routing } = cluster.switching;
  const network = networkOf(fabric, inServerGbps(cluster.servers));
  const live = new LiveNetwork(network, {
    policy,
    rules: { mode, primary: primary - 1 },
    localRepairS: routing.localRepair,
    convergenceS: routing.convergence,
  });
  const schedule = { network, cluster, delayOf: pathDelays(live.router, 0) };
  return {
    cluster,
    fabric,
    live,
    schedule,
    measure: (kind, algorithm, bytes, wish = {}) => {
      const groups = groupsOf(fabric, { placement: "packed", ...wish });
      return resultOf(measureGroups(live, schedule, groups, kind, algorithmOf(kind, algorithm)), bytes);
    },
  };
}

/** Takes one access link out of use for good; its endpoint knows. */
export function loseAccessLink({ fabric, live }: Scene, server: number, rail: number, side: number): void {
  const endpoint = server * fabric.railsPerServer + rail;
  const link = fabric.accessLink[endpoint * fabric.linksPerEndpoint + side]!;
  live.setShare([2 * link, 2 * link + 1], 0);
  live.setUsable([endpoint], fabric.linksPerEndpoint === 1 ? 0 : 0b11 ^ (1 << side));
}
