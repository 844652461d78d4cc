/** Plays many seeds of the adversarial network: `npm run swarm -- --runs 10000 [--seed 1]`. Ends with 1 at the first failure. */

import { parseArgs } from "node:util";
import { playSeed } from "../src/switching/testing/swarm.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "10000" }, seed: { type: "string", default: "1" } },
});
const runs = Number(values.runs);
const firstSeed = Number(values.seed);
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(firstSeed) || firstSeed < 0) {
  process.stderr.write("usage: npm run swarm -- [--runs N] [--seed S]\n");
  process.exit(2);
}

const begun = performance.now();
let events = 0;
let takeovers = 0;
let deliveredBytes = 0;
let ended = 0;
let told = begun;
for (let run = 0; run < runs; run++) {
  const result = playSeed(firstSeed + run);
  events += result.events;
  takeovers += result.takeovers;
  deliveredBytes += result.deliveredBytes;
  if (result.ended) ended += 1;
  if (result.failure !== undefined) {
    process.stdout.write(`seed ${result.seed} fails: ${result.failure}\n`);
    process.stdout.write(`again: npm run swarm -- --runs 1 --seed ${result.seed}\n`);
    process.exit(1);
  }
  if (performance.now() - told < 10_000) continue;
  told = performance.now();
  process.stderr.write(`${run + 1} runs, ${Math.round((run + 1) / ((told - begun) / 1000))} a second\n`);
}
const seconds = (performance.now() - begun) / 1000;
process.stdout.write(
  `${runs} runs clean (seeds ${firstSeed} to ${firstSeed + runs - 1}) in ${seconds.toFixed(1)} s, ` +
    `${Math.round(runs / seconds)} a second: ${events} events, ${takeovers} takeovers, ` +
    `${deliveredBytes} bytes delivered, ${ended} sessions ended for good reason\n`,
);
