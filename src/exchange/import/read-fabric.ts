/** A fabric file in place of a cluster file: the fabric, and the cluster that it belongs to. */

import { builtInCatalog } from "../../catalog/index.ts";
import type { LocatedCluster } from "../../cluster/parse.ts";
import type { Design } from "../../fabric/index.ts";
import { clusterOfFabric, designOfFabric } from "./cluster-of-fabric.ts";
import { readFabricJson } from "./fabric-json.ts";

export interface ReadFabric extends Pick<LocatedCluster, "cluster" | "withPlaces"> {
  readonly design: Design;
}

/**
 * Reads a fabric file with the switching, training, economics, shared risks and parts of `settings`. Default: the default
 * ones. Throws a `UserError`.
 */
export function readFabric(text: string, file: string, settings?: LocatedCluster): ReadFabric {
  const fabric = readFabricJson(text, file, settings?.cluster.catalog ?? builtInCatalog);
  const cluster = clusterOfFabric(fabric, settings?.cluster);
  const withPlaces = settings?.withPlaces ?? ((diagnostics) => [...diagnostics]);
  return { cluster, withPlaces, design: designOfFabric(fabric, cluster) };
}
