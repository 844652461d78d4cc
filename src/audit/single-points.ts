/** Parts whose failure alone cuts a GPU off. */

import { comparePath } from "./path-order.ts";
import type { NMinusOne, SinglePointOfFailure } from "./types.ts";

/** In the order of the path from the server up; the worst verdict of a kind and stage first. */
export function singlePointsOfFailure(rows: readonly NMinusOne[]): SinglePointOfFailure[] {
  const found = new Map<string, SinglePointOfFailure & { count: number; gpusCutOff: number; example: string }>();
  for (const { kind, stage, count, example, verdict, gpusCutOff } of rows) {
    if (verdict !== "fatal" && verdict !== "rerouted") continue;
    const key = `${kind}/${stage}/${verdict}`;
    const row = found.get(key);
    if (row === undefined) {
      found.set(key, { kind, stage, count, example, verdict, gpusCutOff });
      continue;
    }
    row.count += count;
    if (gpusCutOff > row.gpusCutOff) {
      row.gpusCutOff = gpusCutOff;
      row.example = example;
    }
  }
  return [...found.values()].sort(
    (left, right) =>
      comparePath(left, right) || (left.verdict === "fatal" ? 0 : 1) - (right.verdict === "fatal" ? 0 : 1),
  );
}
