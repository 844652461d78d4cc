/**
 * For tests: the effect of failed parts by plain means, sharing nothing with the audit but the rules. Every time the
 * fabric is gone through from scratch: living links, flooding, every path by recursion, one constraint for each link.
 */

import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Verdict } from "../types.ts";

export interface BruteOutcome {
  readonly verdict: Verdict;
  readonly gpusCutOff: number;
  readonly bandwidthKept: number;
}

type Placement = "packed" | "spread";

interface Living {
  readonly fabric: Fabric;
  readonly links: Set<number>;
  /** Component of each switch; a component is named by its least switch. */
  readonly component: Map<number, number>;
}

function partsOfLink({ links: column, switches, parts }: Fabric, link: number): number[] {
  const lower = column.lowerSwitch[link]!;
  const port = column.lowerPort[link]!;
  return [
    port,
    parts.owner[port]!,
    column.lowerModule[link]!,
    column.cable[link]!,
    column.upperModule[link]!,
    column.upperPort[link]!,
    switches.part[column.upperSwitch[link]!]!,
    lower >= 0 ? switches.part[lower]! : parts.owner[parts.owner[port]!]!,
  ];
}

function living(fabric: Fabric, failed: ReadonlySet<number>): Living {
  const { links: column, switches } = fabric;
  const links = new Set<number>();
  for (let link = 0; link < column.count; link++) {
    const chain = partsOfLink(fabric, link);
    if (!chain.some((part) => failed.has(part))) links.add(link);
  }
  const component = new Map(Array.from({ length: switches.count }, (_, index) => [index, index]));
  for (let changed = true; changed; ) {
    changed = false;
    for (const link of links) {
      if (column.lowerSwitch[link]! < 0) continue;
      const ends = [column.lowerSwitch[link]!, column.upperSwitch[link]!];
      const least = Math.min(...ends.map((end) => component.get(end)!));
      for (const end of ends) {
        if (component.get(end) !== least) changed = true;
        component.set(end, least);
      }
    }
  }
  return { fabric, links, component };
}

function accessOf(fabric: Fabric, endpoint: number, side: number): number {
  return fabric.accessLink[endpoint * fabric.linksPerEndpoint + side]!;
}

function reached({ fabric, links, component }: Living, endpoint: number): Set<number> {
  const found = new Set<number>();
  for (let side = 0; side < fabric.linksPerEndpoint; side++) {
    const link = accessOf(fabric, endpoint, side);
    if (links.has(link)) found.add(component.get(fabric.links.upperSwitch[link]!)!);
  }
  return found;
}

function ring(fabric: Fabric, rail: number, placement: Placement): number[] {
  const servers = Array.from({ length: fabric.serverCount }, (_, server) => server);
  if (placement === "packed") return servers;
  const groups = new Map<number, number[]>();
  for (const server of servers) {
    const link = accessOf(fabric, server * fabric.railsPerServer + rail, 0);
    const leaf = link < 0 ? -1 : fabric.links.upperSwitch[link]!;
    groups.set(leaf, [...(groups.get(leaf) ?? []), server]);
  }
  const pods = new Map<number, number[]>();
  for (const leaf of [...groups.keys()].sort((a, b) => a - b)) {
    const pod = leaf < 0 ? -1 : fabric.switches.pod[leaf]!;
    pods.set(pod, [...(pods.get(pod) ?? []), leaf]);
  }
  const turns: number[] = [];
  const podOrder = [...pods.keys()].sort((a, b) => a - b);
  for (let place = 0; place < servers.length; place++)
    for (const pod of podOrder) if (pods.get(pod)![place] !== undefined) turns.push(pods.get(pod)![place]!);
  const order: number[] = [];
  for (let place = 0; place < servers.length; place++)
    for (const leaf of turns) if (groups.get(leaf)![place] !== undefined) order.push(groups.get(leaf)![place]!);
  return order;
}

