/** Adds up pairs of effects and turns them into rows for pairs of parts. */

import { assert } from "../base/assert.ts";
import { partName } from "../fabric/names.ts";
import { partKinds, stages } from "../fabric/types.ts";
import type { Outcome } from "./failure-model.ts";
import { examplePart } from "./n-minus-one.ts";
import { comparePath } from "./path-order.ts";
import { relationText } from "./relation.ts";
import type { Stage } from "./stage.ts";
import { type NMinusTwo, verdicts } from "./types.ts";

/** Two effects and what they do together. */
export interface PairOutcome {
  readonly effect: number;
  readonly other: number;
  /** Types of the two effects: which parts have them. */
  readonly types: readonly [number, number];
  readonly relation: number;
  readonly outcome: Outcome;
  /** Whether the two are one effect, that of several parts. */
  readonly isOne: boolean;
}

interface Sum extends PairOutcome {
  times: number;
}

const typesMax = 8192;
const relationsMax = 16;
const outcomesMax = 1_048_576;

/** Ordered pairs of effects by their types, relation and outcome. */
export class PairSums {
  readonly #outcomes = new Map<Outcome, number>();
  readonly #numbers = new Map<string, number>();
  readonly #sums = new Map<number, Sum>();

  add(pair: PairOutcome, times: number): void {
    const [first, second] = pair.types;
    assert(first < typesMax && second < typesMax, "types of effects have numbers");
    const types = first * typesMax + second;
    // At most 2^51.
    const key =
      ((types * relationsMax + pair.relation) * outcomesMax + this.#numberOf(pair.outcome)) * 2 + (pair.isOne ? 1 : 0);
    const sum = this.#sums.get(key);
    if (sum === undefined) this.#sums.set(key, { ...pair, times });
    else sum.times += times;
  }

  get sums(): Iterable<Sum> {
    return this.#sums.values();
  }

  #numberOf(outcome: Outcome): number {
    const known = this.#outcomes.get(outcome);
    if (known !== undefined) return known;
    const key = `${outcome.verdict},${outcome.gpusCutOff},${outcome.bandwidthKept.toFixed(9)}`;
    const number = this.#numbers.get(key) ?? this.#numbers.size;
    assert(number < outcomesMax, "distinct outcomes of pairs have numbers");
    this.#numbers.set(key, number);
    this.#outcomes.set(outcome, number);
    return number;
  }
}

interface Row {
  readonly parts: readonly [number, number];
  /** Ordered pairs, so each unordered one twice. */
  count: number;
  readonly relations: Set<number>;
  readonly example: readonly [number, number];
  readonly outcome: Outcome;
}

/** Rows of pairs of parts, worst first, and the number of pairs, which is that of all pairs. */
export function tabulatePairs(stage: Stage, { sums }: PairSums): { rows: NMinusTwo[]; pairs: number } {
  const { fabric, effects } = stage;
  const rows = new Map<string, Row>();
  for (const { effect, other, types, relation, outcome, isOne, times } of sums) {
    for (const [first, one] of effects.types[types[0]]!.entries()) {
      for (const [second, two] of effects.types[types[1]]!.entries()) {
        const partner = isOne && first === second ? two.count - 1 : two.count;
        if (partner === 0) continue;
        const codes = [one.kind * stages.length + one.stage, two.kind * stages.length + two.stage] as const;
        const isTurned = codes[0] > codes[1];
        const parts = isTurned ? ([codes[1], codes[0]] as const) : codes;
        const key = `${parts},${outcome.verdict},${outcome.gpusCutOff},${outcome.bandwidthKept.toFixed(9)}`;
        const row = rows.get(key);
        if (row !== undefined) {
          row.count += times * one.count * partner;
          row.relations.add(relation);
          continue;
        }
        const example = [
          examplePart(fabric, effects, effect, one.kind, one.stage),
          examplePart(fabric, effects, other, two.kind, two.stage, isOne && first === second ? 1 : 0),
        ] as const;
        rows.set(key, {
          parts,
          count: times * one.count * partner,
          relations: new Set([relation]),
          example: isTurned ? [example[1], example[0]] : example,
          outcome,
        });
      }
    }
  }
  const pairs = [...rows.values()].reduce((sum, row) => sum + row.count, 0) / 2;
  const parts = effects.partOf.length;
  assert(pairs === (parts * (parts - 1)) / 2, "the pairs of the rows are all pairs");
  const found = [...rows.values()].map((row) => describe(stage, row));
  found.sort(
    (left, right) =>
      verdicts.indexOf(right.verdict) - verdicts.indexOf(left.verdict) ||
      left.bandwidthKept - right.bandwidthKept ||
      comparePath({ kind: left.kinds[0], stage: left.stages[0] }, { kind: right.kinds[0], stage: right.stages[0] }) ||
      comparePath({ kind: left.kinds[1], stage: left.stages[1] }, { kind: right.kinds[1], stage: right.stages[1] }),
  );
  return { rows: found, pairs };
}

function describe({ fabric }: Stage, row: Row): NMinusTwo {
  assert(row.count % 2 === 0, "every pair of parts is counted from both its parts");
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
}
