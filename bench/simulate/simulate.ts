/**
 * npm run bench:simulate: how long the simulation's engines take and how much memory they need. Every file in cases/ runs in
 * a process of its own, all of them in turn, several rounds; the medians count. First argument: rounds (default 3); second:
 * only cases whose file name contains it.
 */

import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { median } from "../../src/base/median.ts";
import type { Measurement } from "./measure.ts";

const rounds = Number(process.argv[2] ?? 3);
const wanted = process.argv[3] ?? "";
const folder = join(import.meta.dirname, "cases");
const files = readdirSync(folder).filter((name) => name.endsWith(".js") && name.includes(wanted));
const found = new Map<string, Measurement[]>();
for (let round = 0; round < rounds; round++)
  for (const file of files) {
    const output = execFileSync(process.execPath, [join(folder, file)], { encoding: "utf8" });
    for (const line of output.trim().split("\n")) {
      const each = JSON.parse(line) as Measurement;
      const key = `${each.name}\n${each.size}`;
      found.set(key, [...(found.get(key) ?? []), each]);
    }
  }

const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, commit ${commit}, median of ${rounds}`);
let name = "";
for (const each of found.values()) {
  const first = each[0]!;
  if (first.name !== name) console.log(`\n${first.name}`);
  name = first.name;
  const ms = median(each.map((one) => one.ms));
  const cpuMs = median(each.map((one) => one.cpuMs));
  const peak = median(each.map((one) => one.peakMiB));
  const limits = [
    ...(first.limitMs === undefined ? [] : [`${verdict(ms, cpuMs, first.limitMs)} ${first.limitMs} ms`]),
    ...(first.limitMiB === undefined ? [] : [`${peak <= first.limitMiB ? "within" : "OVER"} ${first.limitMiB} MiB`]),
    ...(first.peer === undefined ? [] : [`${Math.round(first.peer.ms / cpuMs)} times as fast as ${first.peer.name}`]),
  ];
  const figures = `${shown(ms)} ms ${shown(cpuMs)} CPU ms ${String(peak).padStart(6)} MiB`;
  console.log(`  ${first.size.padEnd(34)} ${figures}   ${limits.join(", ")}   ${first.result}`);
}

/** Within by the clock; or by the processor's time alone, where others had a share of the machine; or not at all. */
function verdict(ms: number, cpuMs: number, limitMs: number): string {
  if (ms <= limitMs) return "within";
  return cpuMs <= limitMs ? "within by CPU time, OVER by the clock:" : "OVER";
}

function shown(ms: number): string {
  return ms.toFixed(ms < 10 ? 3 : 1).padStart(10);
}
