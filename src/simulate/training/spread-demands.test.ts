import { expect, test } from "vitest";
import { randomCase } from "../../audit/testing/random-fabric.ts";
import { randomStream } from "../../base/random.ts";
import { networkOf } from "../network/network.ts";
import { NetworkState } from "../network/network-state.ts";
import { Router } from "../network/router.ts";
import { RowTally } from "./row-tally.ts";
import { SpreadDemands } from "./spread-demands.ts";

const variables = 3;

interface Demand {
  readonly from: number;
  readonly to: number;
  readonly variable: number;
}

function demandsOn(state: NetworkState, adaptive: boolean) {
  const tally = new RowTally(state.network.resourceCount, (resource) => state.capacity(resource));
  const cuts = new Int32Array(variables);
  const demands = new SpreadDemands(new Router(state), adaptive, tally, cuts);
  const loads = () => {
    demands.lay();
    return Array.from({ length: variables }, (_, variable) => {
      const rates = new Float64Array(variables);
      rates[variable] = 1;
      return Array.from({ length: state.network.resourceCount }, (_, resource) => tally.load(resource, rates));
    });
  };
  return { demands, cuts, loads };
}

test("demands that come and go while links do are laid as they would be all at once", () => {
  const random = randomStream(43);
  for (let round = 0; round < 25; round++) {
    const { fabric } = randomCase(random);
    const state = new NetworkState(networkOf(fabric, 0));
    const adaptive = random.chance(0.5);
    const kept = demandsOn(state, adaptive);
    const wanted: Demand[] = [];
    const leaves = Array.from({ length: fabric.switches.count }, (_, index) => index).filter(
      (index) => fabric.switches.tier[index] === 0,
    );
    for (let step = 0; step < 40; step++) {
      for (let change = 0; change < 4; change++) {
        const gone = random.chance(0.3) ? wanted.splice(random.below(wanted.length + 1), 1)[0] : undefined;
        if (gone !== undefined) kept.demands.change(gone.from, gone.to, gone.variable, 0, -1);
        const come: Demand = { from: random.pick(leaves), to: random.pick(leaves), variable: random.below(variables) };
        wanted.push(come);
        kept.demands.change(come.from, come.to, come.variable, 0, 1);
      }
      const link = random.below(fabric.links.count);
      if (fabric.links.lowerSwitch[link]! >= 0) {
        if (random.chance(0.5)) state.avoidEverywhere(link, !state.isAvoidedEverywhere(link));
        else state.avoidNearby(link, !state.isAvoidedNearby(link));
        kept.demands.routingChanged(link);
        state.setShare(2 * link, random.pick([0, 0.5, 1]));
        kept.demands.capacityChanged(link);
      }
      if (random.chance(0.6)) continue;
      const fresh = demandsOn(state, adaptive);
      for (const { from, to, variable } of wanted) fresh.demands.change(from, to, variable, 0, 1);
      const found = kept.loads();
      const differences = fresh
        .loads()
        .flatMap((loads, variable) => loads.map((load, resource) => Math.abs(load - found[variable]![resource]!)));
      expect(Math.max(...differences)).toBeLessThan(1e-9);
      expect(kept.cuts).toEqual(fresh.cuts);
    }
  }
});
