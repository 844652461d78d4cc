/**
 * How many equally long ways a switch has to each server's address while some links are gone: what routing should find. Ways
 * go up and then down, as the autonomous systems of the exported configurations have it. Pure.
 */

import type { Condition } from "./faults.ts";
import type { LabEnd, LabPlan } from "./plan.ts";

/** By node of a switch, by address: next hops. Switches without a way to an address do not name it. */
export type EqualPaths = ReadonlyMap<number, ReadonlyMap<string, number>>;

interface Way {
  readonly hops: number;
  readonly nextHops: number;
}

/** Addresses that a server announces over one link alone, and those of servers with a single link: no preference bends their ways. */
export function equalPaths(plan: LabPlan, { down, deaf, dead }: Condition): EqualPaths {
  const isDeaf = ({ node, interface: name }: LabEnd) => deaf.has(`${node} ${name}`);
  const live = plan.links.filter(
    ({ link, lower, upper }) =>
      !down.has(link) && !isDeaf(lower) && !isDeaf(upper) && !dead.has(lower.node) && !dead.has(upper.node),
  );
  const ups = new Map<number, number[]>();
  for (const { lower, upper } of live) {
    const known = ups.get(lower.node);
    if (known === undefined) ups.set(lower.node, [upper.node]);
    else known.push(upper.node);
  }
  const paths = new Map<number, Map<string, number>>();
  for (const { kind, node } of plan.nodes) if (kind === "switch") paths.set(node, new Map());
  for (const { kind, node, addresses } of plan.nodes) {
    if (kind !== "host") continue;
    const isDual = addresses.some(({ scope }) => scope > 0);
    for (const { address, scope, rail, interface: name } of addresses) {
      if (isDual !== scope > 0) continue;
      const own = live.filter(({ lower }) => lower.node === node && (name === undefined || lower.interface === name));
      // Without the interface of a single-linked server's rail, several rails cannot be told apart.
      if (name === undefined && addresses.some((each) => each.rail !== rail)) continue;
      const ways = waysTo(
        own.map(({ upper }) => upper.node),
        ups,
      );
      for (const [each, of] of paths) {
        const way = ways(each);
        if (way !== undefined) of.set(address, way.nextHops);
      }
    }
  }
  return paths;
}

/** From the leaves at which the server is; `ups`: what is above each node, once for each link. */
function waysTo(
  leaves: readonly number[],
  ups: ReadonlyMap<number, readonly number[]>,
): (node: number) => Way | undefined {
  const ways = new Map<number, Way | undefined>();
  for (const leaf of leaves) add(ways, leaf, 1);
  // Level by level: all ways down from one level are known before the next is looked at.
  for (let level = [...ways.keys()]; level.length > 0; ) {
    const above = new Set<number>();
    for (const node of level)
      for (const upper of ups.get(node) ?? []) {
        const before = ways.get(upper);
        const hops = ways.get(node)!.hops + 1;
        if (before === undefined) above.add(upper);
        if (before === undefined || before.hops === hops) add(ways, upper, hops);
      }
    level = [...above];
  }
  const wayOf = (node: number): Way | undefined => {
    if (!ways.has(node)) {
      const all = (ups.get(node) ?? []).flatMap((upper) => wayOf(upper) ?? []);
      const hops = 1 + Math.min(...all.map((each) => each.hops));
      const nextHops = all.filter((each) => each.hops + 1 === hops).length;
      ways.set(node, nextHops === 0 ? undefined : { hops, nextHops });
    }
    return ways.get(node);
  };
  return wayOf;
}

function add(ways: Map<number, Way | undefined>, node: number, hops: number): void {
  ways.set(node, { hops, nextHops: (ways.get(node)?.nextHops ?? 0) + 1 });
}
