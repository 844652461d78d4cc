/** What the kernel shall have, from what the switching core decided. Pure. */

import type { LinkIndex } from "../../switching/index.ts";
import { bothLinks } from "../../switching/index.ts";
import type { Host, HostPeer } from "../host/types.ts";
import { addressFamily } from "../netlink/addresses.ts";
import {
  type Group,
  type Hop,
  type KernelState,
  type Nexthop,
  type Route,
  type Rule,
  routeKey,
  ruleKey,
} from "./operations.ts";

/** Ids of nexthops and groups begin here; each peer has as many as this. */
const firstId = 740_000_000;
const idsPerPeer = 100;
const peersMax = 256;
const blackholeOffset = 2;
const defaultGroupOffset = 10;
const singleOffset = 40;

/** Whether an id is one that an agent gives. */
export const isOwnId = (id: number) => id >= firstId && id < firstId + peersMax * idsPerPeer;

const linkId = (peer: number, link: LinkIndex) => firstId + peer * idsPerPeer + link;
const blackholeId = (peer: number) => firstId + peer * idsPerPeer + blackholeOffset;
/** The group of all traffic without a class (0), or of a class (from 1). */
const groupId = (peer: number, which: number) => firstId + peer * idsPerPeer + defaultGroupOffset + which;
/** In place of the group where one link carries. */
const singleId = (peer: number, which: number) => firstId + peer * idsPerPeer + singleOffset + which;

/** What is known of the interface of a link. */
export interface LinkFacts {
  /** 0 while there is no such interface. */
  readonly interfaceIndex: number;
  readonly enabled: boolean;
  readonly carrier: boolean;
}

export interface Share {
  readonly link: LinkIndex;
  /** 1 to 256. */
  readonly weight: number;
}

/** How one peer's traffic goes. */
export interface PeerSteering {
  /** At least one. */
  readonly shares: readonly Share[];
  /** For each class the link, or that it is held back. */
  readonly classes: readonly (LinkIndex | "hold")[];
}

/** All that the wanted state follows from, beside the host file. */
export interface SteeringInputs {
  readonly facts: readonly [LinkFacts, LinkFacts];
  readonly steerings: readonly PeerSteering[];
}

/** Everything that belongs in the kernel now: the steered routes, the rules, and the way back that survives the agent. */
export function wantedState(
  host: Host,
  facts: readonly [LinkFacts, LinkFacts],
  peers: readonly PeerSteering[],
): KernelState {
  const nexthops = new Map<number, Nexthop>();
  const groups = new Map<number, Group>();
  const ofPeers = host.peers.map((_, index) => targets(host, facts, index, peers[index]!));
  for (const ofPeer of ofPeers)
    for (const target of ofPeer) {
      if (target === undefined) continue;
      for (const each of target.nexthops) nexthops.set(each.id, each);
      if (target.group !== undefined) groups.set(target.group.id, target.group);
    }
  return { nexthops, groups, ...routing(host, facts, ofPeers) };
}

type Routing = Pick<KernelState, "routes" | "rules">;
const routings = new WeakMap<Host, Map<string, Routing>>();
const routingsMax = 32;

/**
 * Routes and rules, the same objects as long as nothing of them changes: most takeovers change a nexthop alone, and then take
 * no longer with a thousand prefixes than with one.
 */
function routing(
  host: Host,
  facts: readonly [LinkFacts, LinkFacts],
  ofPeers: readonly (readonly (Target | undefined)[])[],
): Routing {
  const links = facts.map(({ enabled, interfaceIndex }) => `${enabled} ${interfaceIndex}`);
  const key = [...links, ...ofPeers.map((each) => each.map((target) => target?.id))].join(";");
  const known = routings.get(host) ?? new Map<string, Routing>();
  routings.set(host, known);
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size >= routingsMax) known.clear();
  const found = { routes: routesTo(host, facts, ofPeers), rules: rulesByKey(host) };
  known.set(key, found);
  return found;
}

function routesTo(
  host: Host,
  facts: readonly [LinkFacts, LinkFacts],
  ofPeers: readonly (readonly (Target | undefined)[])[],
): Map<string, Route> {
  const routes = new Map(fallbackState(host, facts).routes);
  for (const [index, peer] of host.peers.entries())
    for (const [which, target] of ofPeers[index]!.entries()) {
      if (target === undefined) continue;
      for (const prefix of peer.prefixes) {
        const table = which === 0 ? mainTable : host.table + which - 1;
        const route: Route = { ...routeTo(peer, prefix), table, metric: host.metric, to: { id: target.id } };
        routes.set(routeKey(route), route);
      }
    }
  return routes;
}

const rulesByKey = (host: Host) => new Map(rulesOf(host).map((rule) => [ruleKey(rule), rule]));

