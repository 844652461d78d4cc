/**
 * npm run bench: how long `assess` takes and how much memory it needs from 1,000 to 100,000 GPUs, with the full N-1 and
 * the single-link baseline, and how long N-2 takes besides, each run in a process of its own, the sizes interleaved.
 */

import { execFileSync } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { median } from "../../src/base/median.ts";

interface Result {
  readonly gpus: number;
  readonly parts: number;
  readonly totalMs: number;
  readonly stages: Record<string, number>;
  readonly peakMiB: number;
}

const sizes = [128, 512, 1536, 6144, 12_288];
const repeats = Number(process.argv[2] ?? 5);
const pairRepeats = Math.min(repeats, 2);
const script = join(import.meta.dirname, "one-size.js");
const results = new Map<number, Result[]>();
const withPairs = new Map<number, number[]>();
const run = (servers: number, pairs: string) =>
  JSON.parse(execFileSync(process.execPath, [script, String(servers), pairs], { encoding: "utf8" })) as Result;
for (let round = 0; round < repeats; round++) {
  for (const servers of sizes) {
    results.set(servers, [...(results.get(servers) ?? []), run(servers, "no-pairs")]);
    if (round < pairRepeats) {
      const ms = run(servers, "pairs").stages["two failures"] ?? 0;
      withPairs.set(servers, [...(withPairs.get(servers) ?? []), ms]);
    }
  }
}

const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
console.log(`assess of a two-plane, three-tier fabric with full N-1 and the single-link baseline`);
console.log(
  `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, commit ${commit}, median of ${repeats}\n`,
);
console.log("   GPUs      parts   total ms   us per part   peak MiB   N-2 besides, ms   stages (ms, first run)");
for (const servers of sizes) {
  const runs = results.get(servers)!;
  const first = runs[0]!;
  const total = median(runs.map((each) => each.totalMs));
  const peak = median(runs.map((each) => each.peakMiB));
  const stages = Object.entries(first.stages)
    .map(([label, ms]) => `${label} ${ms}`)
    .join(", ");
  const perPart = ((total * 1000) / first.parts).toFixed(1);
  console.log(
    `${String(first.gpus).padStart(7)} ${String(first.parts).padStart(10)} ${String(total).padStart(10)} ${perPart.padStart(13)} ${String(peak).padStart(10)} ${String(median(withPairs.get(servers) ?? [])).padStart(17)}   ${stages}`,
  );
}
