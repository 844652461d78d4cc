/** Diagnostics on standard error. */

import { diagnosticText } from "../base/diagnostic-text.ts";
import type { Diagnostic } from "../base/diagnostics.ts";

/** Prints diagnostics for people: errors first, each with its place and remedy. */
export function printDiagnostics(diagnostics: readonly Diagnostic[]): void {
  process.stderr.write(diagnosticText(diagnostics));
}
