/**
 * Measures the transport over two veth links between two network namespaces of its own (root, iproute2, nftables; iperf3
 * and mptcpd for the peers): `npm run bench:link -- [--only gaps|throughput] [--cuts 20] [--seconds 3] [--rounds 3]
 * [--cases unshaped,equal,4:1,400:234]`.
 */

import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { twoHosts } from "../../test/transport/namespaces.ts";
import { median } from "../median.ts";
import { type Fault, type GapResult, measureGaps } from "./gaps.ts";
import { clearMultipath, setMultipath } from "./multipath.ts";
import { measureThroughputs, throughputCases } from "./throughput-suite.ts";

const { values } = parseArgs({
  options: {
    cuts: { type: "string", default: "20" },
    seconds: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
    cases: { type: "string", default: Object.keys(throughputCases).join(",") },
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
const modes = ["active-standby", "load-balancing", "duplication"];
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
if (values.only !== "throughput") await gaps();
if (values.only !== "gaps")
  await measureThroughputs(root, hosts, {
    cases,
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    say,
  });
process.exit(0);

async function gaps(): Promise<void> {
  say(`\nlongest gap at the receiver, ${cuts} cuts each: median / worst in ms; by the core's own times`);
  for (const full of [false, true]) {
    const load = full ? "full load" : "idle";
    for (const mode of modes)
      for (const fault of ["none", "carrier", "black hole"] as Fault[]) {
        const result = await measureGaps(root, hosts, { mode, full, fault, cuts });
        say(describeGaps(`${load}, ${mode}, ${fault === "none" ? "no fault" : fault}`, result));
      }
    const peerCuts = Math.min(cuts, 5);
    for (const fault of ["carrier", "black hole"] as Fault[]) {
      const single = await measureGaps(root, hosts, { mode: "tcp", full, fault, cuts: peerCuts });
      say(describeGaps(`${load}, one TCP connection, ${fault} (the outage lasts 400 ms)`, single));
      for (const way of ["backup", "shared"] as const) {
        setMultipath(hosts, way);
        const wrapper = ["mptcpize", "run"];
        const result = await measureGaps(root, hosts, { mode: "tcp", full, fault, cuts: peerCuts, wrapper });
        say(describeGaps(`${load}, kernel MPTCP ${way}, ${fault}`, result));
        clearMultipath(hosts);
      }
    }
  }
}

function describeGaps(name: string, { gapsMs, lost, doubled, takeovers }: GapResult): string {
  const times = (of: (each: Readonly<Record<string, unknown>>) => number) => {
    const sorted = takeovers.map((each) => of(each) / 1_000);
    return `${median(sorted).toFixed(2)} / ${Math.max(...sorted).toFixed(2)}`;
  };
  const found = (each: Readonly<Record<string, unknown>>) => Number(each.detectUs) + Number(each.decideUs);
  const takeover =
    takeovers.length === 0 ? "" : `; left after ${times(found)}, taken over ${times((each) => Number(each.totalUs))}`;
  return `${name}: ${median(gapsMs).toFixed(2)} / ${Math.max(...gapsMs).toFixed(2)}${takeover}; lost ${lost}, doubled ${doubled}`;
}
