/** One error type for everything a user can do wrong: a list of coded diagnostics, each with its place and a remedy. */

import type { DiagnosticCode } from "./diagnostic-codes.ts";

/** Where in an input file something stands. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Length of the marked text in characters, at least 1. */
  readonly length: number;
  /** The whole text of the line, for the caret. */
  readonly lineText: string;
}

/** An error stops the work (exit code 2); a warning and a note do not. */
export type Severity = "error" | "warning" | "note";

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** What is wrong, with the values and numbers involved. */
  readonly message: string;
  /** What would be right; a full sentence. */
  readonly remedy?: string;
  /** Where in the input, when it came from a file. */
  readonly place?: Place;
  /** Path in the cluster file, as `plane.leaf.model`. */
  readonly path?: string;
}

/** Bad input. Carries every diagnostic found, so that the user sees them all at once. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((each) => `${each.code}: ${each.message}`).join("\n"));
    this.diagnostics = diagnostics;
  }
}

/** A `UserError` of one diagnostic. */
export function userError(code: DiagnosticCode, message: string, remedy?: string): UserError {
  return new UserError([{ code, severity: "error", message, ...(remedy === undefined ? {} : { remedy }) }]);
}

/** Throws when any of the diagnostics is an error. */
export function throwOnErrors(diagnostics: readonly Diagnostic[]): void {
  const errors = diagnostics.filter((each) => each.severity === "error");
  if (errors.length > 0) throw new UserError(errors);
}
