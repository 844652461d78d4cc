/** Servers by how near they are: those that share leaves, then those whose leaves share a pod. */

import { type Fabric, switchName } from "../../../fabric/index.ts";

/** Servers that share leaves, directly or through each other. */
export interface ServerGroup {
  /** Ascending. */
  readonly servers: readonly number[];
  /** Switch indices, ascending. */
  readonly leaves: readonly number[];
}

/** Groups whose leaves lie in one pod of some plane. */
export interface Pod {
  readonly groups: readonly ServerGroup[];
}

/** Pods in the order of their first servers, groups too. Servers without a link are left out. */
export function podsOf(fabric: Fabric): Pod[] {
  const { links, switches, serverCount, railsPerServer, accessLink, linksPerEndpoint } = fabric;
  const leavesOfServer = (server: number) => {
    const first = server * railsPerServer * linksPerEndpoint;
    const own = accessLink.subarray(first, first + railsPerServer * linksPerEndpoint);
    return [
      ...new Set(
        Array.from(
          own.filter((link) => link >= 0),
          (link) => links.upperSwitch[link]!,
        ),
      ),
    ];
  };
  const shares = new Disjoint(switches.count);
  const attached: number[] = [];
  for (let server = 0; server < serverCount; server++) {
    const leaves = leavesOfServer(server);
    if (leaves.length > 0) attached.push(server);
    for (const leaf of leaves) shares.join(leaves[0]!, leaf);
  }
  const groups = new Map<number, { servers: number[]; leaves: Set<number> }>();
  for (const server of attached) {
    const leaves = leavesOfServer(server);
    const root = shares.find(leaves[0]!);
    const group = groups.get(root) ?? { servers: [], leaves: new Set<number>() };
    groups.set(root, group);
    group.servers.push(server);
    for (const leaf of leaves) group.leaves.add(leaf);
  }
  return joinPods(
    fabric,
    [...groups.values()].map(({ servers, leaves }) => ({ servers, leaves: [...leaves].sort((a, b) => a - b) })),
  );
}

function joinPods({ switches }: Fabric, groups: readonly ServerGroup[]): Pod[] {
  const near = new Disjoint(groups.length);
  const firstOf = new Map<string, number>();
  for (const [index, { leaves }] of groups.entries()) {
    for (const leaf of leaves) {
      const pod = `${switches.plane[leaf]} ${switches.pod[leaf]}`;
      near.join(firstOf.get(pod) ?? index, index);
      if (!firstOf.has(pod)) firstOf.set(pod, index);
    }
  }
  const pods = new Map<number, ServerGroup[]>();
  for (const [index, group] of groups.entries()) {
    const root = near.find(index);
    pods.set(root, [...(pods.get(root) ?? []), group]);
  }
  return [...pods.values()].map((members) => ({ groups: members }));
}

/** Names of a group's leaves. */
export function leafNames(fabric: Fabric, { leaves }: ServerGroup): string[] {
  return leaves.map((leaf) => switchName(fabric, leaf));
}

/** Disjoint sets of numbers; the lowest number of a set stands for it. */
class Disjoint {
  readonly #parent: Int32Array;

  constructor(count: number) {
    this.#parent = Int32Array.from({ length: count }, (_, index) => index);
  }

  find(start: number): number {
    let at = start;
    while (this.#parent[at] !== at) {
      this.#parent[at] = this.#parent[this.#parent[at]!]!;
      at = this.#parent[at]!;
    }
    return at;
  }

  join(left: number, right: number): void {
    const [low, high] = [this.find(left), this.find(right)].sort((a, b) => a - b) as [number, number];
    this.#parent[high] = low;
  }
}