const mainTable = 254;

interface Target {
  readonly id: number;
  readonly nexthops: readonly Nexthop[];
  readonly group: Group | undefined;
}

/** Where all other traffic (index 0) and each class go; undefined where no link can take a nexthop: the way back serves. */
function targets(
  host: Host,
  facts: readonly [LinkFacts, LinkFacts],
  peer: number,
  steering: PeerSteering,
): (Target | undefined)[] {
  const buckets = host.mode === "load-balancing" && host.resilientBuckets > 0 ? host.resilientBuckets : undefined;
  // The standby's nexthop is there before it is needed.
  const ready = bothLinks
    .filter((link) => facts[link].carrier && facts[link].interfaceIndex > 0)
    .map((link) => nexthopOf(host, facts, peer, link));
  const target = (which: number, shares: readonly Share[], ofBuckets: number | undefined): Target | undefined => {
    // The kernel takes no nexthop on an interface without carrier.
    const usable = shares.filter(({ link }) => facts[link].carrier && facts[link].interfaceIndex > 0);
    if (usable.length === 0) return undefined;
    const only = usable.length === 1 && (which > 0 || host.mode === "active-standby") ? usable[0] : undefined;
    if (only !== undefined) return single(host, facts, peer, which, only.link);
    const id = groupId(peer, which);
    const members = usable.map(({ link, weight }) => ({
      id: linkId(peer, link),
      weight: usable.length === 1 ? 1 : weight,
    }));
    return { id, nexthops: ready, group: { id, members, buckets: ofBuckets } };
  };
  const held: Target = {
    id: blackholeId(peer),
    nexthops: [{ id: blackholeId(peer), family: host.peers[peer]!.family, hop: undefined }],
    group: undefined,
  };
  return [
    target(0, steering.shares, buckets),
    ...steering.classes.map((way, index) =>
      way === "hold" ? held : target(index + 1, [{ link: way, weight: 1 }], undefined),
    ),
  ];
}

/**
 * A nexthop of its own that is changed in place: the kernel does that at once, while for a change of a group's members it
 * first waits until no processor uses the old ones (0.1 ms against 0.2 to 12 ms on a busy machine, Linux 6.18).
 */
function single(
  host: Host,
  facts: readonly [LinkFacts, LinkFacts],
  peer: number,
  which: number,
  link: LinkIndex,
): Target {
  const id = singleId(peer, which);
  return { id, nexthops: [{ ...nexthopOf(host, facts, peer, link), id }], group: undefined };
}

function nexthopOf(host: Host, facts: readonly [LinkFacts, LinkFacts], peer: number, link: LinkIndex): Nexthop {
  const each = host.peers[peer]!;
  const hop = hopOf(host, facts, each, link);
  // A nexthop is of its gateway's IP version: IPv4 routes may lead to IPv6 ones.
  const family = hop.gateway === undefined ? each.family : addressFamily(hop.gateway);
  return { id: linkId(peer, link), family, hop };
}

function hopOf(host: Host, facts: readonly [LinkFacts, LinkFacts], peer: HostPeer, link: LinkIndex): Hop {
  const { interfaceName, gateway } = host.links[link];
  return { interfaceName, interfaceIndex: facts[link].interfaceIndex, gateway: gateway ?? peer.addresses[link] };
}

function routeTo(peer: HostPeer, prefix: string): Pick<Route, "prefix" | "preferredSource" | "rtoMinMs"> {
  return { prefix, preferredSource: peer.source, rtoMinMs: peer.rtoMinMs };
}

function rulesOf(host: Host): Rule[] {
  const families = new Set(host.peers.map(({ family }) => family));
  return [...families].flatMap((family) =>
    host.classes.map(({ match }, index) => ({
      family,
      priority: host.rulePriority + index,
      table: host.table + index,
      match,
    })),
  );
}

/**
 * What stays in the kernel when the agent is gone, however it goes: a route over both links to every prefix, of the
 * kernel's own keeping, which takes a hop out when its link loses carrier and back in when it returns.
 */
export function fallbackState(host: Host, facts: readonly [LinkFacts, LinkFacts]): KernelState {
  const routes = new Map<string, Route>();
  for (const peer of host.peers) {
    const hops = bothLinks
      .filter((link) => facts[link].enabled && facts[link].interfaceIndex > 0)
      .map((link) => hopOf(host, facts, peer, link));
    if (hops.length === 0) continue;
    for (const prefix of peer.prefixes) {
      const route: Route = { ...routeTo(peer, prefix), table: mainTable, metric: host.metric + 1, to: { hops } };
      routes.set(routeKey(route), route);
    }
  }
  return { nexthops: new Map(), groups: new Map(), routes, rules: new Map() };
}
