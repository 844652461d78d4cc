/**
 * Measures the agent between two network namespaces (root, iproute2, nftables; iperf3 and FRR for the load and a peer):
 * `npm run bench:agent -- [--cuts 20] [--only text,text] [--load idle|full|both] [--false-takeovers minutes]`.
 * `--only` keeps the lines whose name holds every one of the texts, such as `--only "agent default,black hole,udp"`.
 */

import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Fabric, makeFabric } from "../../test/agent/fabric.ts";
import { median } from "../median.ts";
import { type Contender, contenders } from "./contenders.ts";
import { watchFalseTakeovers } from "./false-takeovers.ts";
import { cuts as allCuts, type Cut } from "./faults.ts";
import { startLoad } from "./load.ts";
import { type Kind, startStream } from "./probes.ts";

const { values } = parseArgs({
  options: {
    cuts: { type: "string", default: "20" },
    only: { type: "string", default: "" },
    load: { type: "string", default: "both" },
    "false-takeovers": { type: "string" },
  },
});
const cutCount = Number(values.cuts);
const wanted = values.only.split(",").map((each) => each.trim());
const root = process.cwd();
const program = join(import.meta.dirname, "probe-main.js");
const folder = mkdtempSync(join(tmpdir(), "twinspine-bench-"));
// FRR's processes give up root and must still reach their folders in it.
chmodSync(folder, 0o711);
const fabric = makeFabric("bench");
process.on("exit", () => {
  fabric.remove();
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
const say = (line: string) => process.stdout.write(`${line}\n`);
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
say(
  `commit ${commit}, Node ${process.version}, Linux ${execFileSync("uname", ["-r"], { encoding: "utf8" }).trim()}, ${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`,
);

if (values["false-takeovers"] !== undefined) {
  await watchFalseTakeovers(fabric, folder, root, Number(values["false-takeovers"]), say);
} else {
  say(`longest gap at the receiver, ${cutCount} cuts of the link in use: median / worst in ms`);
  for (const contender of contenders) await measureContender(contender);
}
process.exit(0);

function isWanted(line: string): boolean {
  return wanted.every((each) => line.includes(each));
}

async function measureContender(contender: Contender): Promise<void> {
  const loads = values.load === "both" ? ["idle", "full"] : [values.load];
  const lines = loads.flatMap((load) =>
    contender.kinds.flatMap((kind) =>
      allCuts.map((cut) => ({ load, kind, cut, name: `${contender.name}, ${kind}, ${load}, ${cut.name}` })),
    ),
  );
  const measured = lines.filter(({ name }) => isWanted(name));
  if (measured.length === 0) return;
  const running = await contender.start(fabric, folder, root);
  try {
    for (const { load, kind, cut, name } of measured) {
      const gaps = await measureCase(fabric, contender, kind, cut, load === "full", () => running.healed());
      const ms = gaps.map((us) => us / 1_000);
      say(`${name}: ${median(ms).toFixed(2)} / ${Math.max(...ms).toFixed(2)}`);
    }
  } finally {
    await running.stop();
  }
}

/** The gaps in microseconds. */
async function measureCase(
  on: Fabric,
  contender: Contender,
  kind: Kind,
  cut: Cut,
  full: boolean,
  healed: () => Promise<void>,
): Promise<number[]> {
  const addresses = contender.onLink
    ? ([on.address(0, 0), on.address(1, 0)] as const)
    : ([on.ownAddress(0), on.ownAddress(1)] as const);
  const load = full ? startLoad(on) : undefined;
  const stream = await startStream(on, program, kind, addresses, contender.onLink);
  const gaps: number[] = [];
  try {
    await sleep(500);
    for (let turn = 0; turn < cutCount; turn++) {
      on.busierLink();
      await sleep(100 + 50 * Math.random());
      const link = on.busierLink();
      await stream.gap();
      await cut.run(on, link, contender.outageMs);
      gaps.push((await stream.gap()).longestGapUs);
      on.healLink(link);
      await healed();
    }
  } finally {
    await stream.stop();
    load?.();
  }
  return gaps;
}
