/** For tests: a cluster file as a network on which collectives can be laid. */

import type { Cluster } from "../../../cluster/types.ts";
import { buildFromYaml } from "../../../fabric/testing/build-from-yaml.ts";
import type { Fabric } from "../../../fabric/types.ts";
import { NetworkState, networkOf, Router } from "../../network/index.ts";
import type { GroupWish } from "../groups.ts";
import {
  algorithmOf,
  type CollectiveAlgorithm,
  type CollectiveKind,
  type CollectiveResult,
  groupsOf,
  HopLayer,
  inServerGbps,
  type LayerOptions,
  measureGroups,
  resultOf,
} from "../index.ts";

export interface Scene {
  readonly cluster: Cluster;
  readonly fabric: Fabric;
  readonly state: NetworkState;
  readonly layer: HopLayer;
  /** Measures one size over the groups wished for: all GPUs, packed, when left out. */
  measure(
    kind: CollectiveKind,
    algorithm: CollectiveAlgorithm | undefined,
    bytes: number,
    wish?: Partial<GroupWish>,
  ): CollectiveResult;
}

export function sceneOf(yaml: string, options: LayerOptions = {}): Scene {
  const { cluster, fabric } = buildFromYaml(yaml);
  const state = new NetworkState(networkOf(fabric, inServerGbps(cluster.servers)));
  const layer = new HopLayer(new Router(state), cluster, options);
  return {
    cluster,
    fabric,
    state,
    layer,
    measure: (kind, algorithm, bytes, wish = {}) => {
      const groups = groupsOf(fabric, { placement: "packed", ...wish });
      return resultOf(measureGroups(layer, cluster, groups, kind, algorithmOf(kind, algorithm)), bytes);
    },
  };
}

/** Takes one access link out of use, at once and for everybody. */
export function loseAccessLink({ fabric, state }: Scene, server: number, rail: number, side: number): void {
  const link = fabric.accessLink[(server * fabric.railsPerServer + rail) * fabric.linksPerEndpoint + side]!;
  for (const resource of [2 * link, 2 * link + 1]) state.setShare(resource, 0);
  state.avoidNearby(link, true);
  state.avoidEverywhere(link, true);
}
