import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseHost } from "../host/parse.ts";
import type { Host } from "../host/types.ts";
import { withoutInterface } from "../kernel/kernel-steering.ts";
import { parseMessages } from "../netlink/message.ts";
import { decodeState } from "./decode.ts";
import { difference } from "./difference.ts";
import { encodeOperation } from "./encode.ts";
import { type KernelState, type Operation, routeKey, ruleKey } from "./operations.ts";
import { fallbackState, type LinkFacts, type PeerSteering, wantedState } from "./wanted.ts";

const host: Host = parseHost(
  `
name: test
links:
  - { interface: l0, address: 10.0.0.1 }
  - { interface: l1, address: 10.0.1.1, gateway: "fe80::1" }
mode: load-balancing
peers:
  - { name: one, watch: bfd, addresses: [10.0.0.2, 10.0.1.2], prefixes: [10.5.0.0/16, 10.6.1.1], source: 10.9.9.9, rtoMin: 5ms }
  - { name: two, watch: bfd, addresses: [10.0.0.3, 10.0.1.3], prefixes: [default] }
classes:
  - { name: bulk, mark: 16, mask: 255, prefer: 2, onFailure: hold }
  - { name: gradient, dscp: 26, prefer: 1 }
`,
  "test.yaml",
);

const facts = fc.tuple(
  ...[10, 11].map((interfaceIndex) =>
    fc.record({ enabled: fc.boolean(), hasCarrier: fc.boolean(), present: fc.boolean() }).map(
      ({ enabled, hasCarrier, present }): LinkFacts => ({
        interfaceIndex: present ? interfaceIndex : 0,
        enabled: present && enabled,
        carrier: present && enabled && hasCarrier,
      }),
    ),
  ),
) as fc.Arbitrary<[LinkFacts, LinkFacts]>;
const way = fc.constantFrom(0 as const, 1 as const, "hold" as const);
const steering: fc.Arbitrary<PeerSteering> = fc.record({
  shares: fc.oneof(
    fc.constantFrom(0 as const, 1 as const).map((link) => [{ link, weight: 1 }]),
    fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 })).map(([one, other]) => [
      { link: 0 as const, weight: one },
      { link: 1 as const, weight: other },
    ]),
  ),
  classes: fc.tuple(way, way),
});
const state = fc.tuple(facts, steering, steering).map(([links, one, two]) => wantedState(host, links, [one, two]));

/** A kernel of our own: does one operation as Linux does, and refuses what Linux refuses. */
function apply(before: KernelState, operation: Operation): KernelState {
  const nexthops = new Map(before.nexthops);
  const groups = new Map(before.groups);
  const routes = new Map(before.routes);
  const rules = new Map(before.rules);
  switch (operation.kind) {
    case "nexthop":
      nexthops.set(operation.nexthop.id, operation.nexthop);
      break;
    case "group":
      for (const { id } of operation.group.members) if (!nexthops.has(id)) throw new Error(`no nexthop ${id}`);
      groups.set(operation.group.id, operation.group);
      break;
    case "removeNexthop":
      for (const [id, group] of groups) {
        const members = group.members.filter((member) => member.id !== operation.id);
        if (members.length === 0) groups.delete(id);
        else groups.set(id, { ...group, members });
      }
      nexthops.delete(operation.id);
      groups.delete(operation.id);
      for (const [key, { to }] of routes)
        if ("id" in to && !nexthops.has(to.id) && !groups.has(to.id)) routes.delete(key);
      break;
    case "route": {
      const { route } = operation;
      if ("id" in route.to && !nexthops.has(route.to.id) && !groups.has(route.to.id))
        throw new Error(`no nexthop ${route.to.id}`);
      routes.set(routeKey(route), route);
      break;
    }
    case "removeRoute":
      routes.delete(routeKey(operation.route));
      break;
    case "rule":
      rules.set(ruleKey(operation.rule), operation.rule);
      break;
    case "removeRule":
      rules.delete(ruleKey(operation.rule));
      break;
  }
  return { nexthops, groups, routes, rules };
}

const plain = (each: KernelState) => ({
  nexthops: [...each.nexthops.values()].sort((one, other) => one.id - other.id),
  groups: [...each.groups.values()].sort((one, other) => one.id - other.id),
  routes: [...each.routes].sort(([one], [other]) => (one < other ? -1 : 1)),
  rules: [...each.rules.keys()].sort(),
});

describe("the difference of two states", () => {
  test("done step by step it leads from any state to any other, and the next difference is empty", () => {
    fc.assert(
      fc.property(state, state, (from, to) => {
        const reached = difference(from, to).reduce(apply, from);
        expect(plain(reached)).toEqual(plain(to));
        expect(difference(reached, to)).toEqual([]);
      }),
    );
  });

  test("no prefix is ever without a route while both states have one for it", () => {
    const reachable = (each: KernelState) =>
      new Set([...each.routes.values()].filter(({ table }) => table === 254).map(({ prefix }) => prefix));
    fc.assert(
      fc.property(state, state, (from, to) => {
        const both = [...reachable(from)].filter((prefix) => reachable(to).has(prefix));
        let now = from;
        for (const operation of difference(from, to)) {
          now = apply(now, operation);
          for (const prefix of both) expect(reachable(now).has(prefix)).toBe(true);
        }
      }),
    );
  });

  test("after a link has lost carrier, what is believed is what the kernel has left", () => {
    fc.assert(
      fc.property(state, fc.constantFrom(10, 11), state, (from, index, to) => {
        const left = withoutInterface(from, index);
        expect([...left.nexthops.values()].every(({ hop }) => hop?.interfaceIndex !== index)).toBe(true);
        expect(plain(difference(left, to).reduce(apply, left))).toEqual(plain(to));
      }),
    );
  });

  test("what is left of the agent is a route over every enabled link to every prefix", () => {
    fc.assert(
      fc.property(facts, state, (links, from) => {
        const left = difference(from, fallbackState(host, links)).reduce(apply, from);
        const enabled = links.filter((each) => each.enabled && each.interfaceIndex > 0).length;
        expect([...left.nexthops.keys(), ...left.groups.keys(), ...left.rules.keys()]).toEqual([]);
        expect(left.routes.size).toBe(enabled === 0 ? 0 : 3);
        for (const { to } of left.routes.values()) expect("hops" in to && to.hops.length).toBe(enabled);
      }),
    );
  });

  test("the kernel's answer to our own messages is read as what we said", () => {
    const names = (index: number) => `l${index - 10}`;
    fc.assert(
      fc.property(state, (wanted) => {
        const empty = { nexthops: new Map(), groups: new Map(), routes: new Map(), rules: new Map() };
        const bytes = Buffer.concat(difference(empty, wanted).map((operation) => encodeOperation(operation, 1)));
        expect(plain(decodeState(parseMessages(bytes), names))).toEqual(plain(wanted));
      }),
    );
  });
});
