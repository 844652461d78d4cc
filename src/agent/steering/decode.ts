/** What the kernel says it has, as the same plain data that operations carry; only what is the agent's own. */

import { addressText, type Family, parsePrefix, prefixText } from "../netlink/addresses.ts";
import { numberIn, parseAttributes } from "../netlink/attributes.ts";
import type { Message } from "../netlink/message.ts";
import { attributes, types } from "../netlink/rtnetlink.ts";
import {
  type Group,
  type Hop,
  type KernelState,
  type Nexthop,
  ownProtocol,
  type Route,
  type Rule,
  routeKey,
  ruleKey,
} from "./operations.ts";

const nexthopHeaderBytes = 8;
const routeHeaderBytes = 12;
const ruleHeaderBytes = 12;
const linkHeaderBytes = 16;
const routeBlackhole = 6;

/** The name of an interface by its index. */
export type NameOf = (interfaceIndex: number) => string;

const addressOf = (bytes: Buffer | undefined) => (bytes?.length === 4 || bytes?.length === 16 ? bytes : undefined);
/** An attribute that is an address; undefined where it is none. */
export const addressIn = (found: ReadonlyMap<number, Buffer>, type: number) => addressOf(found.get(type));

const familyOf = (number: number): Family => (number === 10 ? "IPv6" : "IPv4");

/** The agent's own things in the messages of dumps of nexthops, routes and rules. */
export function decodeState(messages: readonly Message[], nameOf: NameOf): KernelState {
  const nexthops = new Map<number, Nexthop>();
  const groups = new Map<number, Group>();
  const routes = new Map<string, Route>();
  const rules = new Map<string, Rule>();
  for (const { type, body } of messages) {
    if (type === types.newNexthop) {
      const found = decodeNexthop(body, nameOf);
      if (found !== undefined && "members" in found) groups.set(found.id, found);
      else if (found !== undefined) nexthops.set(found.id, found);
    } else if (type === types.newRoute) {
      const route = decodeRoute(body, nameOf);
      if (route !== undefined) addRoute(routes, route);
    } else if (type === types.newRule) {
      const rule = decodeRule(body);
      if (rule !== undefined) rules.set(ruleKey(rule), rule);
    }
  }
  return { nexthops, groups, routes, rules };
}

/** The kernel lists the hops of an IPv6 route one by one or together; they belong to one route. */
function addRoute(routes: Map<string, Route>, route: Route): void {
  const key = routeKey(route);
  const before = routes.get(key);
  if (before !== undefined && "hops" in before.to && "hops" in route.to)
    routes.set(key, { ...before, to: { hops: [...before.to.hops, ...route.to.hops] } });
  else routes.set(key, route);
}

function decodeNexthop(body: Buffer, nameOf: NameOf): Nexthop | Group | undefined {
  if (body.length < nexthopHeaderBytes || body.readUInt8(2) !== ownProtocol) return undefined;
  const { nexthop: names } = attributes;
  const found = parseAttributes(body.subarray(nexthopHeaderBytes));
  const id = numberIn(found, names.id) ?? 0;
  const members = found.get(names.group);
  if (members !== undefined) {
    const inner = found.get(names.resilientGroup);
    const buckets = inner && numberIn(parseAttributes(inner), attributes.resilient.buckets);
    return { id, members: decodeMembers(members), buckets };
  }
  const family = familyOf(body.readUInt8(0));
  const interfaceIndex = numberIn(found, names.outInterface);
  if (found.has(names.blackhole) || interfaceIndex === undefined) return { id, family, hop: undefined };
  const gateway = addressIn(found, names.gateway);
  return {
    id,
    family,
    hop: { interfaceIndex, interfaceName: nameOf(interfaceIndex), gateway: gateway && addressText(gateway) },
  };
}

function decodeMembers(bytes: Buffer) {
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, index) => ({
    id: bytes.readUInt32LE(8 * index),
    weight: bytes.readUInt8(8 * index + 4) + 1,
  }));
}

/** One of our own routes; undefined for those of others. */
function decodeRoute(body: Buffer, nameOf: NameOf): Route | undefined {
  if (body.length < routeHeaderBytes || body.readUInt8(5) !== ownProtocol) return undefined;
  const { route: names } = attributes;
  const found = parseAttributes(body.subarray(routeHeaderBytes));
  const family = familyOf(body.readUInt8(0));
  const length = body.readUInt8(1);
  const destination = addressIn(found, names.destination) ?? Buffer.alloc(family === "IPv6" ? 16 : 4);
  const source = addressIn(found, names.preferredSource);
  const metrics = found.get(names.metrics);
  return {
    prefix: prefixText({ bytes: destination, length }),
    table: numberIn(found, names.table) ?? body.readUInt8(4),
    metric: numberIn(found, names.priority) ?? 0,
    to: decodeTarget(found, body.readUInt8(7), nameOf),
    preferredSource: source && addressText(source),
    rtoMinMs: metrics && numberIn(parseAttributes(metrics), attributes.metric.rtoMin),
  };
}

function decodeTarget(found: ReadonlyMap<number, Buffer>, type: number, nameOf: NameOf): Route["to"] {
  const { route: names } = attributes;
  const id = numberIn(found, names.nexthopId);
  if (id !== undefined) return { id };
  if (type === routeBlackhole) return { hops: [] };
  const multipath = found.get(names.multipath);
  if (multipath !== undefined) return { hops: decodeHops(multipath, nameOf) };
  const interfaceIndex = numberIn(found, names.outInterface) ?? 0;
  return { hops: [{ interfaceIndex, interfaceName: nameOf(interfaceIndex), gateway: gatewayIn(found) }] };
}

