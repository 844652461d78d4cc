/** Classes of effects that do the same: evaluated once, counted for all. */

import type { Fabric } from "../fabric/types.ts";
import type { Blocks } from "./blocks.ts";
import type { Casting } from "./casting.ts";
import type { Effects } from "./effects.ts";
import type { Failure } from "./failure-model.ts";
import type { Rings } from "./ring.ts";
import { relationOf, type Surroundings } from "./surroundings.ts";
import type { SwitchPairs } from "./switch-pairs.ts";

/** What kind of thing an effect takes away, which decides how its class is found. */
export type Footprint = "access" | "leaf" | "block" | "other";

export interface EffectClasses {
  readonly count: number;
  /** Class of each effect. */
  readonly of: Int32Array;
  /** The first effect of each class (of equal blocks, in the first). */
  readonly first: number[];
  readonly footprint: Footprint[];
  /** Class by the key of {@link accessKey}. */
  readonly byAccessKey: ReadonlyMap<string, number>;
}

/** The endpoints that an effect touches, ascending, with the sides that die. */
export function touchedEndpoints(fabric: Fabric, links: Int32Array): { endpoints: number[]; sides: number[] } {
  const { endpoint, side } = fabric.links;
  const endpoints: number[] = [];
  const sides: number[] = [];
  for (const link of links) {
    const touched = endpoint[link]!;
    if (touched < 0) continue;
    const at = endpoints.indexOf(touched);
    if (at >= 0) {
      sides[at]! |= 1 << side[link]!;
      continue;
    }
    endpoints.push(touched);
    sides.push(1 << side[link]!);
  }
  if (endpoints.length < 2) return { endpoints, sides };
  const order = endpoints.map((_, index) => index).sort((left, right) => endpoints[left]! - endpoints[right]!);
  return { endpoints: order.map((index) => endpoints[index]!), sides: order.map((index) => sides[index]!) };
}

/** Equal for failures of access links that do the same. `mapped` renames surroundings; -1 there makes the key void. */
export function accessKey(
  fabric: Fabric,
  rings: Rings,
  { of }: Surroundings,
  endpoints: readonly number[],
  sides: readonly number[],
  mapped: (kind: number) => number = (kind) => kind,
): string {
  let key = "";
  for (const [index, endpoint] of endpoints.entries()) {
    key += `${mapped(of[endpoint]!)}:${sides[index]}`;
    for (let before = 0; before < index; before++) key += `~${relationOf(fabric, rings, endpoints[before]!, endpoint)}`;
    key += "|";
  }
  return key;
}

/** The classes; `failureOf` gives the failure on the stage net of an effect in the first block of its class. */
export function classifyEffects(
  fabric: Fabric,
  pairs: SwitchPairs,
  effects: Effects,
  blocks: Blocks,
  rings: Rings,
  surroundings: Surroundings,
  failureOf: (effect: number, casting?: Casting) => Failure,
): EffectClasses {
  const of = new Int32Array(effects.count).fill(-1);
  const first: number[] = [];
  const footprint: Footprint[] = [];
  const add = (effect: number, kind: Footprint) => {
    first.push(effect);
    footprint.push(kind);
    return first.length - 1;
  };
  for (const equal of blocks.classes) {
    const known = new Map<string, number>();
    const leading = blocks.blocks[equal[0]!]!.effects;
    for (const effect of leading) {
      const key = failureKey(failureOf(effect));
      const isOdd = effects.deadSwitch[effect]! < 0 && touchesServers(pairs, effects, effect);
      of[effect] = isOdd ? add(effect, "other") : (known.get(key) ?? add(effect, "block"));
      if (!isOdd) known.set(key, of[effect]!);
    }
    for (const block of equal.slice(1))
      for (const [place, effect] of blocks.blocks[block]!.effects.entries()) of[effect] = of[leading[place]!]!;
  }
  const singles = new Int32Array(4 * surroundings.kinds.keys.length).fill(-1);
  const byAccessKey = new Map<string, number>();
  for (let effect = 0; effect < effects.count; effect++) {
    if (of[effect] !== -1) continue;
    const links = effects.links.subarray(effects.offsets[effect]!, effects.offsets[effect + 1]!);
    if (effects.deadSwitch[effect]! >= 0) {
      of[effect] = add(effect, "leaf");
    } else if (links.some((link) => pairs.ofLink[link]! >= 0)) {
      of[effect] = add(effect, "other");
    } else if (links.length === 1) {
      const single = 4 * surroundings.of[fabric.links.endpoint[links[0]!]!]! + fabric.links.side[links[0]!]!;
      if (singles[single] === -1) {
        singles[single] = add(effect, "access");
        const { endpoints, sides } = touchedEndpoints(fabric, links);
        byAccessKey.set(accessKey(fabric, rings, surroundings, endpoints, sides), singles[single]!);
      }
      of[effect] = singles[single]!;
    } else {
      const { endpoints, sides } = touchedEndpoints(fabric, links);
      const key = accessKey(fabric, rings, surroundings, endpoints, sides);
      of[effect] = byAccessKey.get(key) ?? add(effect, "access");
      byAccessKey.set(key, of[effect]!);
    }
  }
  return { count: first.length, of, first, footprint, byAccessKey };
}

function touchesServers(pairs: SwitchPairs, effects: Effects, effect: number): boolean {
  const links = effects.links.subarray(effects.offsets[effect]!, effects.offsets[effect + 1]!);
  return links.some((link) => pairs.ofLink[link]! < 0);
}

/** Equal for failures of switches and of links between them that do the same. */
export function failureKey(failure: Failure): string {
  const edges = failure.edges.map((edge, index) => `${edge}x${failure.deadLinks[index]}`).sort();
  const ends = failure.endpoints.map((endpoint, index) => `${endpoint}:${failure.sides[index]}`).sort();
  return `${ends.join()}#${edges.join()}#${failure.deadNodes.join()}`;
}
