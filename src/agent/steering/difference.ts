/** What has to be done so that the kernel has what it shall have: in an order in which every step is possible. */

import type { Group, Hop, KernelState, Nexthop, Operation, Route } from "./operations.ts";

/**
 * From `actual` to `wanted`. New things come before what refers to them and old ones go after; a route is replaced in
 * place, so that there is no moment without it.
 */
export function difference(actual: KernelState, wanted: KernelState): Operation[] {
  const operations: Operation[] = [];
  for (const nexthop of wanted.nexthops.values())
    if (!sameNexthop(actual.nexthops.get(nexthop.id), nexthop)) operations.push({ kind: "nexthop", nexthop });
  for (const group of wanted.groups.values()) {
    const before = actual.groups.get(group.id);
    if (sameGroup(before, group)) continue;
    // The kernel changes members in place, the kind of group it does not.
    if (before !== undefined && before.buckets !== group.buckets)
      operations.push({ kind: "removeNexthop", id: group.id });
    operations.push({ kind: "group", group });
  }
  const rebuilt = new Set(operations.flatMap((each) => (each.kind === "removeNexthop" ? [each.id] : [])));
  // The same map is the same routes: there may be thousands.
  const routesStay = actual.routes === wanted.routes && rebuilt.size === 0;
  for (const [key, route] of routesStay ? [] : wanted.routes) {
    const before = actual.routes.get(key);
    if (!sameRoute(before, route) || ("id" in route.to && rebuilt.has(route.to.id)))
      operations.push({ kind: "route", route });
  }
  for (const [key, rule] of wanted.rules) if (!actual.rules.has(key)) operations.push({ kind: "rule", rule });
  for (const [key, rule] of actual.rules) if (!wanted.rules.has(key)) operations.push({ kind: "removeRule", rule });
  for (const [key, route] of routesStay ? [] : actual.routes)
    if (!wanted.routes.has(key)) operations.push({ kind: "removeRoute", route });
  for (const id of actual.groups.keys()) if (!wanted.groups.has(id)) operations.push({ kind: "removeNexthop", id });
  for (const id of actual.nexthops.keys()) if (!wanted.nexthops.has(id)) operations.push({ kind: "removeNexthop", id });
  return operations;
}

const sameHop = (one: Hop | undefined, other: Hop | undefined) =>
  one?.interfaceIndex === other?.interfaceIndex && one?.gateway === other?.gateway;

function sameNexthop(one: Nexthop | undefined, other: Nexthop): boolean {
  return one !== undefined && sameHop(one.hop, other.hop);
}

/** The kernel lists members in an order of its own. */
function sameGroup(one: Group | undefined, other: Group): boolean {
  if (one === undefined || one.members.length !== other.members.length || one.buckets !== other.buckets) return false;
  const weights = new Map(one.members.map(({ id, weight }) => [id, weight]));
  return other.members.every(({ id, weight }) => weights.get(id) === weight);
}

function sameRoute(one: Route | undefined, other: Route): boolean {
  if (one === undefined || one.preferredSource !== other.preferredSource || one.rtoMinMs !== other.rtoMinMs)
    return false;
  if ("id" in one.to || "id" in other.to) return "id" in one.to && "id" in other.to && one.to.id === other.to.id;
  const { hops } = one.to;
  return hops.length === other.to.hops.length && other.to.hops.every((hop) => hops.some((each) => sameHop(each, hop)));
}
