/** Which GPUs run a collective together, and in what order. */

import { ringOrder } from "../../audit/ring.ts";
import { randomStream } from "../../base/random.ts";
import type { Fabric } from "../../fabric/types.ts";

/**
 * packed: servers by number, neighbours under one leaf. spread: every hop leaves its leaf, and its pod, where it can.
 * random: servers in random order, as a busy scheduler leaves them.
 */
export const placements = ["packed", "spread", "random"] as const;
export type GroupPlacement = (typeof placements)[number];

export interface GroupWish {
  /** Ranks of each group; all GPUs when left out. */
  readonly size?: number | undefined;
  readonly placement: GroupPlacement;
  /** Seed of the random placement. Default 1. */
  readonly seed?: number | undefined;
}

/**
 * As many groups of `size` GPUs (numbered server x GPUs + GPU) as the cluster has room for, each in rank order. Servers are
 * dealt whole, in the order that the placement says, so a group no larger than a server stays inside one where sizes divide.
 */
export function groupsOf(fabric: Fabric, { size, placement, seed = 1 }: GroupWish): Int32Array[] {
  const { gpusPerServer, serverCount } = fabric;
  const servers = serversInOrder(fabric, placement, seed);
  const gpus = new Int32Array(serverCount * gpusPerServer);
  for (const [position, server] of servers.entries())
    for (let gpu = 0; gpu < gpusPerServer; gpu++) gpus[position * gpusPerServer + gpu] = server * gpusPerServer + gpu;
  const ranks = size ?? gpus.length;
  return Array.from({ length: Math.floor(gpus.length / ranks) }, (_, group) =>
    gpus.subarray(group * ranks, (group + 1) * ranks),
  );
}

function serversInOrder(fabric: Fabric, placement: GroupPlacement, seed: number): number[] {
  if (placement !== "random") return ringOrder(fabric, 0, placement);
  const servers = Array.from({ length: fabric.serverCount }, (_, server) => server);
  return randomStream(seed).fork("placement").shuffle(servers);
}
