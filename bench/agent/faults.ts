/** The ways a link is broken. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Fabric, Fault, Link } from "../../test/agent/fabric.ts";

export interface Cut {
  readonly name: string;
  /** Breaks the link; it is healed afterwards. */
  run(fabric: Fabric, link: Link): Promise<void>;
  /** Whether the stream may go on for a while before or after the fault is found, so that the whole outage is watched. */
  readonly creeping: boolean;
}

const lasting = (name: string, fault: Fault, creeping = false): Cut => ({
  name,
  creeping,
  async run(fabric, link) {
    fabric.breakLink(link, fault);
  },
});

const darkMs = 40;
const goodMs = 20;
const flaps = 3;

export const cuts: readonly Cut[] = [
  // What the machine and the load do to a stream by themselves.
  { name: "no fault", creeping: false, async run() {} },
  lasting("carrier near", { kind: "carrier", host: 0 }),
  lasting("carrier far", { kind: "carrier", host: 1 }),
  lasting("black hole", { kind: "dark" }),
  lasting("black hole one way", { kind: "darkFrom", host: 0 }),
  {
    name: "flap",
    creeping: false,
    async run(fabric, link) {
      for (let turn = 0; turn < flaps; turn++) {
        if (turn > 0) await sleep(goodMs);
        fabric.breakLink(link, { kind: "dark" });
        await sleep(darkMs);
        fabric.healLink(link);
      }
    },
  },
  lasting("slowed to 1 Mbit/s", { kind: "slow", bitsPerSecond: 1_000_000 }, true),
];
