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

/**
 * Whether rails can be exchanged effect by effect: on every server the parts of one rail sit and are shared like those
 * of any other, and all rings run alike.
 */
function railsAreAlike({ stage, classes, rings }: Scene, exchanges: readonly Symmetry[]): boolean {
  const { fabric, effects } = stage;
  const rails = fabric.railsPerServer;
  if (exchanges.length < (rails > 2 ? 2 : 1)) return false;
  for (let endpoint = 0; endpoint < rings.next.length; endpoint++) {
    const rail = endpoint % rails;
    if (rings.next[endpoint]! - rail !== rings.next[endpoint - rail]!) return false;
  }
  const { endpoint: endpointOf, side: sideOf } = fabric.links;
  const isAccess = Uint8Array.from(classes.of, (id) => (classes.footprint[id] === "access" ? 1 : 0));
  /** The last effect that starts with each link, and of each effect the one before it that starts alike. */
  const lastFrom = new Int32Array(fabric.links.count).fill(-1);
  const before = new Int32Array(effects.count).fill(-1);
  for (let effect = 0; effect < effects.count; effect++) {
    const start = effects.offsets[effect]!;
    if (isAccess[effect] === 0 || start === effects.offsets[effect + 1]) continue;
    before[effect] = lastFrom[effects.links[start]!]!;
    lastFrom[effects.links[start]!] = effect;
  }
  const image: number[] = [];
  const isImage = (other: number, type: number) => {
    const start = effects.offsets[other]!;
    if (effects.type[other] !== type || effects.offsets[other + 1]! - start !== image.length) return false;
    for (let index = 0; index < image.length; index++) if (effects.links[start + index] !== image[index]) return false;
    return true;
  };
  for (const { railTo } of exchanges) {
    for (let effect = 0; effect < effects.count; effect++) {
      if (isAccess[effect] === 0) continue;
      image.length = 0;
      for (let at = effects.offsets[effect]!; at < effects.offsets[effect + 1]!; at++) {
        const endpoint = endpointOf[effects.links[at]!]!;
        const rail = endpoint % rails;
        const moved = endpoint - rail + railTo[rail]!;
        image.push(fabric.accessLink[moved * fabric.linksPerEndpoint + sideOf[effects.links[at]!]!]!);
      }
      if (image.length === 0) continue;
      if (image.length > 1) image.sort((left, right) => left - right);
      let other = lastFrom[image[0]!]!;
      while (other >= 0 && !isImage(other, effects.type[effect]!)) other = before[other]!;
      if (other < 0) return false;
    }
  }
  return true;
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
  const exchanges = even.map((each) => each.symmetry).filter((each) => each.name === "rails");
  const company = new Company(scene, index, orbits, railsAreAlike(scene, exchanges));
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
  /** Orbit and type of each effect in one number. */
  readonly #kinds: Int32Array;
  readonly #railsAreAlike: boolean;
  readonly #known = new Map<string, string>();

  constructor(scene: Scene, index: PairIndex, orbits: DisjointSets, railsAreAlike: boolean) {
    this.#railsAreAlike = railsAreAlike;
    this.#scene = scene;
    this.#index = index;
    const { type } = scene.stage.effects;
    const orbitOf = Int32Array.from({ length: scene.classes.count }, (_, id) => orbits.find(id));
    this.#kinds = scene.classes.of.map((id, effect) => mix(orbitOf[id]!, type[effect]!));
  }

  of(effect: number): string {
    const { fabric, effects } = this.#scene.stage;
    const { endpoints } = touchedEndpoints(fabric, linksOf(effects, effect));
    const rails = fabric.railsPerServer;
    const rail = endpoints.length === 0 ? 0 : endpoints[0]! % rails;
    // Where rails are alike, the first rail has the same company as this one.
    const isOnOne = this.#railsAreAlike && endpoints.every((endpoint) => endpoint % rails === rail);
    const looked = isOnOne ? endpoints.map((endpoint) => endpoint - rail) : endpoints;
    const key = looked.join();
    const known = this.#known.get(key) ?? this.#look(looked);
    this.#known.set(key, known);
    return known;
  }

  #look(endpoints: readonly number[]): string {
    const index = this.#index;
    const kinds = this.#kinds;
    index.play(
      endpoints,
      endpoints.map(() => 3),
    );
    let first = 0;
    let second = 0;
    for (const other of index.neighbours()) {
      const near = mix(kinds[other]!, index.relationHash(other));
      first = (first + near) | 0;
      second = (second + mix(near, 0x51ed270b)) | 0;
    }
    return `${first}.${second}`;
  }
}
