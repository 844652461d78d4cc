/** What is broken, as the drawing takes it. */

import type { Broken } from "../drawing/boxes.ts";
import type { Rows } from "../drawing/rows.ts";
import type { Wrong } from "../worker/protocol.ts";

/** Of the links and parts of an answer; without one nothing is broken. */
export function brokenOf(
  laid: Rows,
  wrong: Pick<Wrong, "links" | "states"> | undefined,
  parts: Iterable<number>,
): Broken {
  const linkState = new Uint8Array(laid.fabric.links.count);
  const deadOfBundle = new Int32Array(laid.bundles.count);
  if (wrong !== undefined)
    for (const [index, link] of wrong.links.entries()) {
      linkState[link] = wrong.states[index]!;
      const bundle = laid.bundleOfLink[link]!;
      if (bundle >= 0) deadOfBundle[bundle]!++;
    }
  return { linkState, deadOfBundle, parts: new Set(parts) };
}
