/** Faults that come and go. */

import { setTimeout as sleep } from "node:timers/promises";
import type { LabFault } from "../faults.ts";
import { endFaults, setFaults } from "./fail.ts";
import type { LabState } from "./state.ts";

export interface Flapping {
  readonly times: number;
  readonly downMs: number;
  readonly upMs: number;
}

/** Takes the faults in and out; at the end, and after an abort, they are out. The other faults of the lab stay. */
export async function flap(
  state: LabState,
  faults: readonly LabFault[],
  { times, downMs, upMs, signal }: Flapping & { readonly signal: AbortSignal },
): Promise<void> {
  let now = state;
  try {
    for (let turn = 0; turn < times && !signal.aborted; turn++) {
      now = await setFaults(now, [...state.faults, ...faults]);
      await sleep(downMs, undefined, { signal });
      now = await setFaults(now, state.faults);
      if (turn < times - 1) await sleep(upMs, undefined, { signal });
    }
  } finally {
    await endFaults(state);
  }
}
