/** Waiting for what other processes bring about. */

import { setTimeout as sleep } from "node:timers/promises";

const waitMsMax = 30_000;

/** Resolves once it is so, asking again and again; rejects after 30 s, saying what did not happen and what was seen instead. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  seen: () => string = () => "",
): Promise<void> {
  for (const endMs = Date.now() + waitMsMax; Date.now() < endMs; await sleep(20)) if (await isSo()) return;
  throw new Error(`within ${waitMsMax / 1_000} s this did not happen: ${what}\n${seen()}`);
}
