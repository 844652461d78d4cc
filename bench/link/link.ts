/**
 * Measures the transport over two veth links between two network namespaces of its own (root, iproute2, nftables; iperf3
 * and mptcpd for the peers): `npm run bench:link -- [--only gaps|throughput] [--cuts 20] [--seconds 3] [--rounds 3]
 * [--systems active-standby,tcp,...] [--loads idle,full] [--faults none,carrier,dark,one-way] [--cases unshaped,equal,4:1,400:234]`.
 */

import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { twoHosts } from "../../test/transport/namespaces.ts";
import { gapFaults, gapSystems, measureGapSuite } from "./gaps-suite.ts";
import { measureThroughputs, throughputCases } from "./throughput-suite.ts";

const { values } = parseArgs({
  options: {
    cuts: { type: "string", default: "20" },
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
    cases: { type: "string", default: Object.keys(throughputCases).join(",") },
    systems: { type: "string", default: gapSystems.join(",") },
    loads: { type: "string", default: "idle,full" },
    faults: { type: "string", default: Object.keys(gapFaults).join(",") },
    only: { type: "string", default: "all" },
  },
});
const cuts = Number(values.cuts);
const cases = values.cases.split(",");
const unknown = cases.filter((name) => !Object.hasOwn(throughputCases, name));
if (!["all", "gaps", "throughput"].includes(values.only) || unknown.length > 0) {
  process.stderr.write(`--only gaps or throughput; --cases of ${Object.keys(throughputCases).join(", ")}\n`);
  process.exit(2);
}
const root = process.cwd();

/** A comma-separated choice; ends the process when it names what there is not. */
function chosen<T extends string>(option: string, text: string, known: readonly T[]): T[] {
  const names = text.split(",");
  const found = known.filter((name) => names.includes(name));
  if (found.length === names.length) return found;
  process.stderr.write(`--${option}: ${known.join(", ")}\n`);
  process.exit(2);
}

const hosts = twoHosts("bench");
process.on("exit", () => hosts.remove());
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
say(
  `commit ${commit}, Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`,
);
if (values.only !== "throughput")
  await measureGapSuite(root, hosts, {
    systems: chosen("systems", values.systems, gapSystems),
    loads: chosen("loads", values.loads, ["idle", "full"]),
    faults: chosen("faults", values.faults, Object.keys(gapFaults) as (keyof typeof gapFaults)[]),
    cuts,
    say,
  });
if (values.only !== "gaps")
  await measureThroughputs(root, hosts, {
    cases,
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    say,
  });
process.exit(0);
