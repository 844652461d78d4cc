/** The state after any one part has failed. */

import { partName } from "../fabric/names.ts";
import { type Fabric, partKinds, stages } from "../fabric/types.ts";
import type { Outcome } from "./failure-model.ts";
import { comparePath } from "./path-order.ts";
import { outcomesOfClasses, type Scene } from "./scene.ts";
import { failureOf } from "./stage.ts";
import { type NMinusOne, verdicts } from "./types.ts";

/** Parts of one kind and stage (codes) with one outcome. */
export interface PartOutcome {
  readonly kind: number;
  readonly stage: number;
  readonly count: number;
  /** One of the parts. */
  readonly example: number;
  readonly outcome: Outcome;
  /** Bandwidth kept when packed. */
  readonly packed: number;
}

/** The outcome of an effect's failure. */
export type OutcomeOf = (effect: number) => Outcome;

/** Outcomes by effect: worked out once for each class, or `exhaustive`. */
export function outcomesOfEffects(scene: Scene, exhaustive: boolean): OutcomeOf {
  if (exhaustive) return (effect) => outcomeAlone(scene, effect);
  const outcomes = outcomesOfClasses(scene);
  return (effect) => outcomes[scene.classes.of[effect]!]!;
}

/**
 * The outcome of every part's failure, in the placement in force and packed. Equal failures are worked out once;
 * `exhaustive` works out every effect by itself, to check the classes and symmetries.
 */
export function outcomesOfParts(
  placed: Scene,
  packed: Scene,
  inForce: OutcomeOf,
  whenPacked: OutcomeOf,
  exhaustive: boolean,
): PartOutcome[] {
  const { effects, fabric } = placed.stage;
  const groups = new Map<number, { effect: number; effects: number }>();
  const scale = [packed.classes.count, effects.types.length] as const;
  for (let effect = 0; effect < effects.count; effect++) {
    const classes = placed.classes.of[effect]! * scale[0] + packed.classes.of[effect]!;
    const key = exhaustive ? effect : classes * scale[1] + effects.type[effect]!;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { effect, effects: 1 });
    else group.effects++;
  }
  return [...groups.values()].flatMap(({ effect, effects: times }) => {
    const outcome = inForce(effect);
    const row = { outcome, packed: whenPacked(effect).bandwidthKept };
    return effects.types[effects.type[effect]!]!.map(({ kind, stage, count }) => ({
      ...row,
      kind,
      stage,
      count: count * times,
      example: examplePart(fabric, effects, effect, kind, stage),
    }));
  });
}

/** An effect's outcome without classes. Effects in later blocks are still played in the first of their class. */
function outcomeAlone({ stage, healthy }: Scene, effect: number): Outcome {
  const { blocks } = stage;
  const block = blocks.ofEffect[effect]!;
  const equal = blocks.classes.find((each) => each.includes(block));
  const place = equal === undefined ? -1 : blocks.blocks[block]!.effects.indexOf(effect);
  return healthy.outcome(failureOf(stage, equal === undefined ? effect : blocks.blocks[equal[0]!]!.effects[place]!));
}

/** The first part of this kind and stage that has the effect, after `skip` others. */
export function examplePart(
  fabric: Fabric,
  effects: Scene["stage"]["effects"],
  effect: number,
  kind: number,
  stage: number,
  skip = 0,
): number {
  let skipped = 0;
  for (let at = effects.partOffsets[effect]!; at < effects.partOffsets[effect + 1]!; at++) {
    const part = effects.partOf[at]!;
    if (fabric.parts.kind[part] === kind && fabric.parts.stage[part] === stage && skipped++ === skip) return part;
  }
  return effects.partOf[effects.partOffsets[effect]!]!;
}

/** Rows of the report: parts that fail alike together, worst first. */
export function tabulate(fabric: Fabric, outcomes: readonly PartOutcome[]): NMinusOne[] {
  const rows = new Map<string, NMinusOne & { count: number }>();
  for (const { kind, stage, count, example, outcome, packed } of outcomes) {
    const { verdict, gpusCutOff, bandwidthKept } = outcome;
    const key = [kind, stage, verdict, gpusCutOff, bandwidthKept.toFixed(9), packed.toFixed(9)].join();
    const row = rows.get(key);
    if (row !== undefined) row.count += count;
    else
      rows.set(key, {
        kind: partKinds[kind]!,
        stage: stages[stage]!,
        count,
        example: partName(fabric, example),
        gpusCutOff,
        bandwidthKept,
        bandwidthKeptPacked: packed,
        verdict,
      });
  }
  return [...rows.values()].sort(
    (left, right) =>
      verdicts.indexOf(right.verdict) - verdicts.indexOf(left.verdict) ||
      left.bandwidthKept - right.bandwidthKept ||
      comparePath(left, right),
  );
}
