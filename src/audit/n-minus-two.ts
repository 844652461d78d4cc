/**
 * The state after any two network parts have failed. One of each orbit of effects fails first; on top of it fails one
 * of each class of effects, counted by how many of the class lie far away, and every effect that lies near: in the same
 * block of switches, on the same servers, next to it in the ring. Every ordered pair is counted once, so that halving
 * gives all unordered pairs.
 */

import { assert } from "../base/assert.ts";
import type { Casting } from "./casting.ts";
import { failureKey, touchedEndpoints } from "./effect-classes.ts";
import type { Disturbance, Failure, FailureModel, Footprint, Outcome } from "./failure-model.ts";
import { PairIndex } from "./pair-index.ts";
import { type PairOrbit, pairOrbits } from "./pair-orbits.ts";
import { PairSums, tabulatePairs } from "./pair-sums.ts";
import { type RailClasses, railClasses } from "./rail-classes.ts";
import { Relations } from "./relation.ts";
import type { Scene } from "./scene.ts";
import { failureOf, linksOf, newCasting } from "./stage.ts";
import type { NMinusTwo } from "./types.ts";

/** A first failure that has happened, and what is known of second ones. */
interface Played {
  readonly effect: number;
  readonly casting: Casting;
  readonly model: FailureModel;
  readonly disturbance: Disturbance;
  readonly known: Map<string | number, Outcome>;
  readonly isDead: (link: number) => boolean;
}

/** All pairs, worst first, and their number. `outcomes` are those of each class alone. */
export function outcomesOfPairs(
  scene: Scene,
  outcomes: (effect: number) => Outcome,
  exhaustive: boolean,
  onProgress: (done: number) => void,
): { rows: NMinusTwo[]; pairs: number } {
  const play = new PairPlay(scene, exhaustive);
  const { effects } = scene.stage;
  for (const [done, orbit] of play.orbits.entries()) {
    onProgress(done / play.orbits.length);
    play.first(orbit);
  }
  for (let effect = 0; effect < effects.count; effect++) play.within(effect, outcomes(effect));
  return tabulatePairs(scene.stage, play.sums);
}

class PairPlay {
  readonly orbits: readonly PairOrbit[];
  readonly sums = new PairSums();
  readonly #scene: Scene;
  readonly #index: PairIndex;
  readonly #relations: Relations;
  readonly #rails: RailClasses | undefined;
  readonly #exhaustive: boolean;
  readonly #types: number;
  /** Effects of each class and type (class x types + type) that can be played. */
  readonly #members = new Map<number, number[]>();
  /** How many effects of each class and type there are in all. */
  readonly #counts = new Map<number, number>();
  /** Effects that are never counted by class: they touch servers and switches both. */
  readonly #odd: number[] = [];
  readonly #isDead: Uint8Array;
  /** What failures touch on the healthy fabric, with a number for each distinct profile. */
  readonly #footprints = new Map<string, { print: Footprint; profile: string } | undefined>();
  readonly #profiles = new Map<string, number>();

