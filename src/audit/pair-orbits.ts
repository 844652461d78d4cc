/** Effects that take part in equal pairs: a symmetry carries one, with all its pairs, into the other. */

import { mix } from "../base/random.ts";
import { touchedEndpoints } from "./effect-classes.ts";
import { DisjointSets } from "./orbits.ts";
import type { PairIndex } from "./pair-index.ts";
import type { Scene } from "./scene.ts";
import { linksOf } from "./stage.ts";
import { findTwinSymmetries, type Symmetry } from "./symmetry.ts";

export interface PairOrbit {
  /** One of them; of equal blocks, in the first. */
  readonly effect: number;
  /** How many there are. */
  readonly count: number;
}

/** Symmetries that also carry as many effects of each class and type into each other. */
export function evenSymmetries({
  stage,
  classes,
  symmetries,
  images,
}: Scene): { symmetry: Symmetry; image: Int32Array }[] {
  const { effects } = stage;
  const counts = new Map<number, number>();
  const types = effects.types.length;
  for (let effect = 0; effect < effects.count; effect++) {
    const key = classes.of[effect]! * types + effects.type[effect]!;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return symmetries.flatMap((symmetry, index) => {
    const image = images[index]!;
    for (const [key, count] of counts) {
      const to = image[Math.floor(key / types)]!;
      if (to === -1 || counts.get(to * types + (key % types)) !== count) return [];
    }
    return [{ symmetry, image }];
  });
}

/** The orbits of all effects. `exhaustive`: each effect of the first of equal blocks by itself. */
export function pairOrbits(scene: Scene, index: PairIndex, exhaustive: boolean): PairOrbit[] {
  const { stage, classes, whole } = scene;
  const { effects, blocks } = stage;
  const even = exhaustive ? [] : evenSymmetries(scene);
  const orbits = new DisjointSets(classes.count);
  for (const { image } of even) for (const [id, to] of image.entries()) orbits.join(id, to);
  const inBlocks = new DisjointSets(effects.count);
  const carrying = exhaustive ? [] : [...even.map((each) => each.symmetry), ...findTwinSymmetries(whole)];
  for (const { effectTo } of carrying) for (const [effect, to] of effectTo) inBlocks.join(effect, to);
  const company = new Company(scene, index, orbits);
  const found = new Map<string, { effect: number; count: number }>();
  const times = new Map(blocks.classes.map((equal) => [equal[0]!, equal.length]));
  for (let effect = 0; effect < effects.count; effect++) {
    const block = blocks.ofEffect[effect]!;
    if (block >= 0 && !times.has(block)) continue;
    const footprint = classes.footprint[classes.of[effect]!]!;
    let key = `=${effect}`;
    if (footprint === "block") key = `b${inBlocks.find(effect)}`;
    else if (footprint !== "other" && !exhaustive)
      key = `${orbits.find(classes.of[effect]!)}/${effects.type[effect]}/${company.of(effect)}`;
    const orbit = found.get(key);
    const count = block >= 0 ? times.get(block)! : 1;
    if (orbit === undefined) found.set(key, { effect, count });
    else orbit.count += count;
  }
  return [...found.values()];
}

/**
 * Numbers that are equal for effects whose neighbouring effects lie to them in the same ways. Which sides die is left
 * to the class; so effects on the same endpoints have the same company.
 */
class Company {
  readonly #scene: Scene;
  readonly #index: PairIndex;
  readonly #orbitOf: Int32Array;
  readonly #ofEndpoint = new Map<number, string>();

  constructor(scene: Scene, index: PairIndex, orbits: DisjointSets) {
    this.#scene = scene;
    this.#index = index;
    this.#orbitOf = Int32Array.from({ length: scene.classes.count }, (_, id) => orbits.find(id));
  }

  of(effect: number): string {
    const { fabric, effects } = this.#scene.stage;
    const { endpoints } = touchedEndpoints(fabric, linksOf(effects, effect));
    if (endpoints.length !== 1) return this.#look(endpoints);
    const known = this.#ofEndpoint.get(endpoints[0]!) ?? this.#look(endpoints);
    this.#ofEndpoint.set(endpoints[0]!, known);
    return known;
  }

  #look(endpoints: readonly number[]): string {
    const { classes, stage } = this.#scene;
    this.#index.play(
      endpoints,
      endpoints.map(() => 3),
    );
    let first = 0;
    let second = 0;
    for (const other of this.#index.neighbours()) {
      const kind = mix(this.#orbitOf[classes.of[other]!]!, stage.effects.type[other]!);
      const near = mix(kind, this.#index.relationHash(other));
      first = (first + near) | 0;
      second = (second + mix(near, 0x51ed270b)) | 0;
    }
    return `${first}.${second}`;
  }
}
