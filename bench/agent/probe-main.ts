/** A probe as a process: `node probe-main.js '{...}'`; on a line "gap" it says the longest gap since the last such line. */

import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { type ProbeSetup, probeFieldCount, probeFields } from "./probe-setup.ts";

const shared = new SharedArrayBuffer(8 * probeFieldCount);
const fields = new Float64Array(shared);
const setup = JSON.parse(process.argv[2] ?? "{}") as Omit<ProbeSetup, "shared">;
const worker = new Worker(new URL("./probe-worker.js", import.meta.url), { workerData: { ...setup, shared } });
worker.on("error", (error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
const waiting = setInterval(() => {
  if (fields[probeFields.ready] !== 1) return;
  clearInterval(waiting);
  say({ ready: true });
}, 10);
createInterface({ input: process.stdin })
  .on("line", () => {
    const longestGapUs = fields[probeFields.longestGapUs]!;
    fields[probeFields.longestGapUs] = 0;
    say({ longestGapUs, received: fields[probeFields.received], lost: fields[probeFields.lost] });
  })
  .on("close", () => process.exit(0));
