/** Every operation's message is, byte for byte, what iproute2 sends for the same operation's line. */

import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addMptcpEndpoint, deleteMptcpEndpoint } from "../../src/agent/netlink/generic.ts";
import { encodeOperation } from "../../src/agent/steering/encode.ts";
import { ipWords } from "../../src/agent/steering/ip-command.ts";
import type { Operation, Route } from "../../src/agent/steering/operations.ts";
import { requirement } from "../setup/requirements.ts";
import { sentBy } from "./sent-by-ip.ts";

const namespace = `ts-bytes-${process.pid}`;
const ip = (...words: string[]) => execFileSync("ip", words, { stdio: "pipe", encoding: "utf8" });

const hop = (link: 0 | 1, gateway: string | undefined) => ({
  interfaceName: `l${link}`,
  interfaceIndex: 10 + link,
  gateway,
});

const route: Route = {
  prefix: "10.5.0.0/16",
  table: 254,
  metric: 50,
  to: { id: 740_000_010 },
  preferredSource: undefined,
  rtoMinMs: undefined,
};

const operations: Operation[] = [
  { kind: "nexthop", nexthop: { id: 740_000_000, family: "IPv4", hop: hop(0, "10.9.0.2") } },
  { kind: "nexthop", nexthop: { id: 740_000_001, family: "IPv6", hop: hop(1, "fd09::2") } },
  { kind: "nexthop", nexthop: { id: 740_000_003, family: "IPv4", hop: hop(1, undefined) } },
  { kind: "nexthop", nexthop: { id: 740_000_002, family: "IPv4", hop: undefined } },
  { kind: "nexthop", nexthop: { id: 740_000_102, family: "IPv6", hop: undefined } },
  { kind: "group", group: { id: 740_000_010, members: [{ id: 740_000_000, weight: 1 }], buckets: undefined } },
  {
    kind: "group",
    group: {
      id: 740_000_011,
      members: [
        { id: 740_000_000, weight: 100 },
        { id: 740_000_003, weight: 37 },
      ],
      buckets: undefined,
    },
  },
  { kind: "group", group: { id: 740_000_012, members: [{ id: 740_000_000, weight: 1 }], buckets: 128 } },
  { kind: "route", route },
  { kind: "route", route: { ...route, prefix: "10.6.1.2/32", preferredSource: "10.9.0.1", rtoMinMs: 5 } },
  { kind: "route", route: { ...route, prefix: "0.0.0.0/0", table: 7_400 } },
  { kind: "route", route: { ...route, metric: 51, to: { hops: [hop(0, "10.9.0.2"), hop(1, "10.9.1.2")] } } },
  { kind: "route", route: { ...route, metric: 51, to: { hops: [hop(0, undefined), hop(1, undefined)] } } },
  {
    kind: "route",
    route: { ...route, prefix: "fd05::/48", metric: 51, to: { hops: [hop(0, "fd09::2"), hop(1, "fd09:1::2")] } },
  },
  {
    kind: "route",
    route: {
      ...route,
      rtoMinMs: 7,
      preferredSource: "10.9.0.1",
      to: { hops: [hop(0, "10.9.0.2"), hop(1, "10.9.1.2")] },
    },
  },
  // IPv4 by IPv6 routers, as unnumbered fabrics have it.
  { kind: "nexthop", nexthop: { id: 740_000_004, family: "IPv6", hop: hop(1, "fe80::2") } },
  { kind: "route", route: { ...route, metric: 51, to: { hops: [hop(0, "fe80::2"), hop(1, "fe80::3")] } } },
  { kind: "route", route: { ...route, metric: 51, to: { hops: [hop(0, "10.9.0.2"), hop(1, "fe80::3")] } } },
  { kind: "removeRoute", route },
  { kind: "removeRoute", route: { ...route, prefix: "fd05::/48", table: 7_400 } },
  { kind: "removeRoute", route: { ...route, prefix: "0.0.0.0/0" } },
  { kind: "rule", rule: { family: "IPv4", priority: 7_400, table: 7_400, match: { fwmark: 0x10, mask: 0xff } } },
  { kind: "rule", rule: { family: "IPv6", priority: 7_401, table: 7_401, match: { fwmark: 1, mask: 0xffff_ffff } } },
  { kind: "removeRule", rule: { family: "IPv4", priority: 7_400, table: 7_400, match: { fwmark: 0x10, mask: 0xff } } },
  { kind: "removeNexthop", id: 740_000_010 },
];

/** iproute2 leaves what lay in memory in the two bytes that fill an attribute RTA_VIA (22 bytes, type 18) up to 24. */
function clearViaFilling(message: Buffer): void {
  const head = Buffer.of(22, 0, 18, 0);
  for (let at = message.indexOf(head); at >= 0; at = message.indexOf(head, at + 24)) message.fill(0, at + 22, at + 24);
}

describe.skipIf(!requirement("network-namespaces", "strace"))("netlink messages", () => {
  beforeAll(() => {
    ip("netns", "add", namespace);
    ip("-n", namespace, "link", "add", "l0", "index", "10", "type", "veth", "peer", "name", "l1", "index", "11");
    for (const link of [0, 1]) {
      ip("-n", namespace, "link", "set", `l${link}`, "up");
      ip("-n", namespace, "address", "add", `10.9.${link}.1/24`, "dev", `l${link}`);
    }
  });
  afterAll(() => {
    ip("netns", "delete", namespace);
  });

  test.each(operations.map((operation) => [ipWords(operation).join(" "), operation] as const))(
    "ip %s",
    (_, operation) => {
      const theirs = sentBy(["ip", "-n", namespace, ...ipWords(operation)]);
      clearViaFilling(theirs);
      expect(encodeOperation(operation, 0).toString("hex")).toBe(theirs.toString("hex"));
    },
  );

  test.skipIf(!requirement("mptcp"))("ip mptcp endpoint", () => {
    const words = (...rest: string[]) => ["ip", "-n", namespace, "mptcp", "endpoint", ...rest];
    const endpoint = { id: 241, address: "10.9.0.1", interfaceIndex: 10 };
    const added = sentBy(words("add", endpoint.address, "id", "241", "dev", "l0", "subflow"));
    const family = added.readUInt16LE(4);
    expect(addMptcpEndpoint(family, endpoint).toString("hex")).toBe(added.toString("hex"));
    const withdrawn = sentBy(words("delete", "id", "241"));
    expect(deleteMptcpEndpoint(family, endpoint.id).toString("hex")).toBe(withdrawn.toString("hex"));
  });
});
