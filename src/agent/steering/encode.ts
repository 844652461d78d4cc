/** Operations as netlink messages, byte for byte as iproute2 sends them (rtnetlink(7), linux/nexthop.h). */

import { unreachable } from "../../base/assert.ts";
import { addressBytes, addressFamily, type Family, familyNumber, parsePrefix } from "../netlink/addresses.ts";
import { attribute, attributeU8, attributeU16, attributeU32, nested, nestedFlagged } from "../netlink/attributes.ts";
import { encodeMessage, messageFlags } from "../netlink/message.ts";
import { attributes, types } from "../netlink/rtnetlink.ts";
import {
  type Group,
  type Hop,
  type Nexthop,
  type Operation,
  ownProtocol,
  type Route,
  type Rule,
} from "./operations.ts";

const { request, acknowledge, replace, create, exclusive } = messageFlags;
const set = request | acknowledge | create | replace;
const remove = request | acknowledge;
const scopeUniverse = 0;
const scopeNowhere = 255;
const routeUnicast = 1;
const ruleToTable = 1;
const groupResilient = 1;
/** Tables below this fit into the header's byte. */
const smallTable = 256;

export function encodeOperation(operation: Operation, sequence: number): Buffer {
  switch (operation.kind) {
    case "nexthop":
      return encodeMessage(types.newNexthop, set, sequence, nexthop(operation.nexthop));
    case "group":
      return encodeMessage(types.newNexthop, set, sequence, group(operation.group));
    case "removeNexthop":
      return encodeMessage(types.deleteNexthop, remove, sequence, [
        nexthopHeader(0, 0),
        attributeU32(attributes.nexthop.id, operation.id),
      ]);
    case "route":
      return encodeMessage(types.newRoute, set, sequence, route(operation.route));
    case "removeRoute":
      return encodeMessage(types.deleteRoute, remove, sequence, removedRoute(operation.route));
    case "rule":
      return encodeMessage(
        types.newRule,
        request | acknowledge | create | exclusive,
        sequence,
        rule(operation.rule, ruleToTable),
      );
    case "removeRule":
      return encodeMessage(types.deleteRule, remove, sequence, rule(operation.rule, 0));
    default:
      return unreachable(operation);
  }
}

function nexthopHeader(family: number, protocol: number): Buffer {
  return Buffer.of(family, 0, protocol, 0, 0, 0, 0, 0);
}

function nexthop({ id, family, hop }: Nexthop): Buffer[] {
  const { nexthop: names } = attributes;
  const gateway = hop?.gateway;
  const header = nexthopHeader(familyNumber[family], ownProtocol);
  if (hop === undefined) return [header, attributeU32(names.id, id), attribute(names.blackhole)];
  return [
    header,
    attributeU32(names.id, id),
    ...(gateway === undefined ? [] : [attribute(names.gateway, addressBytes(gateway))]),
    attributeU32(names.outInterface, hop.interfaceIndex),
  ];
}

function group({ id, members, buckets }: Group): Buffer[] {
  const { nexthop: names } = attributes;
  const entries = Buffer.alloc(8 * members.length);
  for (const [index, member] of members.entries()) {
    entries.writeUInt32LE(member.id, 8 * index);
    entries.writeUInt8(member.weight - 1, 8 * index + 4);
  }
  const resilient =
    buckets === undefined
      ? []
      : [
          nestedFlagged(names.resilientGroup, [attributeU16(attributes.resilient.buckets, buckets)]),
          attributeU16(names.groupType, groupResilient),
        ];
  return [nexthopHeader(0, ownProtocol), attributeU32(names.id, id), attribute(names.group, entries), ...resilient];
}

function routeHeader({ prefix, table }: Route, protocol: number, scope: number, type: number): Buffer {
  const { family, length } = parsePrefix(prefix);
  const shown = table < smallTable ? table : 0;
  return Buffer.of(familyNumber[family], length, 0, 0, shown, protocol, scope, type, 0, 0, 0, 0);
}

function routePlace({ prefix, table, metric }: Route): Buffer[] {
  const { route: names } = attributes;
  return [
    attribute(names.destination, parsePrefix(prefix).bytes),
    ...(table < smallTable ? [] : [attributeU32(names.table, table)]),
    attributeU32(names.priority, metric),
  ];
}

function route(each: Route): Buffer[] {
  const { route: names, metric } = attributes;
  const { to, preferredSource, rtoMinMs } = each;
  return [
    routeHeader(each, ownProtocol, scopeUniverse, routeUnicast),
    ...routePlace(each),
    ...("id" in to ? [attributeU32(names.nexthopId, to.id)] : []),
    ...(preferredSource === undefined ? [] : [attribute(names.preferredSource, addressBytes(preferredSource))]),
    // Locked, so that the kernel does not measure its own.
    ...(rtoMinMs === undefined
      ? []
      : [
          nested(names.metrics, [attributeU32(metric.rtoMin, rtoMinMs), attributeU32(metric.lock, 1 << metric.rtoMin)]),
        ]),
    ...("hops" in to
      ? [
          attribute(
            names.multipath,
            Buffer.concat(to.hops.map((hop) => multipathHop(hop, parsePrefix(each.prefix).family))),
          ),
        ]
      : []),
  ];
}

function multipathHop({ interfaceIndex, gateway }: Hop, ofRoute: Family): Buffer {
  const inner = gateway === undefined ? Buffer.alloc(0) : gatewayOf(gateway, ofRoute);
  const header = Buffer.alloc(8);
  header.writeUInt16LE(8 + inner.length, 0);
  header.writeInt32LE(interfaceIndex, 4);
  return Buffer.concat([header, inner]);
}

/** A gateway of the other IP version than the route's goes with its family (RTA_VIA, struct rtvia). */
function gatewayOf(gateway: string, ofRoute: Family): Buffer {
  const { route: names } = attributes;
  const family = addressFamily(gateway);
  if (family === ofRoute) return attribute(names.gateway, addressBytes(gateway));
  const number = Buffer.alloc(2);
  number.writeUInt16LE(familyNumber[family]);
  return attribute(names.via, Buffer.concat([number, addressBytes(gateway)]));
}

function removedRoute(each: Route): Buffer[] {
  const scope = parsePrefix(each.prefix).family === "IPv4" ? scopeNowhere : scopeUniverse;
  return [routeHeader(each, ownProtocol, scope, 0), ...routePlace(each)];
}

function rule({ family, priority, table, match }: Rule, action: number): Buffer[] {
  const { rule: names } = attributes;
  const shown = table < smallTable ? table : 0;
  return [
    Buffer.of(familyNumber[family], 0, 0, 0, shown, 0, 0, action, 0, 0, 0, 0),
    ...("dscp" in match
      ? [attributeU8(names.dscp, match.dscp)]
      : [attributeU32(names.fwmark, match.fwmark), attributeU32(names.fwmask, match.mask)]),
    ...(table < smallTable ? [] : [attributeU32(names.table, table)]),
    attributeU32(names.priority, priority),
    attributeU8(names.protocol, ownProtocol),
  ];
}
