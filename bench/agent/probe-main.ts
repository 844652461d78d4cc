/**
 * Some probes as one process, each in a thread of its own: `node probe-main.js '[{...}]'`. On a line it says what each has
 * seen since the last such line.
 */

import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { nowUs } from "../../src/transport/clock.ts";
import { type ProbeReading, type ProbeSetup, probeFieldCount, probeFields } from "./probe-setup.ts";

const setups = JSON.parse(process.argv[2] ?? "[]") as Omit<ProbeSetup, "shared">[];
const probes = setups.map((setup) => {
  const shared = new SharedArrayBuffer(8 * probeFieldCount);
  const worker = new Worker(new URL("./probe-worker.js", import.meta.url), { workerData: { ...setup, shared } });
  worker.on("error", (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
  return new Float64Array(shared);
});
const say = (value: object) => process.stdout.write(`${JSON.stringify(value)}\n`);
const waiting = setInterval(() => {
  if (!probes.every((fields) => fields[probeFields.ready] === 1)) return;
  clearInterval(waiting);
  say({ ready: true });
}, 10);
createInterface({ input: process.stdin })
  .on("line", () => {
    const atUs = nowUs();
    say(
      probes.map((fields): ProbeReading => {
        const [longestGapUs, received] = [fields[probeFields.longestGapUs]!, fields[probeFields.received]!];
        fields[probeFields.longestGapUs] = 0;
        fields[probeFields.received] = 0;
        return { longestGapUs, openGapUs: Math.max(atUs - fields[probeFields.lastUs]!, 0), received };
      }),
    );
  })
  .on("close", () => process.exit(0));
