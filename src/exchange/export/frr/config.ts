/** frr.conf of one node: BGP unnumbered on every link, ECMP, BFD, and the loopback addresses. */

import type { SwitchingSettings } from "../../../cluster/types.ts";
import { addressText, type Prefix, prefixText, railPrefix, serverPrefix } from "../../network/addresses.ts";
import type { NetworkInterface, NetworkNode, NetworkPlan, RailAddress } from "../../network/network-plan.ts";
import type { BfdTimers } from "./settings.ts";

/** Neighbours of a node: `fabric` towards switches, `hosts` towards servers. */
type Group = "fabric" | "hosts";

export interface FrrSettings {
  readonly switching: Pick<SwitchingSettings, "mode" | "primary">;
  readonly timers: BfdTimers;
}

/** ECMP paths that FRR takes at most as Debian builds it (--enable-multipath=256). */
const pathsMax = 256;
/** Local preferences of a host: its own rail before other rails, the primary link before the standby. */
const preference = { base: 100, ownRail: 200, primary: 50 } as const;
/**
 * Autonomous systems that a standby link adds to its announcements. The longest way inside a fabric is leaf, spine, core,
 * spine, leaf; with four more than the direct way, even the standby's own leaf prefers the way over the primary.
 */
const prepends = 4;

/**
 * Seconds between keepalives and until a silent neighbour is given up where BFD does not run: those of FRR's datacenter profile,
 * written out, because the profile's own do not hold for daemons that were started before the file was read.
 */
const keepaliveS = 3;
const holdS = 9;

/** What differs where FRR runs inside another system. */
export interface FrrPlace {
  /** Names of the interfaces there. Default: ours. */
  readonly nameOf: (each: NetworkInterface) => string;
  /** Whether FRR puts the addresses on the loopback itself. Default true. */
  readonly loopback: boolean;
  /**
   * Whether zebra hands its routes to a forwarding plane on this machine (SONiC's fpmsyncd) besides the kernel. Without these two
   * lines no route reaches the switch chip. Default false.
   */
  readonly forwardingPlane?: boolean;
}

const plainPlace: FrrPlace = { nameOf: ({ name }) => name, loopback: true };

/** The whole file. */
export function frrConfig(
  plan: NetworkPlan,
  node: NetworkNode,
  settings: FrrSettings,
  { nameOf, loopback: ownLoopback, forwardingPlane = false }: FrrPlace = plainPlace,
): string {
  const filters = node.kind === "host" ? hostFilters(plan, node, settings, nameOf) : switchFilters(node);
  const blocks = [
    header(node),
    ...(forwardingPlane ? ["no fpm use-next-hop-groups\nfpm address 127.0.0.1"] : []),
    ...(ownLoopback ? [loopback(node)] : []),
    ...node.interfaces.map((each) => interfaceBlock(each, nameOf)),
    bfdBlock(settings.timers),
    ...filters,
    bgpBlock(node, nameOf),
  ];
  return `${blocks.join("\n!\n")}\n!\nend\n`;
}

/**
 * Routes carry their next hops themselves: docs/decisions/frr-without-nexthop-objects.md. bgpd opens no session after its start
 * until the delay of route maps is over, 5 s by default (FRR's bgp_config_end): one second is enough for the maps of one file.
 */
function header(node: NetworkNode): string {
  return [
    "frr version 8.4",
    "frr defaults datacenter",
    `hostname ${node.name}`,
    "log syslog informational",
    "no zebra nexthop kernel enable",
    "bgp route-map delay-timer 1",
    "service integrated-vtysh-config",
  ].join("\n");
}

function loopback(node: NetworkNode): string {
  const addresses = node.kind === "switch" ? [node.routerId] : node.railAddresses.map(({ address }) => address);
  return ["interface lo", ...addresses.map((each) => ` ip address ${addressText(each)}/32`), "exit"].join("\n");
}

function interfaceBlock(each: NetworkInterface, nameOf: (each: NetworkInterface) => string): string {
  return [
    `interface ${nameOf(each)}`,
    ` description ${each.peer.name} ${each.peer.interface} ${each.speedGbps}G`,
    "exit",
  ].join("\n");
}

function bfdBlock({ intervalMs, multiplier }: BfdTimers): string {
  return [
    "bfd",
    " profile twinspine",
    `  detect-multiplier ${multiplier}`,
    `  receive-interval ${intervalMs}`,
    `  transmit-interval ${intervalMs}`,
    " exit",
    "exit",
  ].join("\n");
}

/** A leaf takes only servers' addresses from servers. */
function switchFilters(node: NetworkNode): string[] {
  if (!node.interfaces.some(isHostLink)) return [];
  return [
    `ip prefix-list servers seq 5 permit ${prefixText(serverPrefix)} ge 32`,
    ["route-map from-host permit 10", " match ip address prefix-list servers", "exit"].join("\n"),
  ];
}

const isHostLink = (each: NetworkInterface) => each.end === "upper" && each.rail !== undefined;

/**
 * A host prefers, for an address of rail r, the links of its own rail r; the address of a single link is taken over that
 * link alone; of the rest, everything at the lowest preference. It announces over a link its rail's and that link's address.
 */
