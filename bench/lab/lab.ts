/**
 * npm run bench:lab (root, FRR): how long `twinspine lab up` takes until everything has converged, by the size of the
 * fabric, what the daemons then cost, and how far this machine goes. Every lab is taken down again.
 * Arguments: sizes to run, of those below (default: all, until one does not converge).
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const root = resolve(import.meta.dirname, "../../../..");
const program = join(root, "bin/twinspine.js");
/** Leaves, spines and servers; the interval of BFD, times 3. */
const sizes = [
  { name: "16", leaves: 4, spines: 4, servers: 8, intervalMs: 50 },
  { name: "40 switches", leaves: 32, spines: 8, servers: 32, intervalMs: 300 },
  { name: "72 switches", leaves: 64, spines: 8, servers: 64, intervalMs: 1_000 },
  { name: "136 switches", leaves: 128, spines: 8, servers: 128, intervalMs: 3_000 },
] as const;
const lab = "bench-lab";
const costSeconds = 5;
const timeoutSeconds = 150;

const clusterOf = ({ leaves, spines, servers, intervalMs }: (typeof sizes)[number]) => `
name: bench
servers: { count: ${servers}, gpus: 1, nics: 1 }
plane:
  railOptimized: false
  leaf: { model: SN5600, downlinks: ${(2 * servers) / leaves}, uplinks: ${spines} }
  spine: { model: SN5600, count: ${spines} }
switching: { heartbeat: { interval: ${intervalMs}ms, misses: 3 } }
`;

interface Up {
  readonly nodes: number;
  readonly links: number;
  readonly startedMs: number;
  readonly convergedMs: number;
}

function twinspine(...words: string[]): {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const run = spawnSync(process.execPath, [program, "lab", ...words], { encoding: "utf8", maxBuffer: 1 << 28 });
  return { code: run.status, stdout: run.stdout, stderr: run.stderr };
}

/** Processor time in ms and resident memory in MB of all daemons of one name. */
function costOf(daemon: string): { readonly cpuMs: number; readonly memoryMB: number } {
  let [ticks, pages] = [0, 0];
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const [, command = "", rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      if (command !== daemon) continue;
      const fields = rest.split(" ");
      ticks += Number(fields[11]) + Number(fields[12]);
      pages += Number(fields[21]);
    } catch {
      // It has ended meanwhile.
    }
  }
  return { cpuMs: ticks * 10, memoryMB: (pages * 4_096) / 1e6 };
}

const folder = mkdtempSync(join(tmpdir(), "twinspine-bench-"));
process.stdout.write(`${cpus().length} cores (${cpus()[0]?.model}), Node ${process.version}\n\n`);
process.stdout.write(
  "| fabric | nodes | links | BFD | started | converged | cores for BFD | cores for bgpd, zebra | memory |\n",
);
process.stdout.write("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
try {
  const wanted = process.argv.slice(2);
  for (const size of sizes.filter(({ name }) => wanted.length === 0 || wanted.includes(name.split(" ")[0]!))) {
    const file = join(folder, "cluster.yaml");
    writeFileSync(file, clusterOf(size));
    try {
      const { code, stdout, stderr } = twinspine(
        ...["up", file, "--name", lab, "--nodes", "1000", "--timeout", String(timeoutSeconds), "--json"],
      );
      if (code !== 0) {
        process.stdout.write(`| ${size.name} | did not converge: ${stderr.split("\n")[0]?.slice(0, 200)} |\n`);
        break;
      }
      const { nodes, links, startedMs, convergedMs } = JSON.parse(stdout) as Up;
      const read = () => ["bfdd", "bgpd", "zebra"].map(costOf);
      const before = read();
      await sleep(costSeconds * 1_000);
      const after = read();
      const cores = after.map(({ cpuMs }, index) => (cpuMs - before[index]!.cpuMs) / (costSeconds * 1_000));
      const memory = after.reduce((sum, { memoryMB }) => sum + memoryMB, 0);
      process.stdout.write(
        `| ${size.name} | ${nodes} | ${links} | 3 x ${size.intervalMs} ms | ${(startedMs / 1_000).toFixed(1)} s | ` +
          `${(convergedMs / 1_000).toFixed(1)} s | ${cores[0]!.toFixed(2)} | ${(cores[1]! + cores[2]!).toFixed(2)} | ${memory.toFixed(0)} MB |\n`,
      );
    } finally {
      twinspine("down", file, "--name", lab);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
