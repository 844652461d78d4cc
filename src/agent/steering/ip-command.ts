/** Operations as lines of iproute2: for the dry run, and for hosts where netlink sockets cannot be had. */

import { unreachable } from "../../base/assert.ts";
import { addressFamily, type Family, parsePrefix } from "../netlink/addresses.ts";
import { type Hop, type Operation, ownProtocol, type Route, type Rule } from "./operations.ts";

const familyFlag = { IPv4: "-4", IPv6: "-6" } as const;

/** The words after `ip`. */
export function ipWords(operation: Operation): string[] {
  switch (operation.kind) {
    case "nexthop": {
      const { id, family, hop } = operation.nexthop;
      const where = hop === undefined ? ["blackhole"] : hopWords(hop, family);
      return [familyFlag[family], "nexthop", "replace", "id", `${id}`, ...where, "protocol", `${ownProtocol}`];
    }
    case "group": {
      const { id, members, buckets } = operation.group;
      const group = members.map((each) => (each.weight === 1 ? `${each.id}` : `${each.id},${each.weight}`)).join("/");
      const resilient = buckets === undefined ? [] : ["type", "resilient", "buckets", `${buckets}`];
      return ["nexthop", "replace", "id", `${id}`, "group", group, ...resilient, "protocol", `${ownProtocol}`];
    }
    case "removeNexthop":
      return ["nexthop", "delete", "id", `${operation.id}`];
    case "route": {
      const { route } = operation;
      return [...routeWords("replace", route), ...routeTarget(route)];
    }
    case "removeRoute":
      return routeWords("delete", operation.route);
    case "rule":
      return ruleWords("add", operation.rule);
    case "removeRule":
      return ruleWords("delete", operation.rule);
    default:
      return unreachable(operation);
  }
}

/** What follows `ip ` on a line of a shell. */
export const ipLine = (operation: Operation) => ipWords(operation).join(" ");

/** Lines for one run of `ip -batch -`: a batch takes no IP version by the line. */
export interface IpBatch {
  /** Before `-batch`: IPv6 must be said; IPv4 must not, because groups are of no version. */
  readonly flags: readonly "-6"[];
  readonly lines: readonly string[];
}

/** The operations in their order, in as few batches as their IP versions allow. */
export function ipBatches(operations: readonly Operation[]): IpBatch[] {
  const batches: { flags: "-6"[]; lines: string[] }[] = [];
  for (const operation of operations) {
    const [first, ...rest] = ipWords(operation);
    const flags: "-6"[] = first === "-6" ? ["-6"] : [];
    if (batches.at(-1)?.flags.length !== flags.length) batches.push({ flags, lines: [] });
    batches.at(-1)!.lines.push((first === "-4" || first === "-6" ? rest : [first, ...rest]).join(" "));
  }
  return batches;
}

/** `of`: the IP version of whatever has the hop; a gateway of the other version is named with its own. */
function hopWords({ gateway, interfaceName }: Hop, of: Family): string[] {
  const other = gateway !== undefined && addressFamily(gateway) !== of;
  const version = other ? [addressFamily(gateway) === "IPv6" ? "inet6" : "inet"] : [];
  return [...(gateway === undefined ? [] : ["via", ...version, gateway]), "dev", interfaceName];
}

function routeWords(verb: string, { prefix, table, metric }: Route): string[] {
  const where = ["table", `${table}`, "protocol", `${ownProtocol}`, "metric", `${metric}`];
  return [familyFlag[parsePrefix(prefix).family], "route", verb, prefix, ...where];
}

function routeTarget({ prefix, to, preferredSource, rtoMinMs }: Route): string[] {
  const { family } = parsePrefix(prefix);
  return [
    ...("id" in to ? ["nhid", `${to.id}`] : []),
    ...(preferredSource === undefined ? [] : ["src", preferredSource]),
    ...(rtoMinMs === undefined ? [] : ["rto_min", `${rtoMinMs}ms`]),
    ...("hops" in to ? to.hops.flatMap((hop) => ["nexthop", ...hopWords(hop, family)]) : []),
  ];
}

function ruleWords(verb: string, { family, priority, table, match }: Rule): string[] {
  // iproute2 before 6.13 knows no dscp, and must still be able to take the rule away: priority and table name it.
  const dscp = (value: number) => (verb === "delete" ? [] : ["dscp", `${value}`]);
  const what =
    "dscp" in match ? dscp(match.dscp) : ["fwmark", `0x${match.fwmark.toString(16)}/0x${match.mask.toString(16)}`];
  return [
    familyFlag[family],
    "rule",
    verb,
    ...what,
    "lookup",
    `${table}`,
    "priority",
    `${priority}`,
    "protocol",
    `${ownProtocol}`,
  ];
}
