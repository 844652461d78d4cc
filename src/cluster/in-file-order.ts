/** The order in which diagnostics are shown. */

import type { Diagnostic } from "../base/diagnostics.ts";

/** Sorted by line and column; stable. */
export function inFileOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const line = (each: Diagnostic) => each.place?.line ?? 0;
  const column = (each: Diagnostic) => each.place?.column ?? 0;
  return [...diagnostics].sort((left, right) => line(left) - line(right) || column(left) - column(right));
}
