/**
 * Measures the agent between two network namespaces, beside what one has without it, in one run (root, iproute2, nftables,
 * iperf3, FRR): `npm run bench:agent -- [--cuts 20] [--systems a,b] [--faults c,d] [--loads idle,full]`, or
 * `npm run bench:agent -- --soak 30m [--profile default]`. A word of `--systems` or `--faults` selects all that begin so.
 */

import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { median } from "../../src/base/median.ts";
import { type Fabric, makeFabric } from "../../test/agent/fabric.ts";
import { type Cut, cuts } from "./faults.ts";
import { Lane } from "./lane.ts";
import { measureRow, type Row, type Site } from "./measure.ts";
import { soak } from "./soak.ts";
import { type System, systems } from "./systems.ts";

const { values } = parseArgs({
  options: {
    cuts: { type: "string", default: "20" },
    systems: { type: "string", default: "" },
    faults: { type: "string", default: "" },
    loads: { type: "string", default: "idle,full" },
    soak: { type: "string" },
    profile: { type: "string", default: "default" },
  },
});
const root = process.cwd();
const program = join(import.meta.dirname, "probe-main.js");
const folder = mkdtempSync(join(tmpdir(), "twinspine-bench-"));
// FRR's processes give up root and must still reach their folders in it.
chmodSync(folder, 0o711);
const fabrics: Fabric[] = [];
process.on("exit", () => {
  for (const each of fabrics) each.remove();
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
const say = (line: string) => process.stdout.write(`${line}\n`);

/** All whose name begins with one of the words; a word that selects nothing is a mistake. */
function selected<T extends { readonly name: string }>(all: readonly T[], words: string): readonly T[] {
  const list = words.split(",").filter((word) => word !== "");
  for (const word of list)
    if (!all.some(({ name }) => name.startsWith(word))) {
      process.stderr.write(`"${word}" is none of: ${all.map(({ name }) => name).join(", ")}\n`);
      process.exit(2);
    }
  return list.length === 0 ? all : all.filter(({ name }) => list.some((word) => name.startsWith(word)));
}

const chosenSystems = selected(systems, values.systems);
const chosenCuts = selected(cuts, values.faults);
const loads = selected([{ name: "idle" }, { name: "full" }], values.loads).map(({ name }) => name);
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
const kernel = execFileSync("uname", ["-r"], { encoding: "utf8" }).trim();
const ownLoad = () => loadavg()[0]?.toFixed(1);
say(
  `commit ${commit}, Node ${process.version}, Linux ${kernel}, ${cpus().length} x ${cpus()[0]?.model}, load ${ownLoad()}`,
);

if (values.soak !== undefined) await soak(fabricsFor(1)[0]!, folder, root, values.soak, values.profile, say);
else {
  say(`gap in ms, median / worst of ${values.cuts} cuts of the link in use; both streams at the same time`);
  for (const system of chosenSystems) for (const load of loads) await measureSystem(system, load);
}
process.exit(0);

function fabricsFor(count: number): readonly Fabric[] {
  while (fabrics.length < count) {
    const fabric = makeFabric(`bench${fabrics.length}`);
    // All traffic between two hosts takes one link, as with the agent: so the load stands in the way of the streams.
    for (const host of [0, 1] as const) fabric.run(host, ["sysctl", "-qw", "net.ipv4.fib_multipath_hash_policy=0"]);
    fabrics.push(fabric);
  }
  return fabrics.slice(0, count);
}

async function measureSystem(system: System, load: string): Promise<void> {
  const startMs = performance.now();
  const started: { stop(): Promise<void> }[] = [];
  const startSite = async (fabric: Fabric, index: number): Promise<Site> => {
    const running = await system.start(fabric, join(folder, `${index}`), root);
    started.push(running);
    const { kinds, multipath } = system;
    const lane = await Lane.start(fabric, { program, kinds, multipath, full: load === "full" });
    started.push(lane);
    await lane.gapsWhenFlowing(10_000);
    if (system.laneCount > 1) lane.pause();
    return { lane, running };
  };
  try {
    const sites = await Promise.all(fabricsFor(system.laneCount).map(startSite));
    for (const cut of chosenCuts) {
      // What the machine does by itself is told once.
      if (cut.name === "no fault" && system !== chosenSystems[0]) continue;
      sayRow(system, load, cut, await measureRow(system, cut, sites, Number(values.cuts)));
    }
  } catch (error) {
    // The others are still worth measuring.
    say(`${system.name}, ${load}: ended early: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  } finally {
    for (const each of started.reverse()) await each.stop();
    for (const fabric of fabrics) for (const link of [0, 1] as const) fabric.healLink(link);
  }
  say(`${system.name}, ${load}: ${((performance.now() - startMs) / 1_000).toFixed(0)} s, load ${ownLoad()}`);
}

function sayRow(system: System, load: string, cut: Cut, { gapsMs, returnsMs, unhealed }: Row): void {
  const columns = system.kinds.map((kind, index) => {
    const list = gapsMs[index]!;
    const back = returnsMs[index];
    const returned = back === undefined || cut.name === "no fault" ? "" : ` (return ${Math.max(...back).toFixed(2)})`;
    return `${kind} ${median(list).toFixed(2)} / ${Math.max(...list).toFixed(2)}${returned}`;
  });
  const note = unhealed === 0 ? [] : [`${unhealed} only ended with the outage`];
  say(`${[system.name, load, cut.name].join(", ")}: ${[...columns, ...note].join("; ")}`);
}
