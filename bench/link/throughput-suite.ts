/** Every mode, iperf3 and kernel MPTCP over the same links, by turns, as a table. */

import { median } from "../../src/base/median.ts";
import type { TwoHosts } from "../../test/transport/namespaces.ts";
import { clearMultipath, setMultipath } from "./multipath.ts";
import { measureIperf, measureSession, type Throughput } from "./throughput.ts";

/** Rates of both links in bits a second; undefined: not shaped. */
export const throughputCases: Readonly<Record<string, readonly [number, number] | undefined>> = {
  unshaped: undefined,
  equal: [1e9, 1e9],
  "4:1": [800e6, 200e6],
  "400:234": [1_000e6, 585e6],
};

export interface SuiteOptions {
  /** Names of {@link throughputCases}. */
  readonly cases: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly say: (line: string) => void;
}

type Contestant = readonly [name: string, measure: () => Promise<Throughput>];

/** Write lengths: as iperf3's own, and as small messages come. */
const largeBytes = 262_144;
const smallBytes = 8_192;

export async function measureThroughputs(root: string, hosts: TwoHosts, options: SuiteOptions): Promise<void> {
  const { say, seconds, rounds } = options;
  say(
    `\nthroughput over ${seconds} s, ${rounds} rounds by turns: median (least to most) Gbit/s; CPU s/GB of both ends`,
  );
  for (const name of options.cases) {
    const rates = throughputCases[name];
    for (const link of [0, 1] as const) hosts.shape(link, rates?.[link]);
    say(`\n${name}${rates === undefined ? "" : `: ${rates.map((rate) => rate / 1e6).join(" and ")} Mbit/s`}`);
    const results = new Map<string, Throughput[]>();
    for (let round = 0; round < rounds; round++)
      for (const [each, measure] of contestants(root, hosts, seconds, rates !== undefined))
        results.set(each, [...(results.get(each) ?? []), await measure()]);
    const middle = (each: string) => median(results.get(each)?.map(({ gbps }) => gbps) ?? []);
    const one = middle("iperf3, link 0");
    const both = one + middle("iperf3, link 1");
    for (const [each, found] of results) say(describe(each, found, one, both));
  }
  for (const link of [0, 1] as const) hosts.shape(link, undefined);
}

/** Whoever measures over the links of this case, in the order of their turns. */
function contestants(root: string, hosts: TwoHosts, seconds: number, shaped: boolean): Contestant[] {
  const session = (mode: string, bytes: number) => () => measureSession(root, hosts, mode, seconds, bytes);
  const multipath = async () => {
    setMultipath(hosts, "shared");
    try {
      return await measureIperf(hosts, 0, seconds, ["mptcpize", "run"]);
    } finally {
      clearMultipath(hosts);
    }
  };
  return [
    ["iperf3, link 0", () => measureIperf(hosts, 0, seconds)],
    ["one TCP connection, Node", session("tcp", largeBytes)],
    ["active-standby", session("active-standby", largeBytes)],
    ["active-standby, writes of 8 KiB", session("active-standby", smallBytes)],
    ["load-balancing", session("load-balancing", largeBytes)],
    ["duplication", session("duplication", largeBytes)],
    ...(shaped ? ([["iperf3, link 1", () => measureIperf(hosts, 1, seconds)]] as const) : []),
    ["kernel MPTCP, shared", multipath],
  ];
}

function describe(name: string, found: readonly Throughput[], one: number, both: number): string {
  const gbps = found.map((each) => each.gbps);
  const middle = median(gbps);
  const cpu = median(found.map((each) => each.cpuSecondsPerGigabyte));
  const ofBoth = Number.isFinite(both) ? `, ${percent(middle / both)} of the sum` : "";
  const range = `(${Math.min(...gbps).toFixed(2)} to ${Math.max(...gbps).toFixed(2)})`;
  return `  ${name}: ${middle.toFixed(3)} ${range}, ${percent(middle / one)} of iperf3 on link 0${ofBoth}; ${cpu.toFixed(2)}`;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)}%`;
}
