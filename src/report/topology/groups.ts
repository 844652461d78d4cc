/** Which servers share their leaves: the groups of a fabric, found from its links. */

import type { Fabric } from "../../fabric/index.ts";

/** Servers that reach the network through the same leaves. */
export interface ServerGroup {
  readonly firstServer: number;
  readonly lastServer: number;
  readonly servers: number;
}

export interface ServerGroups {
  readonly groups: readonly ServerGroup[];
  /** Group of each switch by its switch index; -1 for spines, cores and leaves without servers. */
  readonly groupOfLeaf: Int32Array;
  /** The rail that a leaf serves, by switch index; -1 where it serves several or none. */
  readonly railOfLeaf: Int32Array;
  /** Bit 1: carries first links of NICs, bit 2: carries second links; by switch index. */
  readonly sidesOfLeaf: Uint8Array;
}

/** Finds the groups in one pass over the access links: leaves that start with the same server form a group. */
export function serverGroups(fabric: Fabric): ServerGroups {
  const { switches, links, accessLink, railsPerServer, linksPerEndpoint } = fabric;
  const firstServer = new Int32Array(switches.count).fill(-1);
  const railOfLeaf = new Int32Array(switches.count).fill(-2);
  const sidesOfLeaf = new Uint8Array(switches.count);
  for (const [slot, link] of accessLink.entries()) {
    if (link < 0) continue;
    const leaf = links.upperSwitch[link]!;
    const endpoint = Math.floor(slot / linksPerEndpoint);
    const rail = endpoint % railsPerServer;
    if (firstServer[leaf] === -1) firstServer[leaf] = Math.floor(endpoint / railsPerServer);
    railOfLeaf[leaf] = railOfLeaf[leaf] === -2 || railOfLeaf[leaf] === rail ? rail : -1;
    sidesOfLeaf[leaf] = sidesOfLeaf[leaf]! | (1 << (slot % linksPerEndpoint));
  }
  const starts = [...new Set(firstServer)].filter((server) => server >= 0).sort((left, right) => left - right);
  const groupOfStart = new Map(starts.map((server, group) => [server, group]));
  const groups = starts.map((start, group) => {
    const end = (starts[group + 1] ?? fabric.serverCount) - 1;
    return { firstServer: start, lastServer: end, servers: end - start + 1 };
  });
  return {
    groups,
    groupOfLeaf: firstServer.map((server) => groupOfStart.get(server) ?? -1),
    railOfLeaf: railOfLeaf.map((rail) => (rail < 0 ? -1 : rail)),
    sidesOfLeaf,
  };
}
