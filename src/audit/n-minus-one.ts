/** The state after any one part has failed. */

import { partName } from "../fabric/names.ts";
import { type Fabric, partKinds, stages } from "../fabric/types.ts";
import { accessKey } from "./access-classes.ts";
import { type PartCount, partsOfEffect } from "./effects.ts";
import type { Failure, Outcome } from "./failure-model.ts";
import { comparePath } from "./path-order.ts";
import { failureOf, representedEffects, type Stage } from "./stage.ts";
import { type NMinusOne, verdicts } from "./types.ts";

/** Parts of one kind and stage with one outcome. */
export interface PartOutcome extends PartCount {
  readonly outcome: Outcome;
}

/**
 * The outcome of every part's failure. Equal failures are worked out once; `exhaustive` works out every effect by
 * itself (within equal blocks, one of them), to check the classes.
 */
export function outcomesOfParts(stage: Stage, exhaustive: boolean, onProgress: (done: number) => void): PartOutcome[] {
  const known = new Map<string, Outcome>();
  const found: PartOutcome[] = [];
  let looked = 0;
  for (const { effect, times } of representedEffects(stage)) {
    if (++looked % 4096 === 0) onProgress(looked / stage.effects.count);
    const failure = failureOf(stage, effect);
    const key = exhaustive ? `${effect}` : failureKey(stage, failure);
    let outcome = known.get(key);
    if (outcome === undefined) {
      outcome = stage.healthy.outcome(failure);
      known.set(key, outcome);
    }
    for (const row of partsOfEffect(stage.fabric, stage.effects, effect))
      found.push({ ...row, count: row.count * times, outcome });
  }
  return found;
}

/** Equal for failures with equal outcomes: their access links by their surroundings, their edges as they are. */
export function failureKey(stage: Stage, failure: Failure): string {
  const access =
    failure.deadNodes.length > 0 && failure.endpoints.length > 0
      ? ""
      : accessKey(stage.fabric, stage.rings, stage.classOfEndpoint, failure.endpoints, failure.sides);
  const edges = failure.edges.map((edge, index) => `${edge}x${failure.deadLinks[index]}`).sort();
  return `${access}#${edges.join()}#${failure.deadNodes.join()}`;
}

/** Rows of the report: parts that fail alike together, worst first. */
export function tabulate(fabric: Fabric, outcomes: readonly PartOutcome[]): NMinusOne[] {
  const rows = new Map<string, NMinusOne & { count: number }>();
  for (const { kind, stage, count, example, outcome } of outcomes) {
    const { verdict, gpusCutOff, bandwidthKept, bandwidthKeptPacked } = outcome;
    const key = [kind, stage, verdict, gpusCutOff, bandwidthKept.toFixed(9), bandwidthKeptPacked.toFixed(9)].join();
    const row = rows.get(key);
    if (row !== undefined) row.count += count;
    else
      rows.set(key, {
        kind: partKinds[kind]!,
        stage: stages[stage]!,
        count,
        example: partName(fabric, example),
        ...outcome,
      });
  }
  return [...rows.values()].sort(
    (left, right) =>
      verdicts.indexOf(right.verdict) - verdicts.indexOf(left.verdict) ||
      left.bandwidthKept - right.bandwidthKept ||
      comparePath(left, right),
  );
}
