import { describe, expect, test } from "vitest";
import { mergeSwitches } from "../../audit/net.ts";
import { switchPairs } from "../../audit/switch-pairs.ts";
import { randomCase } from "../../audit/testing/random-fabric.ts";
import { UnitFlow } from "../../audit/unit-flow.ts";
import { type RandomStream, randomStream } from "../../base/random.ts";
import type { Fabric } from "../../fabric/types.ts";
import { flowIdentity, linkScore } from "./flow-hash.ts";
import { Loads } from "./loads.ts";
import { networkOf } from "./network.ts";
import { NetworkState } from "./network-state.ts";
import { Router } from "./router.ts";
import { SpreadTable } from "./spread-table.ts";

/**
 * Hops of the shortest path up (if still `rising`) and then down between two switches by breadth-first search; of any shape
 * with `anyway`.
 */
function hopsBySearch(
  fabric: Fabric,
  state: NetworkState,
  from: number,
  to: number,
  anyway: boolean,
  rising = true,
): number {
  const { links } = fabric;
  const seen = new Set([`${from} ${rising ? "up" : "down"}`]);
  let front: [node: number, rising: boolean][] = [[from, rising]];
  for (let hops = 0; front.length > 0; hops++) {
    if (front.some(([node]) => node === to)) return hops;
    const next: [number, boolean][] = [];
    for (const [node, isRising] of front)
      for (let link = 0; link < links.count; link++) {
        if (links.lowerSwitch[link]! < 0 || state.isAvoidedEverywhere(link)) continue;
        const steps: [number, boolean][] = [];
        if (links.lowerSwitch[link] === node && isRising) steps.push([links.upperSwitch[link]!, true]);
        if (links.upperSwitch[link] === node) steps.push([links.lowerSwitch[link]!, anyway]);
        for (const step of steps) {
          const key = `${step[0]} ${step[1] ? "up" : "down"}`;
          if (seen.has(key)) continue;
          seen.add(key);
          next.push(step);
        }
      }
    front = next;
  }
  return Number.POSITIVE_INFINITY;
}

function harmed(random: RandomStream, fabric: Fabric): NetworkState {
  const state = new NetworkState(networkOf(fabric, 0));
  const chance = random.pick([0, 0.1, 0.4]);
  for (let link = 0; link < fabric.links.count; link++)
    if (fabric.links.tier[link]! > 0 && random.chance(chance)) state.avoidEverywhere(link, true);
    else if (random.chance(chance / 2)) state.avoidNearby(link, true);
  return state;
}

/** Of the links of a switch that lie on a way of `hops` hops, what the flow's hash picks: in use at this end if any is, highest score. */
function pickBySearch(
  fabric: Fabric,
  state: NetworkState,
  { node, to, hops, anyway, rising }: { node: number; to: number; hops: number; anyway: boolean; rising: boolean },
  identity: number,
): number {
  const { lowerSwitch, upperSwitch, count } = fabric.links;
  const candidates: number[] = [];
  for (let link = 0; link < count; link++) {
    if (lowerSwitch[link]! < 0 || state.isAvoidedEverywhere(link)) continue;
    const isUp = lowerSwitch[link] === node;
    if (!isUp && upperSwitch[link] !== node) continue;
    if (isUp && !rising && !anyway) continue;
    const next = isUp ? upperSwitch[link]! : lowerSwitch[link]!;
    if (hopsBySearch(fabric, state, next, to, anyway, isUp || anyway) === hops - 1) candidates.push(link);
  }
  const inUse = candidates.filter((link) => !state.isAvoidedNearby(link));
  return (inUse.length > 0 ? inUse : candidates).reduce((best, link) =>
    linkScore(identity, link) > linkScore(identity, best) ? link : best,
  );
}

