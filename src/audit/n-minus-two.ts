/**
 * The state after any two network parts have failed. One of each orbit of effects fails first; on top of it fails one
 * of each class of effects, counted by how many of the class lie far away, and every effect that lies near: in the same
 * block of switches, on the same servers, next to it in the ring. Every ordered pair is counted once, so that halving
 * gives all unordered pairs.
 */

import { assert } from "../base/assert.ts";
import { partName } from "../fabric/names.ts";
import { partKinds, stages } from "../fabric/types.ts";
import { failureKey, touchedEndpoints } from "./effect-classes.ts";
import type { FailureModel, Outcome } from "./failure-model.ts";
import { examplePart } from "./n-minus-one.ts";
import { PairIndex } from "./pair-index.ts";
import { type PairOrbit, pairOrbits } from "./pair-orbits.ts";
import { comparePath } from "./path-order.ts";
import { type RailClasses, railClasses } from "./rail-classes.ts";
import { Relations, relationText } from "./relation.ts";
import type { Scene } from "./scene.ts";
import { failureOf, linksOf, newCasting } from "./stage.ts";
import { type NMinusTwo, verdicts } from "./types.ts";

interface Row {
  readonly parts: readonly [number, number];
  /** Ordered pairs, so each unordered one twice. */
  count: number;
  readonly relations: Set<number>;
  readonly example: readonly [number, number];
  readonly outcome: Outcome;
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
  return play.tabulate();
}

class PairPlay {
  readonly orbits: readonly PairOrbit[];
  readonly #scene: Scene;
  readonly #index: PairIndex;
  readonly #relations: Relations;
  readonly #rails: RailClasses | undefined;
  readonly #exhaustive: boolean;
  readonly #types: number;
  /** Effects of each class and type (class x types + type). */
  readonly #members = new Map<number, number[]>();
  /** How many effects of each class and type there are in all. */
  readonly #counts = new Map<number, number>();
  /** Effects that are never counted by class: they touch servers and switches both. */
  readonly #odd: number[] = [];
  readonly #rows = new Map<string, Row>();
  readonly #isDead: Uint8Array;

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
    for (let effect = 0; effect < effects.count; effect++) {
      if (classes.footprint[classes.of[effect]!] === "other") this.#odd.push(effect);
      const key = classes.of[effect]! * this.#types + effects.type[effect]!;
      this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
      const block = blocks.ofEffect[effect]!;
      if (block >= 0 && !blocks.classes.some((equal) => equal[0] === block || equal[1] === block)) continue;
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
    const model = healthy.after(failureOf(stage, effect, casting));
    for (const link of linksOf(effects, effect)) this.#isDead[link] = 1;
    const isDead = (link: number) => this.#isDead[link] === 1;
    const touched = touchedEndpoints(stage.fabric, linksOf(effects, effect));
    this.#index.play(touched.endpoints, touched.sides);
    const isOdd = classes.footprint[classes.of[effect]!] === "other";
    const near = new Set(isOdd ? effects.type.keys() : this.#index.neighbours());
    for (const odd of this.#odd) near.add(odd);
    const block = blocks.ofEffect[effect]!;
    if (block >= 0) for (const other of blocks.blocks[block]!.effects) near.add(other);
    near.delete(effect);
    const known = new Map<string, Outcome>();
    const left = new Map(this.#counts);
    const take = (other: number) => {
      const key = classes.of[other]! * this.#types + effects.type[other]!;
      left.set(key, left.get(key)! - 1);
    };
    take(effect);
    for (const other of near) {
      take(other);
      const outcome = this.#outcomeNear(model, casting, effect, other, isDead, known);
      this.#count(effect, other, count, outcome);
    }
    for (const [key, times] of left) {
      if (times === 0) continue;
      const id = Math.floor(key / this.#types);
      const other = this.#farMember(key, near, effect, block);
      const name = this.#farKey(id, classes.of[effect]!);
      let outcome = this.#exhaustive ? undefined : known.get(name);
      if (outcome === undefined) {
        outcome = model.outcome(failureOf(stage, other, newCasting(stage, casting), isDead));
        known.set(name, outcome);
      }
      this.#count(effect, other, count * times, outcome);
    }
    for (const link of linksOf(effects, effect)) this.#isDead[link] = 0;
  }

  /** A member of the class and type that is not near, in a block that can be played beside the first. */
  #farMember(key: number, near: ReadonlySet<number>, effect: number, block: number): number {
    const { blocks } = this.#scene.stage;
    const found = this.#members
      .get(key)!
      .find((member) => member !== effect && !near.has(member) && (block < 0 || blocks.ofEffect[member] !== block));
    assert(found !== undefined, "a class that has members far away has one that can be played");
    return found;
  }

  /** Equal for classes that far away do the same: of rails other than that of the first effect, one stands for all. */
  #farKey(id: number, first: number): string {
    const rails = this.#rails;
    if (rails === undefined) return `far${id}`;
    const rail = rails.railOf[id]!;
    const taken = rails.railOf[first]!;
    return rail >= 0 && taken !== -2 && rail !== taken ? `rails${rails.orbitOf(id)}` : `far${id}`;
  }

  #outcomeNear(
    model: FailureModel,
    casting: ReturnType<typeof newCasting>,
    effect: number,
    other: number,
    isDead: (link: number) => boolean,
    known: Map<string, Outcome>,
  ): Outcome {
    const { stage, classes } = this.#scene;
    const id = classes.of[other]!;
    let failure: ReturnType<typeof failureOf> | undefined;
    let key = `near${id}`;
    if (classes.footprint[id] === "access" && classes.footprint[classes.of[effect]!] !== "other") {
      key = `near${id}:${this.#index.relationKey(other)}`;
    } else if (classes.footprint[id] !== "leaf") {
      failure = failureOf(stage, other, newCasting(stage, casting), isDead);
      key = `near${failureKey(failure)}`;
    }
    const before = this.#exhaustive ? undefined : known.get(key);
    if (before !== undefined) return before;
    const outcome = model.outcome(failure ?? failureOf(stage, other, newCasting(stage, casting), isDead));
    known.set(key, outcome);
    return outcome;
  }

  /** Counts `times` ordered pairs of effects like these two, for all their parts. */
  #count(effect: number, other: number, times: number, outcome: Outcome): void {
    const { effects } = this.#scene.stage;
    const relation = this.#relations.of(effect, other);
    for (const one of effects.types[effects.type[effect]!]!)
      for (const two of effects.types[effects.type[other]!]!)
        this.#add(effect, one, other, two, times * one.count * two.count, relation, outcome);
  }

