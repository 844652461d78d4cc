/** What was changed or done and not saved, by file: it outlives a reload of the tab. */

import type { RoutingPolicy } from "../../../src/simulate/network/policy.ts";
import type { Action } from "../../../src/simulate/rehearsal/actions.ts";
import type { SwitchingMode } from "../../../src/switching/index.ts";

/** Text that was changed, and the file that it was made from. */
export interface Draft {
  readonly text: string;
  readonly saved: string;
  /** Version of the file with the `saved` text. */
  readonly version: string;
}

/** What was done to the fabric of a file, and under which rules. */
export interface Deeds {
  readonly actions: readonly Action[];
  readonly mode: SwitchingMode;
  readonly policy: RoutingPolicy;
  readonly seed: number;
}

const kept = <Kind extends object>(what: string) => ({
  /** Undefined where nothing was kept. */
  of(path: string): Kind | undefined {
    try {
      return JSON.parse(sessionStorage.getItem(`${what} ${path}`) ?? "null") ?? undefined;
    } catch {
      return undefined;
    }
  },
  /** Keeps it; undefined: forgets it. */
  keep(path: string, value: Kind | undefined): void {
    try {
      if (value === undefined) sessionStorage.removeItem(`${what} ${path}`);
      else sessionStorage.setItem(`${what} ${path}`, JSON.stringify(value));
    } catch {
      // The browser's store is full: it still lives in the page.
    }
  },
});

export const drafts = kept<Draft>("draft");
export const deeds = kept<Deeds>("deeds");