  constructor(scene: Scene, exhaustive: boolean) {
    const { stage, classes, rings } = scene;
    const { effects, blocks } = stage;
    this.#scene = scene;
    this.#exhaustive = exhaustive;
    this.#types = effects.types.length;
    this.#index = new PairIndex(stage, rings, classes);
    this.#relations = new Relations(stage, rings);
    this.#rails = exhaustive ? undefined : railClasses(scene);
    this.#isDead = new Uint8Array(stage.fabric.links.count);
    const playable = new Set(blocks.classes.flatMap((equal) => equal.slice(0, 2)));
    for (let effect = 0; effect < effects.count; effect++) {
      if (classes.footprint[classes.of[effect]!] === "other") this.#odd.push(effect);
      const key = classes.of[effect]! * this.#types + effects.type[effect]!;
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
      const block = blocks.ofEffect[effect]!;
      if (block >= 0 && !playable.has(block)) continue;
      const members = this.#members.get(key);
      if (members === undefined) this.#members.set(key, [effect]);
      else members.push(effect);
    }
    this.orbits = pairOrbits(scene, this.#index, exhaustive);
  }

  /** Counts all pairs whose first is in the orbit. */
  first({ effect, count }: PairOrbit): void {
    const { stage, healthy, classes } = this.#scene;
    const { effects, blocks } = stage;
    const casting = newCasting(stage);
    const failure = failureOf(stage, effect, casting);
    const model = healthy.after(failure);
    for (const link of linksOf(effects, effect)) this.#isDead[link] = 1;
    const state: Played = {
      effect,
      casting,
      model,
      disturbance: model.disturbance(healthy, failure),
      known: new Map(),
      isDead: (link) => this.#isDead[link] === 1,
    };
    const touched = touchedEndpoints(stage.fabric, linksOf(effects, effect));
    this.#index.play(touched.endpoints, touched.sides);
    const isOdd = classes.footprint[classes.of[effect]!] === "other";
    const near = new Set(isOdd ? effects.type.keys() : this.#index.neighbours());
    for (const odd of this.#odd) near.add(odd);
    const block = blocks.ofEffect[effect]!;
    if (block >= 0) for (const other of blocks.blocks[block]!.effects) near.add(other);
    near.delete(effect);
    const left = new Map(this.#counts);
    const take = (other: number) => {
      const key = classes.of[other]! * this.#types + effects.type[other]!;
      left.set(key, left.get(key)! - 1);
    };
    take(effect);
    for (const other of near) {
      take(other);
      this.#count(effect, other, count, this.#outcomeNear(state, other, isOdd));
    }
    for (const [key, times] of left) {
      if (times === 0) continue;
      const other = this.#farMember(key, near, effect, block);
      this.#count(effect, other, count * times, this.#outcomeFar(state, Math.floor(key / this.#types), other));
    }
    for (const link of linksOf(effects, effect)) this.#isDead[link] = 0;
  }

  /** Counts the pairs of parts that have one effect. */
  within(effect: number, outcome: Outcome): void {
    const type = this.#scene.stage.effects.type[effect]!;
    this.sums.add({ effect, other: effect, types: [type, type], relation: 0, outcome, isOne: true }, 1);
  }

  #count(effect: number, other: number, times: number, outcome: Outcome): void {
    const { type } = this.#scene.stage.effects;
    const relation = this.#relations.of(effect, other);
    const types = [type[effect]!, type[other]!] as const;
    this.sums.add({ effect, other, types, relation, outcome, isOne: false }, times);
  }

  /** A member of the class and type that is not near, in a block that can be played beside the first. */
  #farMember(key: number, near: ReadonlySet<number>, effect: number, block: number): number {
    const { blocks } = this.#scene.stage;
    let found = -1;
    for (const member of this.#members.get(key)!) {
      if (member === effect || near.has(member) || (block >= 0 && blocks.ofEffect[member] === block)) continue;
      found = member;
      break;
    }
    assert(found !== -1, "a class that has members far away has one that can be played");
    return found;
  }

  #outcomeFar(state: Played, id: number, other: number): Outcome {
    return this.#remember(state, this.#farKey(id, this.#scene.classes.of[state.effect]!), () => {
      const failure = this.#failureAfter(state, other);
      const isBlock = this.#scene.classes.footprint[id] === "block";
      return this.#outcomeAfter(state, failure, isBlock ? failureKey(failure) : `class${id}`);
    });
  }

  /** Equal for classes that far away do the same: of rails other than that of the first effect, one stands for all. */
  #farKey(id: number, first: number): number {
    const rails = this.#rails;
    if (rails === undefined) return id;
    const rail = rails.railOf[id]!;
    const taken = rails.railOf[first]!;
    return rail >= 0 && taken !== -2 && rail !== taken ? -1 - rails.orbitOf(id) : id;
  }

  #outcomeNear(state: Played, other: number, isOdd: boolean): Outcome {
    const { footprint, of } = this.#scene.classes;
    const id = of[other]!;
    const alone = () => state.model.outcome(this.#failureAfter(state, other));
    if (footprint[id] === "leaf") return this.#remember(state, `near${id}`, alone);
    if (footprint[id] === "access" && !isOdd)
      return this.#remember(state, `near${id}:${this.#index.relationKey(other)}`, alone);
    const failure = this.#failureAfter(state, other);
    const key = failureKey(failure);
    return this.#remember(state, key, () => this.#outcomeAfter(state, failure, footprint[id] === "block" ? key : ""));
  }

  #failureAfter(state: Played, other: number): Failure {
    const { stage } = this.#scene;
    return failureOf(stage, other, newCasting(stage, state.casting), state.isDead);
  }

  #remember(state: Played, key: string | number, work: () => Outcome): Outcome {
    const before = this.#exhaustive ? undefined : state.known.get(key);
    if (before !== undefined) return before;
    const outcome = work();
    state.known.set(key, outcome);
    return outcome;
  }

  /**
   * The outcome of a second failure. Where it touches nothing that the first has disturbed, it takes away and brings the
   * same constraints as on the healthy fabric, and one of its profile stands for all.
   */
  #outcomeAfter(state: Played, failure: Failure, key: string): Outcome {
    const { model, disturbance } = state;
    const found =
      key === "" || this.#exhaustive || disturbance.componentsChanged ? undefined : this.#look(key, failure);
    if (found === undefined) return model.outcome(failure);
    const { print, profile } = found;
    for (const edge of print.edges) if (disturbance.edges[edge] === 1) return model.outcome(failure);
    for (const leaf of print.leaves) if (disturbance.leaves[leaf] === 1) return model.outcome(failure);
    if (!model.staysJoined(failure)) return model.outcome(failure);
    return this.#remember(state, profile, () => model.outcome(failure));
  }

  /** The footprint of a failure on the healthy fabric; `key` names the failure. */
  #look(key: string, failure: Failure): { print: Footprint; profile: string } | undefined {
    if (this.#footprints.has(key)) return this.#footprints.get(key);
    const print = this.#scene.healthy.footprint(failure);
    let found: { print: Footprint; profile: string } | undefined;
    if (print !== undefined) {
      const number = this.#profiles.get(print.profile) ?? this.#profiles.size;
      this.#profiles.set(print.profile, number);
      found = { print, profile: `profile${number}` };
    }
    this.#footprints.set(key, found);
    return found;
  }
}
