/** Classes of effects that a symmetry carries into each other, and so have equal outcomes. */

import type { Fabric } from "../fabric/types.ts";
import { accessKey, type EffectClasses, touchedEndpoints } from "./effect-classes.ts";
import type { Effects } from "./effects.ts";
import type { Rings } from "./ring.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Symmetry } from "./symmetry.ts";

/** Disjoint sets of numbers from 0. */
export class DisjointSets {
  readonly #root: Int32Array;

  constructor(count: number) {
    this.#root = Int32Array.from({ length: count }, (_, index) => index);
  }

  /** The least number of the set is its name. */
  find(index: number): number {
    const root = this.#root;
    let top = index;
    while (root[top] !== top) {
      root[top] = root[root[top]!]!;
      top = root[top]!;
    }
    return top;
  }

  join(left: number, right: number): void {
    const [first, second] = [this.find(left), this.find(right)];
    this.#root[Math.max(first, second)] = Math.min(first, second);
  }
}

/** Image of each class under a symmetry; -1 where no class is the image. */
export function imagesOfClasses(
  fabric: Fabric,
  effects: Effects,
  rings: Rings,
  surroundings: Surroundings,
  classes: EffectClasses,
  symmetry: Symmetry,
): Int32Array {
  const { kinds, serverClasses } = surroundings;
  const serverTo = serverClasses.keys.map((key) => {
    const image = new Array<number>(key.length);
    for (const [rail, attachment] of key.entries()) image[symmetry.railTo[rail]!] = symmetry.attachmentTo[attachment]!;
    return serverClasses.find(image);
  });
  const kindTo = kinds.keys.map((key) => {
    const [own, before, after, server] = key as [number, number, number, number];
    if (serverTo[server] === -1) return -1;
    const { attachmentTo } = symmetry;
    return kinds.find([attachmentTo[own]!, attachmentTo[before]!, attachmentTo[after]!, serverTo[server]!]);
  });
  const leafEffect = new Map<number, number>();
  for (let id = 0; id < classes.count; id++)
    if (classes.footprint[id] === "leaf") leafEffect.set(effects.deadSwitch[classes.first[id]!]!, id);
  return Int32Array.from({ length: classes.count }, (_, id) => {
    const effect = classes.first[id]!;
    switch (classes.footprint[id]!) {
      case "leaf":
        return leafEffect.get(symmetry.leafTo[effects.deadSwitch[effect]!]!) ?? -1;
      case "block":
        return classes.of[symmetry.effectTo.get(effect)!]!;
      case "other":
        return -1;
      case "access": {
        const links = effects.links.subarray(effects.offsets[effect]!, effects.offsets[effect + 1]!);
        const { endpoints, sides } = touchedEndpoints(fabric, links);
        const key = accessKey(fabric, rings, surroundings, endpoints, sides, (kind) => kindTo[kind]!);
        return classes.byAccessKey.get(key) ?? -1;
      }
    }
  });
}