/** Links onward from a switch on shortest paths to the goal: up-down ones if there are any, else all. */
function router({ fabric, links }: Living, goal: number) {
  const { lowerSwitch, upperSwitch } = fabric.links;
  const between = [...links].filter((link) => lowerSwitch[link]! >= 0);
  const far = Number.POSITIVE_INFINITY;
  const count = fabric.switches.count;
  const down = new Array<number>(count).fill(far);
  const free = new Array<number>(count).fill(far);
  const any = new Array<number>(count).fill(far);
  down[goal] = free[goal] = any[goal] = 0;
  for (let before = ""; before !== `${down}${free}${any}`; ) {
    before = `${down}${free}${any}`;
    for (const link of between) {
      const [low, high] = [lowerSwitch[link]!, upperSwitch[link]!];
      down[high] = Math.min(down[high]!, down[low]! + 1);
      free[high] = Math.min(free[high]!, down[high]!);
      free[low] = Math.min(free[low]!, free[high]! + 1, down[low]!);
      any[high] = Math.min(any[high]!, any[low]! + 1);
      any[low] = Math.min(any[low]!, any[high]! + 1);
    }
  }
  const known = new Map<string, { link: number; to: number; mayClimb: boolean; isDown: boolean }[]>();
  const onward = (at: number, mayClimb: boolean, start: number) => {
    const key = `${at}${mayClimb}${free[start] === far}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const hops: { link: number; to: number; mayClimb: boolean; isDown: boolean }[] = [];
    for (const link of between) {
      const [low, high] = [lowerSwitch[link]!, upperSwitch[link]!];
      if (free[start] === far) {
        if (low === at && any[high] === any[at]! - 1) hops.push({ link, to: high, mayClimb, isDown: false });
        if (high === at && any[low] === any[at]! - 1) hops.push({ link, to: low, mayClimb, isDown: true });
        continue;
      }
      const left = mayClimb ? free[at]! : down[at]!;
      if (mayClimb && low === at && free[high] === left - 1)
        hops.push({ link, to: high, mayClimb: true, isDown: false });
      if (high === at && down[low] === left - 1) hops.push({ link, to: low, mayClimb: false, isDown: true });
    }
    known.set(key, hops);
    return hops;
  };
  return onward;
}

function bandwidth(state: Living, cluster: Cluster, placement: Placement, brokenRails: ReadonlySet<number>): number {
  const { fabric, links, component } = state;
  const { mode, primary } = cluster.switching;
  const rails = fabric.railsPerServer;
  const two = fabric.linksPerEndpoint === 2;
  const rates = two && mode === "load-balancing" ? 2 : 1;
  const variables = rails * rates;
  const load = new Map<string, number[]>();
  const put = (key: string, variable: number, amount: number) => {
    const row = load.get(key) ?? new Array<number>(variables).fill(0);
    row[variable]! += amount;
    load.set(key, row);
  };
  const routers = new Map<number, ReturnType<typeof router>>();
  const spread = (from: number, to: number, variable: number) => {
    const onward = routers.get(to) ?? router(state, to);
    routers.set(to, onward);
    const walk = (at: number, mayClimb: boolean, amount: number): void => {
      if (at === to) return;
      const hops = onward(at, mayClimb, from);
      for (const hop of hops) {
        put(`${hop.link}${hop.isDown ? "v" : "^"}`, variable, amount / hops.length);
        walk(hop.to, hop.mayClimb, amount / hops.length);
      }
    };
    walk(from, true, 1);
  };
  for (let rail = 0; rail < rails; rail++) {
    if (brokenRails.has(rail)) continue;
    const order = ring(fabric, rail, placement);
    if (order.length < 2) continue;
    for (const [position, server] of order.entries()) {
      const x = server * rails + rail;
      const y = order[(position + 1) % order.length]! * rails + rail;
      const serves = (from: number, to: number) => {
        const [a, b] = [accessOf(fabric, x, from), accessOf(fabric, y, to)];
        if (!links.has(a) || !links.has(b)) return false;
        const { upperSwitch } = fabric.links;
        return component.get(upperSwitch[a]!) === component.get(upperSwitch[b]!);
      };
      const carry = (from: number, to: number, which: readonly number[]) => {
        const [a, b] = [accessOf(fabric, x, from), accessOf(fabric, y, to)];
        for (const rate of which) {
          put(`${a}^`, rail * rates + rate, 1);
          put(`${b}v`, rail * rates + rate, 1);
          spread(fabric.links.upperSwitch[a]!, fabric.links.upperSwitch[b]!, rail * rates + rate);
        }
      };
      const all = rates === 2 ? [0, 1] : [0];
      if (!two) {
        if (serves(0, 0)) carry(0, 0, all);
        continue;
      }
      if (mode !== "active-standby" && serves(0, 0) && serves(1, 1)) {
        carry(0, 0, [0]);
        carry(1, 1, rates === 2 ? [1] : [0]);
        continue;
      }
      const first = mode === "active-standby" && primary === 2 ? 1 : 0;
      const ways = [
        [first, first],
        [1 - first, 1 - first],
        [first, 1 - first],
        [1 - first, first],
      ] as const;
      const way = ways.find(([from, to]) => serves(from, to));
      if (way !== undefined) carry(way[0], way[1], all);
    }
  }
  const rows = [...load].map(([key, row]) => ({ row, room: fabric.links.speedGbps[Number(key.slice(0, -1))]! }));
  const rate = fill(rows, variables);
  const perRail = Array.from({ length: rails }, (_, rail) => rail)
    .filter((rail) => !brokenRails.has(rail))
    .map((rail) => rate.slice(rail * rates, (rail + 1) * rates).reduce((sum, each) => sum + each, 0));
  if (perRail.length === 0) return 0;
  if (cluster.training.railBalance === "equal") return perRail.length * Math.min(...perRail);
  return perRail.reduce((sum, each) => sum + each, 0);
}

/** Progressive filling: raise all, find the first full row, stop its rates, again. */
function fill(rows: readonly { row: number[]; room: number }[], variables: number): number[] {
  const rate = new Array<number>(variables).fill(0);
  const moving = new Set(rate.keys());
  for (const variable of rate.keys()) if (!rows.some(({ row }) => row[variable]! > 0)) moving.delete(variable);
  while (moving.size > 0) {
    const step = Math.min(
      ...rows.flatMap(({ row, room }) => {
        const slope = [...moving].reduce((sum, variable) => sum + row[variable]!, 0);
        const used = row.reduce((sum, each, variable) => sum + each * rate[variable]!, 0);
        return slope > 0 ? [Math.max(0, room - used) / slope] : [];
      }),
    );
    for (const variable of moving) rate[variable]! += step;
    for (const { row, room } of rows) {
      const used = row.reduce((sum, each, variable) => sum + each * rate[variable]!, 0);
      if (used >= room * (1 - 1e-11)) for (const variable of moving) if (row[variable]! > 0) moving.delete(variable);
    }
  }
  return rate;
}

function cutOff(state: Living, cluster: Cluster) {
  const { fabric } = state;
  const rails = fabric.railsPerServer;
  const endpoints = Array.from({ length: fabric.serverCount * rails }, (_, endpoint) => endpoint);
  const sets = endpoints.map((endpoint) => reached(state, endpoint));
  const gpusOf = (endpoint: number) =>
    Array.from({ length: fabric.gpusPerServer }, (_, gpu) => Math.floor((gpu * rails) / fabric.gpusPerServer)).filter(
      (rail) => rail === endpoint % rails,
    ).length;
  const scaleUp = cluster.servers.scaleUpGbps > 0;
  const alive = new Set<number>();
  for (const group of scaleUp ? Array.from({ length: rails }, (_, rail) => rail) : [-1]) {
    const members = endpoints.filter((endpoint) => group === -1 || endpoint % rails === group);
    const weight = (chosen: readonly number[]) => chosen.reduce((sum, endpoint) => sum + gpusOf(endpoint) * 1e6 + 1, 0);
    const names = [...new Set(members.flatMap((endpoint) => [...sets[endpoint]!]))].sort((a, b) => a - b);
    const star = (name: number, of: readonly number[]) => of.filter((endpoint) => sets[endpoint]!.has(name));
    const ranked = names
      .map((name) => ({ name, own: weight(star(name, members)), whole: weight(star(name, endpoints)) }))
      .sort((a, b) => b.own - a.own || b.whole - a.whole || a.name - b.name);
    const isPair = (endpoint: number, a: number, b: number) =>
      sets[endpoint]!.size === 2 && sets[endpoint]!.has(a) && sets[endpoint]!.has(b);
    let best: readonly number[] = ranked.length === 0 ? [] : star(ranked[0]!.name, members);
    for (const [i, a] of names.entries())
      for (const [j, b] of names.entries())
        for (const c of names.slice(j + 1)) {
          const triangle = members.filter((each) => isPair(each, a, b) || isPair(each, b, c) || isPair(each, a, c));
          if (i < j && weight(triangle) > weight(best)) best = triangle;
        }
    for (const endpoint of best) alive.add(endpoint);
  }
  let fatal = 0;
  let rerouted = 0;
  const brokenRails = new Set<number>();
  for (const endpoint of endpoints) {
    if (alive.has(endpoint)) continue;
    brokenRails.add(endpoint % rails);
    const first = endpoint - (endpoint % rails);
    const others = endpoints.slice(first, first + rails).filter((other) => other !== endpoint && alive.has(other));
    if (scaleUp && cluster.training.rerouteOverScaleUp && others.length > 0) rerouted += gpusOf(endpoint);
    else fatal += gpusOf(endpoint);
  }
  return { fatal, rerouted, brokenRails };
}

/** Outcomes of sets of failed parts, against the healthy fabric. */
export function bruteForce(fabric: Fabric, cluster: Cluster, placement: Placement) {
  const healthyState = living(fabric, new Set());
  const healthy = bandwidth(healthyState, cluster, placement, cutOff(healthyState, cluster).brokenRails);
  const known = new Map<string, BruteOutcome>();
  const all = [...healthyState.links];
  const needs = all.map((link) => ({ link, parts: partsOfLink(fabric, link) }));
  return (failed: Iterable<number>): BruteOutcome => {
    const gone = new Set(failed);
    const key = needs.flatMap(({ link, parts }) => (parts.some((part) => gone.has(part)) ? link : [])).join();
    const outcome = known.get(key) ?? outcomeOf(living(fabric, gone));
    known.set(key, outcome);
    return outcome;
  };
  function outcomeOf(state: Living): BruteOutcome {
    const { fatal, rerouted, brokenRails } = cutOff(state, cluster);
    if (fatal > 0) return { verdict: "fatal", gpusCutOff: fatal, bandwidthKept: 0 };
    if (brokenRails.size === fabric.railsPerServer) return { verdict: "fatal", gpusCutOff: rerouted, bandwidthKept: 0 };
    const kept = healthy === 0 ? 1 : bandwidth(state, cluster, placement, brokenRails) / healthy;
    const whole = kept >= 1 - 1e-9;
    if (rerouted > 0) return { verdict: "rerouted", gpusCutOff: rerouted, bandwidthKept: whole ? 1 : kept };
    return { verdict: whole ? "transparent" : "degraded", gpusCutOff: 0, bandwidthKept: whole ? 1 : kept };
  }
}
