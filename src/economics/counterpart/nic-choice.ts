/** Which NIC a cluster would have with another number of links, so that the bandwidth stays what it was. */

import type { NicModel } from "../../catalog/types.ts";
import type { Cluster, Plane } from "../../cluster/types.ts";

/** The NIC that a link of this side leaves. */
function nicOfSide(cluster: Cluster, side: 0 | 1): NicModel {
  const { nicModels } = cluster.servers;
  return cluster.catalog.get(nicModels[side] ?? nicModels[0]) as NicModel;
}

/** Speed of an endpoint's link on this side, in Gbps. */
export function linkSpeedGbps(cluster: Cluster, side: 0 | 1): number {
  const plane = cluster.planes[side] ?? cluster.planes[0]!;
  return plane.links.access.speed ?? nicOfSide(cluster, side).portSpeedGbps;
}

/** The side that carries: the primary. */
export function primarySide(cluster: Cluster): 0 | 1 {
  return cluster.servers.linksPerRail === 2 && cluster.switching.primary === 2 ? 1 : 0;
}

/** What a healthy endpoint can use, in Gbps: both links in load-balancing, else the primary alone. */
export function usableGbps(cluster: Cluster): number {
  if (cluster.servers.linksPerRail === 1) return linkSpeedGbps(cluster, 0);
  if (cluster.switching.mode !== "load-balancing") return linkSpeedGbps(cluster, primarySide(cluster));
  return linkSpeedGbps(cluster, 0) + linkSpeedGbps(cluster, 1);
}

/**
 * NICs of the catalog with at least so many ports of exactly this speed on the plane's network, the likeliest first:
 * the cluster's own, then the same family (first word of the model), then fewer ports, then cheaper.
 */
export function nicsWith(cluster: Cluster, plane: Plane, ports: 1 | 2, speedGbps: number): NicModel[] {
  const own = nicOfSide(cluster, primarySide(cluster));
  const family = (nic: NicModel) => nic.model.split(" ")[0];
  const distance = (nic: NicModel) => {
    if (nic.model === own.model) return 0;
    return (
      (family(nic) === family(own) ? 1e6 : 2e6) + nic.ports * 1e5 + Math.min(99_999, nic.priceUsd?.value ?? 99_999)
    );
  };
  return [...cluster.catalog.values()]
    .filter((part): part is NicModel => part.kind === "nic")
    .filter((nic) => nic.ports >= ports && nic.portSpeedGbps === speedGbps && nic.networks.includes(plane.network))
    .sort((left, right) => distance(left) - distance(right));
}
