/** What is read of a link's interface and module, beside its traffic. */

import type { ModuleDiagnostics } from "../optics/module.ts";

export interface FecCounters {
  readonly correctedBlocks: number;
  readonly uncorrectableBlocks: number;
}

export interface LinkReading {
  /** Receive, send and frame errors. */
  readonly errors: number;
  readonly sentBytes: number;
  /** Undefined where the driver gives none; `moduleProblem` says why. */
  readonly module: ModuleDiagnostics | undefined;
  readonly moduleProblem: string | undefined;
  readonly fec: FecCounters | undefined;
}
