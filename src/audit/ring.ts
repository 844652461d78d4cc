/** The order of the servers in the ring of each rail. */

import type { Fabric } from "../fabric/types.ts";

export type Placement = "packed" | "spread";

/** Servers of each rail in ring order: order[rail x servers + position]. */
export interface Rings {
  readonly next: Int32Array;
  readonly previous: Int32Array;
}

/**
 * packed: by number, so that neighbours stay under one leaf. spread: first the first server of every leaf, then the
 * second of every leaf, and so on, with the leaves of different pods taken in turn, so that every hop leaves its leaf
 * (and its pod) where it can. A server's leaf in a rail is that of its first link.
 */
export function ringOrder(fabric: Fabric, rail: number, placement: Placement): number[] {
  const order = Array.from({ length: fabric.serverCount }, (_, server) => server);
  if (placement === "packed") return order;
  const { switches, links, linksPerEndpoint, railsPerServer } = fabric;
  const leafOf = order.map((server) => {
    const link = fabric.accessLink[(server * railsPerServer + rail) * linksPerEndpoint]!;
    return link < 0 ? -1 : links.upperSwitch[link]!;
  });
  const membersOfLeaf = new Map<number, number>();
  const indexInLeaf = leafOf.map((leaf) => {
    const index = membersOfLeaf.get(leaf) ?? 0;
    membersOfLeaf.set(leaf, index + 1);
    return index;
  });
  const leavesOfPod = new Map<number, number>();
  const indexInPod = new Map<number, number>();
  for (const leaf of [...membersOfLeaf.keys()].sort((left, right) => left - right)) {
    const pod = leaf < 0 ? -1 : switches.pod[leaf]!;
    const index = leavesOfPod.get(pod) ?? 0;
    leavesOfPod.set(pod, index + 1);
    indexInPod.set(leaf, index);
  }
  const podOf = (leaf: number) => (leaf < 0 ? -1 : switches.pod[leaf]!);
  return order.sort(
    (left, right) =>
      indexInLeaf[left]! - indexInLeaf[right]! ||
      indexInPod.get(leafOf[left]!)! - indexInPod.get(leafOf[right]!)! ||
      podOf(leafOf[left]!) - podOf(leafOf[right]!) ||
      left - right,
  );
}

/** The neighbours of every endpoint in the ring of its rail, as endpoints (server x rails + rail). */
export function buildRings(fabric: Fabric, placement: Placement): Rings {
  const { serverCount, railsPerServer } = fabric;
  const next = new Int32Array(serverCount * railsPerServer);
  const previous = new Int32Array(serverCount * railsPerServer);
  for (let rail = 0; rail < railsPerServer; rail++) {
    const order = ringOrder(fabric, rail, placement);
    for (let position = 0; position < serverCount; position++) {
      const from = order[position]! * railsPerServer + rail;
      const to = order[(position + 1) % serverCount]! * railsPerServer + rail;
      next[from] = to;
      previous[to] = from;
    }
  }
  return { next, previous };
}
