import { expect, test } from "vitest";
import { randomCase } from "../../audit/testing/random-fabric.ts";
import { type RandomStream, randomStream } from "../../base/random.ts";
import { HopTable } from "./hop-tables.ts";
import { KeptSpread, spreadUnit } from "./kept-spread.ts";
import { networkOf } from "./network.ts";
import { NetworkState } from "./network-state.ts";
import { Router } from "./router.ts";
import { Spreader } from "./spread.ts";

/** Something happens to a link between switches. */
function harm(random: RandomStream, state: NetworkState, link: number): void {
  const kind = random.below(4);
  if (kind === 0) state.avoidNearby(link, !state.isAvoidedNearby(link));
  else if (kind === 1) state.avoidEverywhere(link, !state.isAvoidedEverywhere(link));
  else if (kind === 2) {
    state.avoidNearby(link, false);
    state.avoidEverywhere(link, false);
  } else state.setShare(2 * link + random.below(2), random.pick([0, 0.25, 1]));
}

function shares(resources: ArrayLike<number>, shareAt: (at: number) => number): Map<number, number> {
  const found = new Map<number, number>();
  for (let at = 0; at < resources.length; at++)
    if (shareAt(at) > 0) found.set(resources[at]!, (found.get(resources[at]!) ?? 0) + shareAt(at));
  return found;
}

test("a spread that is kept while links come and go is what it would be anew, and what following every hop gives", () => {
  const random = randomStream(41);
  let compared = 0;
  for (let round = 0; round < 60; round++) {
    const { fabric } = randomCase(random);
    const between = Array.from({ length: fabric.links.count }, (_, link) => link).filter(
      (link) => fabric.links.lowerSwitch[link]! >= 0,
    );
    const { tier } = fabric.switches;
    const { lowerSwitch, upperSwitch, endpoint } = fabric.links;
    if (between.length === 0 || between.some((link) => tier[upperSwitch[link]!] !== tier[lowerSwitch[link]!]! + 1))
      continue;
    const leaves = [...new Set(Array.from(endpoint).flatMap((each, link) => (each >= 0 ? [upperSwitch[link]!] : [])))];
    const [from, to] = [random.pick(leaves), random.pick(leaves)];
    if (from === to) continue;
    const state = new NetworkState(networkOf(fabric, 0));
    const router = new Router(state);
    const adaptive = random.chance(0.5);
    let kept = KeptSpread.between(state, router.table(to), from, adaptive);
    for (let step = 0; step < 40; step++) {
      const links = Array.from({ length: random.between(1, 3) }, () => random.pick(between));
      for (const link of links) harm(random, state, link);
      const table = router.table(to);
      if (kept === undefined || !kept.isRight) kept = KeptSpread.between(state, table, from, adaptive);
      else {
        const told = new Map(Array.from(kept.resources, (resource, at) => [resource, kept!.units[at]!]));
        kept.update(links, (resource, before, after) => {
          expect(told.get(resource)).toBe(before);
          told.set(resource, after);
        });
        expect([...told.values()]).toEqual([...kept.units]);
      }
      const fresh = KeptSpread.between(state, new HopTable(state, to), from, adaptive);
      expect(kept === undefined).toBe(fresh === undefined);
      if (kept === undefined || fresh === undefined) continue;
      expect(kept.units).toEqual(fresh.units);
      const followed = new Spreader(state, adaptive).between(from, new HopTable(state, to));
      const wanted = shares(followed.resources, (at) => followed.shares[at]!);
      const found = shares(kept.resources, (at) => kept!.units[at]! * spreadUnit);
      expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
      for (const [resource, share] of wanted) expect(found.get(resource)).toBeCloseTo(share, 12);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(200);
});

test("tables of hops that follow what routing learns are those counted anew", () => {
  const random = randomStream(42);
  for (let round = 0; round < 60; round++) {
    const { fabric } = randomCase(random);
    const { lowerSwitch } = fabric.links;
    const state = new NetworkState(networkOf(fabric, 0));
    const router = new Router(state);
    const leaves = Array.from({ length: fabric.switches.count }, (_, index) => index).filter(
      (index) => fabric.switches.tier[index] === 0,
    );
    for (let step = 0; step < 60; step++) {
      const link = random.below(fabric.links.count);
      if (lowerSwitch[link]! >= 0) state.avoidEverywhere(link, !state.isAvoidedEverywhere(link));
      if (random.chance(0.5)) continue;
      const leaf = random.pick(leaves);
      const table = router.table(leaf);
      const fresh = new HopTable(state, leaf);
      expect(table.down).toEqual(fresh.down);
      for (let node = 0; node < fabric.switches.count; node++) expect(table.hops(node)).toBe(fresh.hops(node));
      expect(table.anyway()).toEqual(fresh.anyway());
      expect(table.downLinks()).toEqual(fresh.downLinks());
    }
  }
});
