/** How a group lies on its servers, and the channels over which it talks: one for each rail that its GPUs own. */

import { assert } from "../../base/assert.ts";
import type { Fabric } from "../../fabric/types.ts";

export interface ServerShare {
  readonly server: number;
  /** GPUs of the group on this server, in rank order. */
  readonly gpus: readonly number[];
  /** Rails of these GPUs, ascending. */
  readonly rails: readonly number[];
}

export interface GroupLayout {
  /** GPU of each rank. */
  readonly ranks: ArrayLike<number>;
  /** In order of their first rank. */
  readonly servers: readonly ServerShare[];
  /** For each channel the endpoint (server x rails + rail) that it uses on each of `servers`. */
  readonly channels: readonly Int32Array[];
  /** The server with the most GPUs of the group: its scale-up network is the busiest. */
  readonly fullest: ServerShare;
}

/** Rails of a GPU (numbered within its server): those that no other GPU is nearer to, at least one. */
export function railsOfGpu(fabric: Fabric, gpu: number): number[] {
  const { railsPerServer, gpusPerServer } = fabric;
  const first = Math.floor((gpu * railsPerServer) / gpusPerServer);
  const end = Math.max(first + 1, Math.floor(((gpu + 1) * railsPerServer) / gpusPerServer));
  return Array.from({ length: end - first }, (_, index) => first + index);
}

/**
 * The layout of a group of GPUs (numbered server x GPUs + GPU). A channel keeps to one rail where every server has it; a
 * server with fewer rails than others carries several channels over one.
 */
export function layoutOf(fabric: Fabric, ranks: ArrayLike<number>): GroupLayout {
  assert(ranks.length >= 2, "a group has at least two ranks");
  const gpusOf = new Map<number, number[]>();
  for (let rank = 0; rank < ranks.length; rank++) {
    const server = Math.floor(ranks[rank]! / fabric.gpusPerServer);
    const gpus = gpusOf.get(server);
    if (gpus === undefined) gpusOf.set(server, [ranks[rank]!]);
    else gpus.push(ranks[rank]!);
  }
  const railsOf = Array.from({ length: fabric.gpusPerServer }, (_, gpu) => railsOfGpu(fabric, gpu));
  // Nearly all servers have GPUs of the same rails: they share one list.
  let last: { readonly gpus: readonly number[]; readonly rails: readonly number[] } = { gpus: [], rails: [] };
  const servers = Array.from(gpusOf, ([server, gpus]): ServerShare => {
    if (!isAlike(gpus, last.gpus, fabric.gpusPerServer)) {
      const rails = new Set(gpus.flatMap((gpu) => railsOf[gpu % fabric.gpusPerServer]!));
      last = { gpus, rails: [...rails].sort((left, right) => left - right) };
    }
    return { server, gpus, rails: last.rails };
  });
  const widest = servers.reduce((best, share) => (share.rails.length > best.rails.length ? share : best));
  const fullest = servers.reduce((best, share) => (share.gpus.length > best.gpus.length ? share : best));
  const channels = widest.rails.map((rail, channel) => {
    const endpoints = new Int32Array(servers.length);
    for (let at = 0; at < endpoints.length; at++) {
      const { server, rails } = servers[at]!;
      const own = rails.includes(rail) ? rail : rails[channel % rails.length]!;
      endpoints[at] = server * fabric.railsPerServer + own;
    }
    return endpoints;
  });
  return { ranks, servers, channels, fullest };
}

/** Whether two servers' GPUs have the same places in them. */
function isAlike(one: readonly number[], other: readonly number[], gpusPerServer: number): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) if (one[at]! % gpusPerServer !== other[at]! % gpusPerServer) return false;
  return true;
}
