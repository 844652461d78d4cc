/** Which rail each class of effects belongs to, where rails can be exchanged. */

import { touchedEndpoints } from "./effect-classes.ts";
import { DisjointSets } from "./orbits.ts";
import { evenSymmetries } from "./pair-orbits.ts";
import type { Scene } from "./scene.ts";
import { linksOf } from "./stage.ts";

export interface RailClasses {
  /** Rail of each class; -1 for those that belong to all alike, -2 for those of several. */
  readonly railOf: Int32Array;
  /** Classes that differ in their rail alone have the same number. */
  readonly orbitOf: (id: number) => number;
}

const all = -1;
const several = -2;

/** Undefined where rails cannot be exchanged, or not exactly. */
export function railClasses(scene: Scene): RailClasses | undefined {
  const { stage, classes } = scene;
  const { fabric, pairs, effects, blocks } = stage;
  const exchanges = evenSymmetries(scene).filter(({ symmetry }) => symmetry.name === "rails");
  if (exchanges.length < (fabric.railsPerServer > 2 ? 2 : 1)) return undefined;
  const railOfSwitch = new Int32Array(fabric.switches.count).fill(all);
  for (const { symmetry } of exchanges)
    for (const [leaf, image] of symmetry.leafTo.entries()) if (image !== leaf) railOfSwitch[leaf] = several;
  for (let slot = 0; slot < fabric.accessLink.length; slot++) {
    const link = fabric.accessLink[slot]!;
    if (link < 0) continue;
    const leaf = fabric.links.upperSwitch[link]!;
    if (railOfSwitch[leaf] !== all)
      railOfSwitch[leaf] = Math.floor(slot / fabric.linksPerEndpoint) % fabric.railsPerServer;
  }
  const byTier = Array.from(railOfSwitch.keys()).sort(
    (left, right) => fabric.switches.tier[left]! - fabric.switches.tier[right]!,
  );
  for (const index of byTier) {
    if (pairs.isLeaf[index] === 1) continue;
    const below = new Set<number>();
    for (let at = pairs.offsets[index]!; at < pairs.offsets[index + 1]!; at++)
      if (pairs.upper[pairs.pairOf[at]!] === index) below.add(railOfSwitch[pairs.lower[pairs.pairOf[at]!]!]!);
    railOfSwitch[index] = below.size === 1 ? [...below][0]! : all;
  }
  const railOf = Int32Array.from({ length: classes.count }, (_, id) => {
    const effect = classes.first[id]!;
    const dead = effects.deadSwitch[effect]!;
    if (dead >= 0) return railOfSwitch[dead]!;
    const rails = new Set<number>();
    for (const endpoint of touchedEndpoints(fabric, linksOf(effects, effect)).endpoints)
      rails.add(endpoint % fabric.railsPerServer);
    if (blocks.ofEffect[effect]! >= 0)
      for (const link of linksOf(effects, effect))
        for (const index of [fabric.links.lowerSwitch[link]!, fabric.links.upperSwitch[link]!])
          if (index >= 0 && railOfSwitch[index] !== all) rails.add(railOfSwitch[index]!);
    return rails.size === 0 ? all : rails.size === 1 ? [...rails][0]! : several;
  });
  const sets = new DisjointSets(classes.count);
  for (const { symmetry, image } of exchanges) {
    for (const [id, to] of image.entries()) {
      const rail = railOf[id]!;
      const stays = rail === all || (rail >= 0 && symmetry.railTo[rail] === rail);
      if (stays && to !== id) return undefined;
      if (rail >= 0 && railOf[to] !== symmetry.railTo[rail]) return undefined;
      sets.join(id, to);
    }
  }
  return { railOf, orbitOf: (id) => sets.find(id) };
}