  /** Counts the pairs of parts that have one effect. */
  within(effect: number, outcome: Outcome): void {
    const { effects } = this.#scene.stage;
    const type = effects.types[effects.type[effect]!]!;
    for (const one of type)
      for (const two of type) {
        const count = one.count * (one === two ? two.count - 1 : two.count);
        if (count > 0) this.#add(effect, one, effect, two, count, 0, outcome);
      }
  }

  #add(
    effect: number,
    one: { kind: number; stage: number },
    other: number,
    two: { kind: number; stage: number },
    count: number,
    relation: number,
    outcome: Outcome,
  ): void {
    const codes = [one.kind * stages.length + one.stage, two.kind * stages.length + two.stage] as const;
    const isTurned = codes[0] > codes[1];
    const parts = isTurned ? ([codes[1], codes[0]] as const) : codes;
    const key = `${parts[0]},${parts[1]},${outcome.verdict},${outcome.gpusCutOff},${outcome.bandwidthKept.toFixed(9)}`;
    const row = this.#rows.get(key);
    if (row !== undefined) {
      row.count += count;
      row.relations.add(relation);
      return;
    }
    const { fabric, effects } = this.#scene.stage;
    const example = [
      examplePart(fabric, effects, effect, one.kind, one.stage, 0),
      examplePart(fabric, effects, other, two.kind, two.stage, effect === other && codes[0] === codes[1] ? 1 : 0),
    ] as const;
    this.#rows.set(key, {
      parts,
      count,
      relations: new Set([relation]),
      example: isTurned ? [example[1], example[0]] : example,
      outcome,
    });
  }

  tabulate(): { rows: NMinusTwo[]; pairs: number } {
    const { fabric, effects } = this.#scene.stage;
    let pairs = 0;
    const rows = [...this.#rows.values()].map((row): NMinusTwo => {
      assert(row.count % 2 === 0, "every pair of parts is counted from both its parts");
      pairs += row.count / 2;
      const [first, second] = row.parts;
      return {
        kinds: [partKinds[Math.floor(first / stages.length)]!, partKinds[Math.floor(second / stages.length)]!],
        stages: [stages[first % stages.length]!, stages[second % stages.length]!],
        relation: relationText(row.relations),
        count: row.count / 2,
        example: [partName(fabric, row.example[0]), partName(fabric, row.example[1])],
        gpusCutOff: row.outcome.gpusCutOff,
        bandwidthKept: row.outcome.bandwidthKept,
        verdict: row.outcome.verdict,
      };
    });
    const parts = effects.partOf.length;
    assert(pairs === (parts * (parts - 1)) / 2, "the pairs of the rows are all pairs");
    rows.sort(
      (left, right) =>
        verdicts.indexOf(right.verdict) - verdicts.indexOf(left.verdict) ||
        left.bandwidthKept - right.bandwidthKept ||
        comparePath({ kind: left.kinds[0], stage: left.stages[0] }, { kind: right.kinds[0], stage: right.stages[0] }) ||
        comparePath({ kind: left.kinds[1], stage: left.stages[1] }, { kind: right.kinds[1], stage: right.stages[1] }),
    );
    return { rows, pairs };
  }
}
