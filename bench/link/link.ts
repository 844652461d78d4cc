/**
 * Measures the transport over two veth links between two network namespaces of its own (root, iproute2, nftables; iperf3
 * and mptcpd for the peers): `npm run bench:link -- [--cuts 20] [--seconds 4] [--part gaps|throughput|all]`.
 */

import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { type TwoHosts, twoHosts } from "../../test/transport/namespaces.ts";
import { median } from "../median.ts";
import { type Fault, type GapResult, measureGaps } from "./gaps.ts";
import { clearMultipath, setMultipath } from "./multipath.ts";
import { measureIperf, measureSession, type Throughput } from "./throughput.ts";

const { values } = parseArgs({
  options: {
    cuts: { type: "string", default: "20" },
    seconds: { type: "string", default: "4" },
    part: { type: "string", default: "all" },
  },
});
const cuts = Number(values.cuts);
const seconds = Number(values.seconds);
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
if (values.part !== "throughput") await gaps();
if (values.part !== "gaps") await throughput();
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

async function throughput(): Promise<void> {
  say(`\nthroughput over ${seconds} s, median of 3: Gbit/s (CPU seconds per GB, both ends)`);
  const three = async (name: string, measure: () => Promise<Throughput>): Promise<number> => {
    const results = [await measure(), await measure(), await measure()];
    const gbps = median(results.map((each) => each.gbps));
    say(`${name}: ${gbps.toFixed(3)} (${median(results.map((each) => each.cpuSecondsPerGigabyte)).toFixed(2)})`);
    return gbps;
  };
  const session = (mode: string) => () => measureSession(root, hosts, mode, seconds);
  await three("one link unshaped, iperf3", () => measureIperf(hosts, 0, seconds));
  await three("one link unshaped, active-standby", session("active-standby"));
  const rates: readonly (readonly [string, number, number])[] = [
    ["equal 1:1 Gbit/s", 1e9, 1e9],
    ["4:1 (800:200 Mbit/s)", 800e6, 200e6],
    ["400:234 (1000:585 Mbit/s)", 1_000e6, 585e6],
  ];
  for (const [name, first, second] of rates) {
    shape(hosts, first, second);
    const alone = await three(`${name}, iperf3 on link 0`, () => measureIperf(hosts, 0, seconds));
    const other = await three(`${name}, iperf3 on link 1`, () => measureIperf(hosts, 1, seconds));
    const single = await three(`${name}, active-standby`, session("active-standby"));
    const both = await three(`${name}, load-balancing`, session("load-balancing"));
    setMultipath(hosts, "shared");
    await three(`${name}, kernel MPTCP shared`, () => measureIperf(hosts, 0, seconds, ["mptcpize", "run"]));
    clearMultipath(hosts);
    say(`  one link: ${percent(single / alone)} of iperf3; both: ${percent(both / (alone + other))} of the sum`);
  }
  shape(hosts, undefined, undefined);
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)}%`;
}

function shape(both: TwoHosts, first: number | undefined, second: number | undefined): void {
  both.shape(0, first);
  both.shape(1, second);
}