/** The gateway of a route or of one of its hops, of whichever IP version (RTA_GATEWAY, RTA_VIA). */
function gatewayIn(found: ReadonlyMap<number, Buffer>): string | undefined {
  const { route: names } = attributes;
  const bytes = addressIn(found, names.gateway) ?? addressOf(found.get(names.via)?.subarray(2));
  return bytes && addressText(bytes);
}

function decodeHops(bytes: Buffer, nameOf: NameOf): Hop[] {
  const hops: Hop[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt16LE(at);
    if (length < 8) break;
    const interfaceIndex = bytes.readInt32LE(at + 4);
    const gateway = gatewayIn(parseAttributes(bytes.subarray(at + 8, at + length)));
    hops.push({ interfaceIndex, interfaceName: nameOf(interfaceIndex), gateway });
    at += (length + 3) & ~3;
  }
  return hops;
}

function decodeRule(body: Buffer): Rule | undefined {
  if (body.length < ruleHeaderBytes) return undefined;
  const { rule: names } = attributes;
  const found = parseAttributes(body.subarray(ruleHeaderBytes));
  if (numberIn(found, names.protocol) !== ownProtocol) return undefined;
  const dscp = numberIn(found, names.dscp);
  const match =
    dscp !== undefined
      ? { dscp }
      : { fwmark: numberIn(found, names.fwmark) ?? 0, mask: numberIn(found, names.fwmask) ?? 0xffff_ffff };
  return {
    family: familyOf(body.readUInt8(0)),
    priority: numberIn(found, names.priority) ?? 0,
    table: numberIn(found, names.table) ?? body.readUInt8(4),
    match,
  };
}

/** A route of anybody, to look at: who owns it and how it competes. */
export interface ForeignRoute {
  readonly prefix: string;
  readonly table: number;
  readonly metric: number;
  readonly protocol: number;
}

/** The routes of others in a dump that go to one of these prefixes. */
export function foreignRoutesTo(messages: readonly Message[], prefixes: ReadonlySet<string>): ForeignRoute[] {
  return messages.flatMap(({ type, body }) => {
    if (type !== types.newRoute || body.length < routeHeaderBytes || body.readUInt8(5) === ownProtocol) return [];
    const found = parseAttributes(body.subarray(routeHeaderBytes));
    const { route: names } = attributes;
    const bytes = addressIn(found, names.destination) ?? Buffer.alloc(body.readUInt8(0) === 10 ? 16 : 4);
    const prefix = prefixText({ bytes, length: body.readUInt8(1) });
    if (!prefixes.has(prefix)) return [];
    const table = numberIn(found, names.table) ?? body.readUInt8(4);
    return [{ prefix, table, metric: numberIn(found, names.priority) ?? 0, protocol: body.readUInt8(5) }];
  });
}

/** What a link message says of an interface. */
export interface InterfaceFacts {
  readonly index: number;
  readonly name: string;
  /** Administratively up. */
  readonly enabled: boolean;
  /** Up, with carrier. */
  readonly carrier: boolean;
  /** Gone altogether. */
  readonly deleted: boolean;
  readonly mtu: number | undefined;
  /** How often carrier came or went since the interface was made; undefined where the kernel does not tell. */
  readonly carrierChanges: number | undefined;
  /** struct rtnl_link_stats64, where the message has it. */
  readonly counters: InterfaceCounters | undefined;
}

export interface InterfaceCounters {
  readonly receivedBytes: number;
  readonly sentBytes: number;
  readonly receiveErrors: number;
  readonly sendErrors: number;
  readonly receiveDropped: number;
  readonly sendDropped: number;
  readonly frameErrors: number;
}

/** Every link message in what one read gave. */
export function decodeInterfaces(messages: readonly Message[]): InterfaceFacts[] {
  return messages.flatMap(({ type, body }) => {
    if ((type !== types.newLink && type !== types.deleteLink) || body.length < linkHeaderBytes) return [];
    const flags = body.readUInt32LE(8);
    const found = parseAttributes(body.subarray(linkHeaderBytes));
    const name = found.get(attributes.link.name);
    if (name === undefined) return [];
    const deleted = type === types.deleteLink;
    const enabled = !deleted && (flags & 0x1) !== 0;
    return [
      {
        index: body.readInt32LE(4),
        name: name.toString("utf8").replace(/\0.*$/s, ""),
        enabled,
        carrier: enabled && (flags & 0x1_0000) !== 0,
        deleted,
        mtu: numberIn(found, attributes.link.mtu),
        carrierChanges: numberIn(found, attributes.link.carrierChanges),
        counters: counters(found.get(attributes.link.stats64)),
      },
    ];
  });
}

function counters(bytes: Buffer | undefined): InterfaceCounters | undefined {
  if (bytes === undefined || bytes.length < 14 * 8) return undefined;
  const at = (index: number) => Number(bytes.readBigUInt64LE(8 * index));
  return {
    receivedBytes: at(2),
    sentBytes: at(3),
    receiveErrors: at(4),
    sendErrors: at(5),
    receiveDropped: at(6),
    sendDropped: at(7),
    frameErrors: at(12),
  };
}

/** Addresses of interfaces in the messages of an address dump. */
export function decodeAddresses(messages: readonly Message[]): { interfaceIndex: number; address: string }[] {
  return messages.flatMap(({ type, body }) => {
    if (type !== types.newAddress || body.length < 8) return [];
    const found = parseAttributes(body.subarray(8));
    const bytes = addressIn(found, attributes.address.local) ?? addressIn(found, attributes.address.address);
    return bytes === undefined ? [] : [{ interfaceIndex: body.readUInt32LE(4), address: addressText(bytes) }];
  });
}

/** Prefix texts in the one form that comparisons need. */
export const canonicalPrefix = (text: string) => prefixText(parsePrefix(text));
