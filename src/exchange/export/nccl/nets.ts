/** The network ports of one server as NCCL sees them. Servers of a fabric are alike; the first with all its links stands for them. */

import type { Fabric } from "../../../fabric/index.ts";
import { adapterGuid } from "../infiniband/identifiers.ts";

export interface Net {
  /** Number among the server's ports, in the order of NICs and ports. */
  readonly dev: number;
  /** As mlx5_core names its devices, one for each port. */
  readonly name: string;
  /** From 0. */
  readonly rail: number;
  /** Part index of its NIC. */
  readonly nic: number;
  /** 0 or 1: which link of the rail. */
  readonly side: 0 | 1;
  readonly network: "infiniband" | "ethernet";
  readonly speedGbps: number;
  readonly guid: bigint;
}

/** Ports in the order of rails and links. */
export function netsOfServer(fabric: Fabric): Net[] {
  const { accessLink, railsPerServer, linksPerEndpoint, links, planes, parts } = fabric;
  const perServer = railsPerServer * linksPerEndpoint;
  let server = 0;
  for (let each = fabric.serverCount - 1; each >= 0; each--)
    if (!accessLink.subarray(each * perServer, (each + 1) * perServer).includes(-1)) server = each;
  const nets: Net[] = [];
  for (let slot = 0; slot < perServer; slot++) {
    const link = accessLink[server * perServer + slot]!;
    if (link < 0) continue;
    const port = links.lowerPort[link]!;
    nets.push({
      dev: nets.length,
      name: `mlx5_${nets.length}`,
      rail: Math.floor(slot / linksPerEndpoint),
      nic: parts.owner[port]!,
      side: slot % linksPerEndpoint === 0 ? 0 : 1,
      network: planes[links.plane[link]!]!.network,
      speedGbps: links.speedGbps[link]!,
      guid: adapterGuid(parts.owner[port]!, parts.ordinal[port]!),
    });
  }
  return nets;
}
