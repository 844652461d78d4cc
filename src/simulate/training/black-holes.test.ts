import { expect, test } from "vitest";
import { ringOrder } from "../../audit/ring.ts";
import { partName } from "../../fabric/names.ts";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { downwards, flowIdentity, NetworkState, networkOf, Router, upwards } from "../network/index.ts";
import { runScenario } from "./testing/run-scenario.ts";

/** Single links: only routing can mend what a dead link between switches swallows. */
const built = buildFromYaml(`
name: hashed
servers: {count: 16, gpus: 4, nics: 4, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}
plane: {railOptimized: false, leaf: {downlinks: 16, uplinks: 8, oversubscription: 2}}
switching: {routing: {localRepair: 40ms, convergence: 700ms}}
training: {placement: packed}
`);
const { cluster, fabric } = built;
const policy = { kind: "ecmp", flowsPerConnection: 1 } as const;
const seed = 1;

/** Directed links that the job's rings send over, each hop by its own hash. */
function usedByRings(): Set<number> {
  const router = new Router(new NetworkState(networkOf(fabric, 1000)));
  const used = new Set<number>();
  for (let rail = 0; rail < fabric.railsPerServer; rail++) {
    const order = ringOrder(fabric, rail, cluster.training.placement);
    for (const [at, server] of order.entries()) {
      const [source, destination] = [server, order[(at + 1) % order.length]!].map(
        (each) => each * fabric.railsPerServer + rail,
      ) as [number, number];
      const identity = flowIdentity(2 * source, 2 * destination, 0, seed);
      for (const each of router.route({ source, sourceSide: 0, destination, destinationSide: 0, identity }) ?? [])
        used.add(each);
    }
  }
  return used;
}

test("under ecmp a dead link between switches holds up the flows that hash onto it until routing knows, and no others", () => {
  const used = usedByRings();
  const seen = new Set<number>();
  const between = Array.from({ length: fabric.links.count }, (_, link) => link).filter(
    (link) => fabric.links.tier[link] === 1,
  );
  expect(between.length).toBeGreaterThan(10);
  for (const link of between) {
    // Both ends mend it by themselves: the leaf turns to other spines, the spine goes round over another leaf.
    const expectedS = used.has(downwards(link)) || used.has(upwards(link)) ? 0.04 : 0;
    seen.add(expectedS);
    const part = partName(fabric, fabric.links.lowerPort[link]!);
    const { events, totals } = runScenario(
      built,
      `{duration: 60s, events: [{at: 10s, event: fail, part: ${part}, for: 20s}]}`,
      { policy },
    );
    expect([part, events[0]!.stalledS]).toEqual([part, expectedS]);
    expect(["transparent", "degraded"]).toContain(events[0]!.verdict);
    expect(totals.aborts).toBe(0);
  }
  expect([...seen].sort()).toEqual([0, 0.04]);
});

test("sprayed packets meet every dead link, so every one of them holds the rings up", () => {
  const link = Array.from({ length: fabric.links.count }, (_, each) => each).find(
    (each) => fabric.links.tier[each] === 1,
  )!;
  const part = partName(fabric, fabric.links.lowerPort[link]!);
  const scenario = `{duration: 60s, events: [{at: 10s, event: fail, part: ${part}, for: 20s}]}`;
  expect(runScenario(built, scenario).events[0]!.stalledS).toBeGreaterThanOrEqual(0.04);
});

test("behind two links the switching core leaves the plane that swallows, before routing knows", () => {
  const dual = buildFromYaml(`
name: dual
servers: {count: 16, gpus: 4, nics: 4}
attachment: two-planes
plane: {railOptimized: false, leaf: {downlinks: 16, uplinks: 8, oversubscription: 4}}
switching: {mode: active-standby, routing: {localRepair: 400ms, convergence: 700ms}}
`);
  const { links } = dual.fabric;
  const stalls = Array.from({ length: links.count }, (_, link) => link)
    .filter((link) => links.tier[link] === 1 && dual.fabric.switches.plane[links.upperSwitch[link]!] === 0)
    .map((link) => {
      const part = partName(dual.fabric, links.lowerPort[link]!);
      const scenario = `{duration: 60s, events: [{at: 10s, event: fail, part: ${part}, for: 20s}]}`;
      const { events, takeovers } = runScenario(dual, scenario, { policy });
      expect(takeovers.length > 0).toBe(events[0]!.stalledS > 0);
      return events[0]!.stalledS;
    });
  const held = stalls.filter((stall) => stall > 0);
  expect(held.length).toBeGreaterThan(0);
  expect(Math.max(...held)).toBeLessThan(0.1);
});
