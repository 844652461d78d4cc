/** The Ethernet (or InfiniBand) part of a fabric as nodes with interfaces: what routing daemons, SONiC, containerlab and the lab need. */

import { defined } from "../../base/assert.ts";
import type { Network } from "../../catalog/types.ts";
import { type Fabric, serverName, switchName } from "../../fabric/index.ts";
import { type AddressScope, checkAddressSpace, railAddress, switchAddress } from "./addresses.ts";
import { serverAutonomousSystem, switchAutonomousSystem } from "./autonomous-systems.ts";
import { hostInterfaceName, hostName, isInterfaceName, switchInterfaceName } from "./interface-names.ts";

/** Which end of a link. */
export type End = "lower" | "upper";

/** One end of a link, as the node that has it sees it. */
export interface NetworkInterface {
  /** At most 15 characters (interface-names.ts). */
  readonly name: string;
  readonly link: number;
  readonly end: End;
  readonly speedGbps: number;
  /** Cage and lane on a switch, from 1; NIC and port ordinal on a host. */
  readonly port: number;
  readonly lane: number;
  /** Name and interface of the node at the other end. */
  readonly peer: { readonly node: number; readonly name: string; readonly interface: string };
  /** On a host: the rail (from 0) and the link of the rail (0 or 1). On a switch towards a host: the same, else undefined. */
  readonly rail: { readonly rail: number; readonly side: 0 | 1 } | undefined;
}

/** A loopback address of a host. */
export interface RailAddress {
  readonly rail: number;
  /** 0: announced over both links; 1, 2: over that link of the rail alone. */
  readonly scope: AddressScope;
  readonly address: number;
}

export interface NetworkNode {
  /** Number of the node: servers first, then switches. */
  readonly node: number;
  readonly name: string;
  readonly kind: "host" | "switch";
  /** Switch tier: 0 leaf (access), 1 spine (aggregation), 2 core; -1 for hosts. */
  readonly tier: number;
  readonly autonomousSystem: number;
  /** Router id; on a switch also its loopback, on a host the address of its first rail. */
  readonly routerId: number;
  /** Loopback addresses of a host; empty on a switch, which has its router id alone. */
  readonly railAddresses: readonly RailAddress[];
  readonly interfaces: readonly NetworkInterface[];
}

export interface NetworkPlan {
  readonly fabric: Fabric;
  /** Servers and switches that have a link of this network, ascending. */
  readonly nodes: readonly number[];
  /** Names of all nodes, fit for host names and unique. */
  readonly names: readonly string[];
  /** Links of this network, ascending. */
  readonly links: Int32Array;
  /** Links of node n: linkOfNode[offsets[n]] up to linkOfNode[offsets[n + 1]]. */
  readonly offsets: Int32Array;
  readonly linkOfNode: Int32Array;
  /** Links that leave a cage when it is full, by part index. */
  readonly linksPerCage: Uint8Array;
  /** Names of ports that a fabric brought along and that Linux takes, by part index of NIC port or cage. */
  readonly givenInterfaces: ReadonlyMap<number, string>;
}

/** Node at one end of a link: servers have their own numbers, switch i is serverCount + i. */
export function nodeOfLink({ links, railsPerServer, serverCount }: Fabric, link: number, end: End): number {
  if (end === "upper") return serverCount + links.upperSwitch[link]!;
  const lower = links.lowerSwitch[link]!;
  return lower >= 0 ? serverCount + lower : Math.floor(links.endpoint[link]! / railsPerServer);
}

/** Plans the planes of one network. Throws `export/too-large` when the addresses of Ethernet do not suffice. */
export function planNetwork(fabric: Fabric, network: Network = "ethernet"): NetworkPlan {
  if (network === "ethernet") checkAddressSpace(fabric);
  const links = linksOf(fabric, network);
  const count = fabric.serverCount + fabric.switches.count;
  const offsets = new Int32Array(count + 1);
  const ends = ["lower", "upper"] as const;
  for (const link of links) for (const end of ends) offsets[nodeOfLink(fabric, link, end) + 1]!++;
  for (let node = 0; node < count; node++) offsets[node + 1]! += offsets[node]!;
  const next = offsets.slice(0, count);
  const linkOfNode = new Int32Array(links.length * 2);
  for (const link of links) for (const end of ends) linkOfNode[next[nodeOfLink(fabric, link, end)]!++] = link;
  const linksPerCage = breakouts(fabric);
  const nodes = Array.from({ length: count }, (_, node) => node).filter((node) => offsets[node]! < offsets[node + 1]!);
  return {
    fabric,
    nodes,
    names: uniqueNames(fabric),
    links,
    offsets,
    linkOfNode,
    linksPerCage,
    givenInterfaces: givenInterfaces(fabric, links, linksPerCage),
  };
}

function linksOf({ links, planes }: Fabric, network: Network): Int32Array {
  const chosen: number[] = [];
  for (let link = 0; link < links.count; link++) if (planes[links.plane[link]!]?.network === network) chosen.push(link);
  return Int32Array.from(chosen);
}

/** Links of each cage: as its tier is built, and at least as many as the highest lane in use. */
function breakouts({ links, planes, parts }: Fabric): Uint8Array {
  const most = new Uint8Array(parts.count).fill(1);
  const raise = (part: number, count: number) => {
    if (part >= 0) most[part] = Math.max(most[part]!, count);
  };
  for (let link = 0; link < links.count; link++) {
    const assembly = planes[links.plane[link]!]?.assemblies[links.tier[link]!];
    raise(links.upperPort[link]!, Math.max(links.upperLane[link]!, assembly?.farLinksPerCage ?? 1));
    if (links.lowerSwitch[link]! >= 0)
      raise(links.lowerPort[link]!, Math.max(links.lowerLane[link]!, assembly?.nearLinksPerCage ?? 1));
  }
  return most;
}

