/** The one merged switch graph on which all failures of single parts, and all pairs of them, can be played. */

import type { Fabric } from "../fabric/types.ts";
import type { Blocks } from "./blocks.ts";
import type { Effects } from "./effects.ts";
import { mergeSwitches, type Net } from "./net.ts";
import type { SwitchPairs } from "./switch-pairs.ts";

export interface StageNet {
  readonly net: Net;
  /** Switches of each twin class that stand by themselves, of the first two blocks of each class of equal blocks. */
  readonly actors: ReadonlyMap<number, readonly number[]>;
}

/**
 * Keeps apart, in the first two blocks of each class, as many switches of each twin class as two failures can touch;
 * merges the rest.
 */
export function stageNet(fabric: Fabric, pairs: SwitchPairs, effects: Effects, blocks: Blocks): StageNet {
  const touchedMost = twinsTouchedMost(pairs, effects, blocks);
  const actors = new Map<number, number[]>();
  const special = new Uint8Array(fabric.switches.count);
  for (const equal of blocks.classes) {
    for (const block of equal.slice(0, 2)) {
      for (const index of blocks.blocks[block]!.switches) {
        const twin = blocks.twinOf[index]!;
        const chosen = actors.get(twin) ?? [];
        if (chosen.length >= 2 * (touchedMost.get(twin) ?? 1)) continue;
        actors.set(twin, [...chosen, index]);
        special[index] = 1;
      }
    }
  }
  return { net: mergeSwitches(fabric, pairs, special), actors };
}

/** The most switches of each twin class that one failure touches. */
function twinsTouchedMost(pairs: SwitchPairs, effects: Effects, blocks: Blocks): Map<number, number> {
  const most = new Map<number, number>();
  for (const equal of blocks.classes) {
    for (const block of equal.slice(0, 2)) {
      for (const effect of blocks.blocks[block]!.effects) {
        if (effects.deadSwitch[effect]! >= 0) continue;
        const touched = new Map<number, Set<number>>();
        for (const index of switchesOfLinks(
          pairs,
          effects.links,
          effects.offsets[effect]!,
          effects.offsets[effect + 1]!,
        )) {
          const twin = blocks.twinOf[index]!;
          touched.set(twin, (touched.get(twin) ?? new Set()).add(index));
        }
        for (const [twin, set] of touched) most.set(twin, Math.max(most.get(twin) ?? 1, set.size));
      }
    }
  }
  return most;
}

/** The switches that are not leaves at the ends of links[from] up to links[to], each once, ascending. */
export function switchesOfLinks(pairs: SwitchPairs, links: ArrayLike<number>, from: number, to: number): number[] {
  const found = new Set<number>();
  for (let at = from; at < to; at++) {
    const pair = pairs.ofLink[links[at]!]!;
    for (const index of pair < 0 ? [] : [pairs.lower[pair]!, pairs.upper[pair]!])
      if (pairs.isLeaf[index] === 0) found.add(index);
  }
  return [...found].sort((left, right) => left - right);
}
