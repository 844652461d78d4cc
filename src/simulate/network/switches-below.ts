/** Which switches lie below each other, over links of any health: what a link can matter to. */

import type { Network } from "./network.ts";

/** Switches at or below one, nearest first. */
export interface Below {
  readonly switches: Int32Array;
  /** Links down to each of them, at least. */
  readonly depths: Uint8Array;
}

export class SwitchesBelow {
  readonly #network: Network;
  readonly #known = new Map<number, Below>();

  constructor(network: Network) {
    this.#network = network;
  }

  /** The switches at or below a switch. */
  of(top: number): Below {
    let below = this.#known.get(top);
    if (below === undefined) {
      below = this.#search(top);
      this.#known.set(top, below);
    }
    return below;
  }

  #search(top: number): Below {
    const { split, offsets, linksOf, fabric } = this.#network;
    const depthOf = new Map([[top, 0]]);
    for (const [node, depth] of depthOf)
      for (let at = split[node]!; at < offsets[node + 1]!; at++) {
        const lower = fabric.links.lowerSwitch[linksOf[at]!]!;
        if (!depthOf.has(lower)) depthOf.set(lower, depth + 1);
      }
    return { switches: Int32Array.from(depthOf.keys()), depths: Uint8Array.from(depthOf.values()) };
  }
}
