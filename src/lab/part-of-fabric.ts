/** Which part of a fabric the lab runs when the whole is too much for the machine. Pure. */

import { type NetworkPlan, nodeOfLink } from "../exchange/network/network-plan.ts";

type Nodes = ReadonlySet<number>;

interface Structure {
  /** What is above each node, and below. */
  readonly uppers: ReadonlyMap<number, Nodes>;
  readonly lowers: ReadonlyMap<number, Nodes>;
  /** Of each server: the switches on its first rail. */
  readonly leavesOf: ReadonlyMap<number, Nodes>;
  readonly leaves: Nodes;
}

const none: Nodes = new Set();
/** Switches above a switch, where the fabric has so many: one of them may fail. */
const uppersMin = 2;

/**
 * Nodes by number, ascending; all of them when they are few enough. Otherwise two servers as far apart as fit, with all leaves
 * of their first rail and what joins these, however many links that takes; then in turn a server below other leaves, a switch more, a
 * server more, while there are at most `linksMax`.
 */
export function partOfFabric(
  plan: NetworkPlan,
  nodesMax: number,
  linksMax = Number.POSITIVE_INFINITY,
): readonly number[] {
  if (plan.nodes.length <= nodesMax && plan.links.length <= linksMax) return plan.nodes;
  const structure = structureOf(plan);
  const hosts = [...structure.leavesOf.keys()].sort((a, b) => a - b);
  const [first] = hosts;
  if (first === undefined) return plan.nodes.slice(0, nodesMax);
  let chosen = firstPair(structure, hosts, first, nodesMax);
  for (let grown = true; grown; ) {
    grown = false;
    for (const grow of [withFarServer, withSwitch, withNearServer]) {
      const next = grow(structure, chosen, hosts);
      if (next === undefined || next.size > nodesMax || linksIn(plan, next) > linksMax) continue;
      chosen = next;
      grown = true;
    }
  }
  return [...chosen].sort((a, b) => a - b);
}

const linksIn = ({ fabric, links }: NetworkPlan, chosen: Nodes): number =>
  links.reduce(
    (count, link) =>
      chosen.has(nodeOfLink(fabric, link, "lower")) && chosen.has(nodeOfLink(fabric, link, "upper"))
        ? count + 1
        : count,
    0,
  );

function structureOf({ fabric, links }: NetworkPlan): Structure {
  const [uppers, lowers, leavesOf] = Array.from({ length: 3 }, () => new Map<number, Set<number>>()) as [
    Map<number, Set<number>>,
    Map<number, Set<number>>,
    Map<number, Set<number>>,
  ];
  const put = (sets: Map<number, Set<number>>, key: number, value: number) => {
    const found = sets.get(key);
    if (found === undefined) sets.set(key, new Set([value]));
    else found.add(value);
  };
  for (const link of links) {
    const [lower, upper] = [nodeOfLink(fabric, link, "lower"), nodeOfLink(fabric, link, "upper")];
    const isHost = lower < fabric.serverCount;
    if (isHost && fabric.links.endpoint[link]! % fabric.railsPerServer === 0) put(leavesOf, lower, upper);
    if (isHost) continue;
    put(uppers, lower, upper);
    put(lowers, upper, lower);
  }
  return { uppers, lowers, leavesOf, leaves: new Set([...leavesOf.values()].flatMap((each) => [...each])) };
}

/** Over the third tier, over the second, below the same leaves: the first that fits. */
function firstPair(structure: Structure, hosts: readonly number[], first: number, nodesMax: number): Nodes {
  const { uppers, leavesOf } = structure;
  const leaves = leavesOf.get(first) ?? none;
  const spinesOf = (host: number) =>
    [...(leavesOf.get(host) ?? none)].flatMap((leaf) => [...(uppers.get(leaf) ?? none)]);
  const near = new Set(spinesOf(first));
  const others = hosts.filter((host) => [...(leavesOf.get(host) ?? none)].every((leaf) => !leaves.has(leaf)));
  const isNear = (host: number) => spinesOf(host).some((spine) => near.has(spine));
  for (const other of [others.find((host) => !isNear(host)), others.find(isNear), hosts[1]]) {
    const pair = other === undefined ? undefined : joined(structure, none, [first, other]);
    if (pair !== undefined && pair.size <= nodesMax) return pair;
  }
  return new Set([first, ...leaves]);
}