function hostFilters(
  plan: NetworkPlan,
  node: NetworkNode,
  settings: FrrSettings,
  nameOf: (each: NetworkInterface) => string,
): string[] {
  const { fabric } = plan;
  const lines: string[] = [];
  const list = (name: string, seq: number, prefix: Prefix) =>
    lines.push(`ip prefix-list ${name} seq ${seq} permit ${prefixText(prefix)}${prefix.length < 32 ? " ge 32" : ""}`);
  const rails = [...new Set(node.railAddresses.map(({ rail }) => rail))];
  for (const rail of rails) list(`rail-${rail + 1}`, 5, railPrefix(fabric, rail, 0));
  const links = node.railAddresses.filter(({ scope }) => scope > 0);
  for (const { rail, scope } of links) list(`rail-${rail + 1}-link-${scope}`, 5, railPrefix(fabric, rail, scope));
  for (let rail = 0; rail < fabric.railsPerServer && fabric.linksPerEndpoint === 2; rail++) {
    list("single-links", rail * 10 + 5, railPrefix(fabric, rail, 1));
    list("single-links", rail * 10 + 10, railPrefix(fabric, rail, 2));
  }
  for (const { rail, scope, address } of node.railAddresses)
    list(`own-${addressName({ rail, scope })}`, 5, { address, length: 32 });
  return [
    lines.join("\n"),
    ...node.interfaces.flatMap((each) => hostMaps(node, fabric.linksPerEndpoint === 2, each, settings, nameOf(each))),
  ];
}

function addressName({ rail, scope }: Pick<RailAddress, "rail" | "scope">): string {
  return scope === 0 ? `rail-${rail + 1}` : `rail-${rail + 1}-link-${scope}`;
}

/** The two route maps of one link of a host: what it takes in and what it announces. */
function hostMaps(
  node: NetworkNode,
  dual: boolean,
  each: NetworkInterface,
  settings: FrrSettings,
  name: string,
): string[] {
  const { rail, side } = each.rail ?? { rail: 0, side: 0 };
  const standby = dual && isStandby(settings.switching, side);
  const weight = dual && settings.switching.mode === "active-standby" && !standby ? preference.primary : 0;
  const link = `rail-${rail + 1}-link-${side + 1}`;
  let number = 0;
  const clause = (direction: "in" | "out", permit: boolean, ...lines: string[]) => {
    number += 10;
    return [`route-map ${name}-${direction} ${permit ? "permit" : "deny"} ${number}`, ...lines, "exit"].join("\n");
  };
  const match = (list: string) => ` match ip address prefix-list ${list}`;
  const prefer = (value: number) => ` set local-preference ${value}`;
  const takeIn = [
    clause("in", true, match(`rail-${rail + 1}`), prefer(preference.base + preference.ownRail + weight)),
    ...(dual
      ? [
          clause("in", true, match(link), prefer(preference.base + preference.ownRail)),
          clause("in", false, match("single-links")),
        ]
      : []),
    clause("in", true, prefer(preference.base + weight)),
  ];
  number = 0;
  const repeated = standby ? [` set as-path prepend ${Array(prepends).fill(node.autonomousSystem).join(" ")}`] : [];
  const announce = [
    clause("out", true, match(`own-rail-${rail + 1}`), ...repeated),
    ...(dual ? [clause("out", true, match(`own-${link}`))] : []),
  ];
  return [...takeIn, ...announce];
}

function isStandby({ mode, primary }: FrrSettings["switching"], side: number): boolean {
  return mode === "active-standby" && side !== primary - 1;
}

function bgpBlock(node: NetworkNode, nameOf: (each: NetworkInterface) => string): string {
  const groupOf = (each: NetworkInterface): Group => (isHostLink(each) ? "hosts" : "fabric");
  const groups = (["fabric", "hosts"] as const).filter((group) =>
    node.interfaces.some((each) => groupOf(each) === group),
  );
  const announced = node.kind === "switch" ? [node.routerId] : node.railAddresses.map(({ address }) => address);
  const paths = Math.min(pathsMax, Math.max(2, node.interfaces.length));
  return [
    `router bgp ${node.autonomousSystem}`,
    ` bgp router-id ${addressText(node.routerId)}`,
    " bgp bestpath as-path multipath-relax",
    " no bgp ebgp-requires-policy",
    " no bgp default ipv4-unicast",
    ` timers bgp ${keepaliveS} ${holdS}`,
    ...groups.flatMap((group) => [
      ` neighbor ${group} peer-group`,
      ` neighbor ${group} remote-as external`,
      ` neighbor ${group} bfd profile twinspine`,
      ` neighbor ${group} timers connect 1`,
    ]),
    ...node.interfaces.map((each) => ` neighbor ${nameOf(each)} interface peer-group ${groupOf(each)}`),
    " !",
    " address-family ipv4 unicast",
    ...announced.map((each) => `  network ${addressText(each)}/32`),
    ...groups.map((group) => `  neighbor ${group} activate`),
    ...(groups.includes("hosts") ? ["  neighbor hosts route-map from-host in"] : []),
    ...(node.kind === "host"
      ? node.interfaces.flatMap((each) => [
          `  neighbor ${nameOf(each)} route-map ${nameOf(each)}-in in`,
          `  neighbor ${nameOf(each)} route-map ${nameOf(each)}-out out`,
        ])
      : []),
    `  maximum-paths ${paths}`,
    " exit-address-family",
    "exit",
  ].join("\n");
}
