/** What two failures leave, for reading: pairs of parts merged by stage and effect, worst first. */

import { type NMinusTwo, type Verdict, verdicts } from "../audit/index.ts";
import type { Stage } from "../fabric/index.ts";
import { partOfStage } from "./words.ts";

/** Pairs of the same stages with the same effect, whatever kinds of part they are of. */
export interface StagePair {
  readonly verdict: Verdict;
  readonly stages: readonly [Stage, Stage];
  /** How the two lie to each other, in words; several relations are joined by "or". */
  readonly relation: string;
  /** Unordered pairs of parts. */
  readonly count: number;
  readonly gpusCutOff: number;
  readonly bandwidthKept: number;
}

/** Merges the rows of N-2 that differ only in the kinds of part or in how they lie; worst first, then most pairs. */
export function stagePairs(rows: readonly NMinusTwo[]): StagePair[] {
  const groups = new Map<string, StagePair & { readonly relations: Set<string> }>();
  for (const row of rows) {
    const stages = [...row.stages].sort() as [Stage, Stage];
    const key = JSON.stringify([row.verdict, stages, row.gpusCutOff, row.bandwidthKept.toFixed(6)]);
    const before = groups.get(key);
    const relations = before?.relations ?? new Set<string>();
    for (const relation of row.relation.split(" or ")) relations.add(relation);
    const { verdict, gpusCutOff, bandwidthKept } = row;
    groups.set(key, {
      verdict,
      stages,
      relation: "",
      count: (before?.count ?? 0) + row.count,
      gpusCutOff,
      bandwidthKept,
      relations,
    });
  }
  const rank = (pair: StagePair) => verdicts.indexOf(pair.verdict);
  return [...groups.values()]
    .map(({ relations, ...pair }) => ({ ...pair, relation: joined(relations) }))
    .sort(
      (left, right) =>
        rank(right) - rank(left) ||
        left.bandwidthKept - right.bandwidthKept ||
        right.gpusCutOff - left.gpusCutOff ||
        right.count - left.count,
    );
}

/** At most two relations in words; a longer list says nothing to a reader. */
function joined(relations: ReadonlySet<string>): string {
  return relations.size <= 2 ? [...relations].join(" or ") : "several positions";
}

/** The pair in words: `part of the access link and spine switch, same pod`. */
export function stagePairWords({ stages, relation }: StagePair): string {
  return `${partOfStage(stages[0])} and ${partOfStage(stages[1])}, ${relation}`;
}