describe("routing against independent oracles, on random fabrics", () => {
  test("paths are as short as a search finds them, and at every switch the flow's hash picks the link", () => {
    const random = randomStream(31);
    let detours = 0;
    for (let round = 0; round < 60; round++) {
      const { fabric } = randomCase(random);
      const state = harmed(random, fabric);
      const router = new Router(state);
      const { links, accessLink, linksPerEndpoint } = fabric;
      for (let pair = 0; pair < 20; pair++) {
        const [first, last] = [random.below(accessLink.length), random.below(accessLink.length)];
        const [source, sourceSide] = [Math.floor(first / linksPerEndpoint), first % linksPerEndpoint];
        const [destination, destinationSide] = [Math.floor(last / linksPerEndpoint), last % linksPerEndpoint];
        const identity = flowIdentity(first, last, pair);
        const path = router.route({
          source,
          sourceSide,
          destination,
          destinationSide,
          identity,
        });
        expect(path !== undefined).toBe(router.reaches(source, sourceSide, destination, destinationSide));
        if (accessLink[first]! < 0 || accessLink[last]! < 0) {
          expect(path).toBeUndefined();
          continue;
        }
        let node = links.upperSwitch[accessLink[first]!]!;
        const to = links.upperSwitch[accessLink[last]!]!;
        const straight = hopsBySearch(fabric, state, node, to, false);
        const shortest = straight < Number.POSITIVE_INFINITY ? straight : hopsBySearch(fabric, state, node, to, true);
        if (shortest === Number.POSITIVE_INFINITY) {
          expect(path).toBeUndefined();
          continue;
        }
        if (straight === Number.POSITIVE_INFINITY) detours++;
        expect(path).toHaveLength(shortest + 2);
        const anyway = straight === Number.POSITIVE_INFINITY;
        let rising = true;
        for (const [step, resource] of path!.slice(1, -1).entries()) {
          const link = resource >> 1;
          expect(link).toBe(pickBySearch(fabric, state, { node, to, hops: shortest - step, anyway, rising }, identity));
          rising = resource % 2 === 0;
          expect(state.isAvoidedEverywhere(link)).toBe(false);
          expect(resource % 2 === 0 ? links.lowerSwitch[link] : links.upperSwitch[link]).toBe(node);
          node = resource % 2 === 0 ? links.upperSwitch[link]! : links.lowerSwitch[link]!;
        }
        expect(node).toBe(to);
      }
    }
    expect(detours).toBeGreaterThan(0);
  });

  test("spraying puts on every pair of switches what the audit's equal-cost shares say", () => {
    const random = randomStream(32);
    for (let round = 0; round < 50; round++) {
      const { fabric } = randomCase(random);
      const pairs = switchPairs(fabric);
      const net = mergeSwitches(fabric, pairs, new Uint8Array(fabric.switches.count).fill(1));
      const unit = new UnitFlow(net);
      const state = new NetworkState(networkOf(fabric, 0));
      const router = new Router(state);
      const loads = new Loads(state.network.resourceCount);
      const spreads = new SpreadTable(false);
      const { accessLink, linksPerEndpoint, links } = fabric;
      for (let pair = 0; pair < 15; pair++) {
        const [first, last] = [random.below(accessLink.length), random.below(accessLink.length)];
        const [source, sourceSide] = [Math.floor(first / linksPerEndpoint), first % linksPerEndpoint];
        const [destination, destinationSide] = [Math.floor(last / linksPerEndpoint), last % linksPerEndpoint];
        if (source === destination || !router.reaches(source, sourceSide, destination, destinationSide)) continue;
        const from = links.upperSwitch[accessLink[first]!]!;
        const to = links.upperSwitch[accessLink[last]!]!;
        const wanted = new Map<number, number>();
        if (from !== to) unit.compute(net.nodeOf[from]!, net.nodeOf[to]!, net.edgeLinks);
        for (let at = 0; from !== to && at < unit.count; at++) {
          const edge = unit.edges[at]! >> 1;
          const key = unit.edges[at]!;
          wanted.set(key, (wanted.get(key) ?? 0) + unit.shares[at]! * net.edgeLinks[edge]!);
        }
        spreads.add(loads, router, source, sourceSide, destination, destinationSide, 1);
        const { resources, coefficients } = loads.take();
        const found = new Map<number, number>();
        for (const [at, resource] of resources.entries()) {
          const which = pairs.ofLink[resource >> 1]!;
          if (which < 0) continue;
          const key = 2 * net.edgeOfPair[which]! + (resource % 2);
          found.set(key, (found.get(key) ?? 0) + coefficients[at]!);
        }
        expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
        for (const [key, share] of wanted) expect(found.get(key)).toBeCloseTo(share, 12);
      }
    }
  });
});
