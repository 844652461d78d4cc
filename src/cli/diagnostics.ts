/** Diagnostics on standard error. */

import { diagnosticText } from "../base/diagnostic-text.ts";
import type { Diagnostic, Place } from "../base/diagnostics.ts";

/** Prints diagnostics for people: errors first, each with its place and remedy. */
export function printDiagnostics(diagnostics: readonly Diagnostic[]): void {
  process.stderr.write(diagnosticText(diagnostics));
}

/** The diagnostics with the place in the cluster file that their path names. */
export function placed(diagnostics: readonly Diagnostic[], locate: (path: string) => Place | undefined): Diagnostic[] {
  return diagnostics.map((each) => {
    const place = each.place ?? (each.path === undefined ? undefined : locate(each.path));
    return place === undefined ? each : { ...each, place };
  });
}
