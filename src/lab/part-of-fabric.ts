/** Which part of a fabric the lab runs when the whole is too much for the machine. */

import { type NetworkPlan, nodeOfLink } from "../exchange/network/network-plan.ts";

/** Nodes by number, ascending. All of them when they are at most `nodesMax`. */
export function partOfFabric(plan: NetworkPlan, nodesMax: number): readonly number[] {
  if (plan.nodes.length <= nodesMax) return plan.nodes;
  const { fabric } = plan;
  const isHost = (node: number) => node < fabric.serverCount;
  const uppers = new Map<number, Set<number>>();
  const lowers = new Map<number, Set<number>>();
  const firstRail = new Map<number, Set<number>>();
  const put = (sets: Map<number, Set<number>>, key: number, value: number) => {
    const found = sets.get(key);
    if (found === undefined) sets.set(key, new Set([value]));
    else found.add(value);
  };
  for (const link of plan.links) {
    const [lower, upper] = [nodeOfLink(fabric, link, "lower"), nodeOfLink(fabric, link, "upper")];
    put(uppers, lower, upper);
    put(lowers, upper, lower);
    if (isHost(lower) && fabric.links.endpoint[link]! % fabric.railsPerServer === 0) put(firstRail, lower, upper);
  }
  const hosts = plan.nodes.filter((node) => isHost(node) && firstRail.has(node));
  const leavesOf = (host: number) => [...(firstRail.get(host) ?? [])];
  const chosen = new Set<number>();
  const leaves = new Set<number>();
  const takeHost = (host: number) => {
    chosen.add(host);
    for (const leaf of leavesOf(host)) {
      chosen.add(leaf);
      leaves.add(leaf);
    }
  };
  const [first] = hosts;
  if (first === undefined) return plan.nodes.slice(0, nodesMax);
  takeHost(first);
  const spinesOf = (leaf: number) => uppers.get(leaf) ?? new Set<number>();
  /** Other leaves below the same spines: the way between the two hosts then goes over a spine, and there is one. */
  const far = hosts.find((host) =>
    leavesOf(host).every(
      (leaf, index) =>
        !leaves.has(leaf) && [...spinesOf(leaf)].some((spine) => spinesOf(leavesOf(first)[index] ?? leaf).has(spine)),
    ),
  );
  takeHost(far ?? hosts[1] ?? first);
  /** Spines that join most of the chosen leaves first, in turn over the leaves, so that every plane gets its share. */
  const takeSpine = (): boolean => {
    const count = (spine: number) => [...(lowers.get(spine) ?? [])].filter((node) => leaves.has(node)).length;
    const served = (leaf: number) => [...spinesOf(leaf)].filter((spine) => chosen.has(spine)).length;
    const poorest = [...leaves].sort((a, b) => served(a) - served(b) || a - b)[0];
    if (poorest === undefined) return false;
    const [best] = [...spinesOf(poorest)]
      .filter((spine) => !chosen.has(spine))
      .sort((a, b) => count(b) - count(a) || a - b);
    if (best === undefined) return false;
    chosen.add(best);
    return true;
  };
  while ([...leaves].some((leaf) => [...spinesOf(leaf)].filter((spine) => chosen.has(spine)).length < 2))
    if (!takeSpine()) break;
  const takeNextHost = (): boolean => {
    const next = hosts.find((host) => !chosen.has(host) && leavesOf(host).every((leaf) => leaves.has(leaf)));
    if (next !== undefined) takeHost(next);
    return next !== undefined;
  };
  const takeFarHost = (): boolean => {
    const next = hosts.find((host) => !chosen.has(host));
    if (next === undefined || chosen.size + 1 + leavesOf(next).filter((leaf) => !chosen.has(leaf)).length > nodesMax)
      return false;
    takeHost(next);
    return true;
  };
  for (let grown = true; grown && chosen.size < nodesMax; ) {
    grown = false;
    for (const grow of [takeNextHost, takeSpine, takeFarHost]) if (chosen.size < nodesMax && grow()) grown = true;
  }
  return [...chosen].sort((a, b) => a - b);
}