function withFarServer(structure: Structure, chosen: Nodes, hosts: readonly number[]): Nodes | undefined {
  const host = hosts.find((each) => [...(structure.leavesOf.get(each) ?? none)].some((leaf) => !chosen.has(leaf)));
  return host === undefined ? undefined : joined(structure, chosen, [host]);
}

/** Below the leaves that have the fewest. */
function withNearServer({ leavesOf }: Structure, chosen: Nodes, hosts: readonly number[]): Nodes | undefined {
  const servers = new Map<number, number>();
  for (const node of chosen)
    for (const leaf of leavesOf.get(node) ?? none) servers.set(leaf, (servers.get(leaf) ?? 0) + 1);
  let [best, fewest]: [number | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const host of hosts) {
    const leaves = [...(leavesOf.get(host) ?? none)];
    if (chosen.has(host) || !leaves.every((leaf) => chosen.has(leaf))) continue;
    const count = Math.max(...leaves.map((leaf) => servers.get(leaf) ?? 0));
    if (count < fewest) [best, fewest] = [host, count];
  }
  return best === undefined ? undefined : new Set([...chosen, best]);
}

const withSwitch = (structure: Structure, chosen: Nodes): Nodes | undefined =>
  withUpper(structure, chosen, () => true, Number.POSITIVE_INFINITY);

/** With these servers, their leaves and what joins them to the others; undefined where nothing does. */
function joined(structure: Structure, before: Nodes, hosts: readonly number[]): Nodes | undefined {
  const { leavesOf, leaves } = structure;
  const start = new Set([...before, ...hosts, ...hosts.flatMap((host) => [...(leavesOf.get(host) ?? none)])]);
  const overSpines = filled(structure, start, (node) => leaves.has(node));
  if (areJoined(structure, overSpines)) return overSpines;
  const overCores = filled(structure, overSpines, () => true);
  return areJoined(structure, overCores) ? overCores : undefined;
}

function filled(structure: Structure, start: Nodes, isWanted: (node: number) => boolean): Nodes {
  let chosen = start;
  for (;;) {
    const next = withUpper(structure, chosen, isWanted, uppersMin);
    if (next === undefined) return chosen;
    chosen = next;
  }
}

/** With one more above the node that has the fewest, if it has fewer than `most`: the one that joins most of what is chosen. */
function withUpper(
  { uppers, lowers }: Structure,
  chosen: Nodes,
  isWanted: (node: number) => boolean,
  most: number,
): Nodes | undefined {
  const countIn = (nodes: Nodes | undefined) => [...(nodes ?? none)].filter((each) => chosen.has(each)).length;
  const [poorest] = [...chosen]
    .filter((node) => isWanted(node) && countIn(uppers.get(node)) < Math.min(most, uppers.get(node)?.size ?? 0))
    .sort((a, b) => countIn(uppers.get(a)) - countIn(uppers.get(b)) || a - b);
  if (poorest === undefined) return undefined;
  const joins = (node: number) => countIn(lowers.get(node)) + countIn(uppers.get(node));
  const [best] = [...(uppers.get(poorest) ?? none)]
    .filter((node) => !chosen.has(node))
    .sort((a, b) => joins(b) - joins(a) || a - b);
  return best === undefined ? undefined : new Set([...chosen, best]);
}

/** Whether leaves that have a switch above both of them in the fabric have one among the chosen too. */
function areJoined({ uppers, leaves }: Structure, chosen: Nodes): boolean {
  const above = (leaf: number, isThere: (node: number) => boolean): Nodes => {
    const found = new Set([leaf]);
    for (const node of found) for (const upper of uppers.get(node) ?? none) if (isThere(upper)) found.add(upper);
    return found;
  };
  const all = [...chosen]
    .filter((node) => leaves.has(node))
    .map((leaf) => ({ here: above(leaf, (node) => chosen.has(node)), anywhere: above(leaf, () => true) }));
  const meet = (one: Nodes, other: Nodes) => [...one].some((node) => other.has(node));
  return all.every((one, index) =>
    all.slice(index + 1).every((other) => meet(one.here, other.here) || !meet(one.anywhere, other.anywhere)),
  );
}
