/** The ways a link is cut. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Fabric, Fault, Link } from "../../test/agent/fabric.ts";

export interface Cut {
  readonly name: string;
  /** Breaks the link for about this long; it need not be healed at the end. */
  run(fabric: Fabric, link: Link, outageMs: number): Promise<void>;
}

const lasting = (name: string, fault: Fault): Cut => ({
  name,
  async run(fabric, link, outageMs) {
    fabric.breakLink(link, fault);
    await sleep(outageMs);
  },
});

const flapMs = 40;
const flaps = 5;

export const cuts: readonly Cut[] = [
  lasting("carrier near", { kind: "carrier", host: 0 }),
  lasting("carrier far", { kind: "carrier", host: 1 }),
  lasting("black hole", { kind: "dark" }),
  lasting("black hole one way", { kind: "darkFrom", host: 0 }),
  {
    name: "flap",
    async run(fabric, link, outageMs) {
      for (let turn = 0; turn < flaps; turn++) {
        fabric.breakLink(link, { kind: "dark" });
        await sleep(flapMs);
        fabric.healLink(link);
        await sleep(flapMs);
      }
      await sleep(Math.max(outageMs - 2 * flaps * flapMs, 0));
    },
  },
  lasting("slowed to 1 Mbit/s", { kind: "slow", bitsPerSecond: 1_000_000 }),
];
