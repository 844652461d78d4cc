import { describe, expect, test } from "vitest";
import { randomStream } from "../../base/random.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import type { Connections } from "./connections.ts";
import { LaneRoutes, type RoutingContext } from "./lane-routes.ts";
import { Loads } from "./loads.ts";
import { networkOf } from "./network.ts";
import { NetworkState } from "./network-state.ts";
import type { RoutingPolicy } from "./policy.ts";
import { Router } from "./router.ts";
import { SpreadTable } from "./spread-table.ts";

const twoLeaves = buildFromYaml(
  "name: t\nservers: { count: 16, gpus: 4, nics: 4 }\nattachment: two-leaves\nplane: { leaf: { downlinks: 16 } }\n",
);
const threeTiers = buildFromYaml(
  "name: t\nservers: { count: 32, gpus: 4, nics: 4 }\nattachment: two-planes\nplane: { leaf: { downlinks: 8 }, spine: {}, core: { groupsPerPod: 2 } }\n",
);

const policies: RoutingPolicy[] = [
  { kind: "ecmp", flowsPerConnection: 1 },
  { kind: "ecmp", flowsPerConnection: 4 },
  { kind: "spray" },
  { kind: "adaptive" },
];

function randomConnections(endpoints: number, count: number, seed: number): Connections {
  const random = randomStream(seed);
  return {
    count,
    source: Int32Array.from({ length: count }, () => random.below(endpoints)),
    destination: Int32Array.from({ length: count }, () => random.below(endpoints)),
    number: Int32Array.from({ length: count }, () => random.below(3)),
  };
}

describe.each([
  ["two leaves", twoLeaves],
  ["two planes of three tiers", threeTiers],
] as const)("lanes on %s", (_, { fabric, cluster }) => {
  const network = networkOf(fabric, cluster.servers.scaleUpGbps);
  const endpoints = fabric.serverCount * fabric.railsPerServer;

  function contextOf(policy: RoutingPolicy, mode: "load-balancing" | "active-standby"): RoutingContext {
    const state = new NetworkState(network);
    return {
      router: new Router(state),
      policy,
      rules: { mode, primary: 0 },
      usable: new Uint8Array(endpoints).fill(3),
      loads: new Loads(network.resourceCount),
      spreads: new SpreadTable(policy.kind === "adaptive"),
      seed: 5,
    };
  }

  test.each(policies)("after any history, paths are those of a fresh start: %j", (policy) => {
    const random = randomStream(11);
    const context = contextOf(policy, "load-balancing");
    const { state } = context.router;
    const connections = randomConnections(endpoints, 60, 3);
    const lanes = [0, 1].map((lane) => new LaneRoutes(context, connections, lane, true));
    const nearby = new Set<number>();
    const everywhere = new Set<number>();
    const marked = new Uint8Array(fabric.links.count);
    const upper = fabric.links.tier.findIndex((tier) => tier > 0);
    const isolated = Array.from(fabric.links.upperSwitch.keys()).filter((link) => fabric.links.tier[link]! > 0);
    expect(upper).toBeGreaterThan(0);
    for (let round = 0; round < 60; round++) {
      const dice = random.below(3);
      if (dice === 0) {
        const batch = Array.from({ length: random.between(1, 20) }, () => random.pick(isolated));
        marked.fill(0);
        for (const link of batch) {
          nearby.add(link);
          state.avoidNearby(link, true);
          marked[link] = 1;
        }
        context.spreads.clear();
        for (const lane of lanes) lane.leaveLinks(marked);
      } else if (dice === 1) {
        marked.fill(0);
        for (const link of nearby) {
          everywhere.add(link);
          state.avoidEverywhere(link, true);
          marked[link] = 1;
        }
        context.spreads.clear();
        for (const lane of lanes) lane.leaveLinks(marked);
      } else {
        for (const link of [...nearby].filter(() => random.chance(0.6))) {
          nearby.delete(link);
          everywhere.delete(link);
          state.avoidNearby(link, false);
          state.avoidEverywhere(link, false);
        }
        context.spreads.clear();
        for (const lane of lanes) lane.comeBack(nearby.size === 0);
      }
      for (const lane of lanes) {
        const fresh = new LaneRoutes(context, connections, lane.lane, false);
        expect(lane.sides).toEqual(fresh.sides);
        expect(lane.cutCount).toBe(fresh.cutCount);
        expect(lane.footprint()).toEqual(fresh.footprint());
      }
    }
  });

  test.each(policies)(
    "every connection puts its share on both its access links and conserves it between: %j",
    (policy) => {
      const context = contextOf(policy, "active-standby");
      const connections = { ...randomConnections(endpoints, 200, 9), share: new Float64Array(200).fill(0.5) };
      const { resources, coefficients } = new LaneRoutes(context, connections, 0, true).footprint()!;
      const access = [0, 0];
      const balance = new Float64Array(fabric.switches.count);
      for (const [index, resource] of resources.entries()) {
        const link = resource >> 1;
        const amount = coefficients[index]! * (resource % 2 === 0 ? 1 : -1);
        balance[fabric.links.upperSwitch[link]!]! += amount;
        if (fabric.links.tier[link] === 0) access[resource % 2]! += coefficients[index]!;
        else balance[fabric.links.lowerSwitch[link]!]! -= amount;
      }
      const moving = connections.source.filter((source, index) => source !== connections.destination[index]).length;
      expect(access[0]).toBeCloseTo(moving / 2, 9);
      expect(access[1]).toBeCloseTo(moving / 2, 9);
      for (const rest of balance) expect(rest).toBeCloseTo(0, 9);
    },
  );
});