function uniqueNames(fabric: Fabric): string[] {
  const seen = new Set<string>();
  return Array.from({ length: fabric.serverCount + fabric.switches.count }, (_, node) => {
    const real = node < fabric.serverCount ? serverName(fabric, node) : switchName(fabric, node - fabric.serverCount);
    const plain = hostName(real);
    let name = plain;
    for (let number = 2; seen.has(name); number++) name = `${plain}-${number}`;
    seen.add(name);
    return name;
  });
}

/** Names of ports as the fabric brought them along: for nodes whose every port has one that is an interface name, unique there, and stands for one link. */
function givenInterfaces(fabric: Fabric, links: Int32Array, linksPerCage: Uint8Array): Map<number, string> {
  const given = fabric.names?.ports ?? new Map<number, string>();
  const found = new Map<number, Map<string, number>>();
  const refused = new Set<number>();
  for (const link of given.size === 0 ? [] : links) {
    for (const end of ["lower", "upper"] as const) {
      const node = nodeOfLink(fabric, link, end);
      const port = portOfLink(fabric, link, end);
      const name = given.get(port);
      const known = found.get(node) ?? new Map<string, number>();
      found.set(node, known);
      if (name === undefined || linksPerCage[port]! > 1 || !isInterfaceName(name) || known.has(name)) refused.add(node);
      else known.set(name, port);
    }
  }
  const kept = [...found].filter(([node]) => !refused.has(node));
  return new Map(kept.flatMap(([, names]) => [...names].map(([name, port]): [number, string] => [port, name])));
}

function portOfLink({ links }: Fabric, link: number, end: End): number {
  return end === "lower" ? links.lowerPort[link]! : links.upperPort[link]!;
}

/** Name of the interface at one end of a link. */
export function interfaceName(plan: NetworkPlan, link: number, end: End): string {
  const { fabric, linksPerCage } = plan;
  const { links, parts } = fabric;
  const port = portOfLink(fabric, link, end);
  const given = plan.givenInterfaces.get(port);
  if (given !== undefined) return given;
  if (end === "lower" && links.lowerSwitch[link]! < 0)
    return hostInterfaceName(fabric, parts.ordinal[parts.owner[port]!]!, parts.ordinal[port]!);
  const lane = end === "lower" ? links.lowerLane[link]! : links.upperLane[link]!;
  return switchInterfaceName(parts.ordinal[port]!, lane, linksPerCage[port]!);
}

/** Everything about one node. */
export function networkNode(plan: NetworkPlan, node: number): NetworkNode {
  const { fabric, names } = plan;
  const own = plan.linkOfNode.subarray(plan.offsets[node]!, plan.offsets[node + 1]!);
  const interfaces = Array.from(own, (link) => interfaceOf(plan, node, link));
  const base = { node, name: defined(names[node], "node"), interfaces };
  if (node >= fabric.serverCount) {
    const index = node - fabric.serverCount;
    return {
      ...base,
      kind: "switch",
      tier: fabric.switches.tier[index]!,
      autonomousSystem: switchAutonomousSystem(fabric, index),
      routerId: switchAddress(index),
      railAddresses: [],
    };
  }
  return {
    ...base,
    kind: "host",
    tier: -1,
    autonomousSystem: serverAutonomousSystem(node),
    routerId: railAddress(fabric, node, 0, 0),
    railAddresses: railAddressesOf(fabric, node, interfaces),
  };
}

function interfaceOf(plan: NetworkPlan, node: number, link: number): NetworkInterface {
  const { fabric, names } = plan;
  const { links, parts } = fabric;
  const end = nodeOfLink(fabric, link, "lower") === node ? "lower" : "upper";
  const other = end === "lower" ? "upper" : "lower";
  const peer = nodeOfLink(fabric, link, other);
  const port = portOfLink(fabric, link, end);
  const endpoint = links.endpoint[link]!;
  return {
    name: interfaceName(plan, link, end),
    link,
    end,
    speedGbps: links.speedGbps[link]!,
    port: parts.ordinal[port]!,
    lane: end === "lower" ? links.lowerLane[link]! : links.upperLane[link]!,
    peer: { node: peer, name: defined(names[peer], "node"), interface: interfaceName(plan, link, other) },
    rail: endpoint < 0 ? undefined : { rail: endpoint % fabric.railsPerServer, side: links.side[link] === 0 ? 0 : 1 },
  };
}

/** For each rail with a link: the address of the rail, then those of its links. */
function railAddressesOf(fabric: Fabric, server: number, interfaces: readonly NetworkInterface[]): RailAddress[] {
  const scopes = new Map<number, Set<AddressScope>>();
  for (const { rail } of interfaces) {
    if (rail === undefined) continue;
    const known = scopes.get(rail.rail) ?? new Set<AddressScope>([0]);
    if (fabric.linksPerEndpoint === 2) known.add(rail.side === 0 ? 1 : 2);
    scopes.set(rail.rail, known);
  }
  return [...scopes].flatMap(([rail, known]) =>
    [...known].sort().map((scope) => ({ rail, scope, address: railAddress(fabric, server, rail, scope) })),
  );
}
