/** Every gap case: our three modes, kernel MPTCP, TCP over BGP with BFD, and one TCP connection, by load and fault. */

import { existsSync } from "node:fs";
import { median } from "../../src/base/median.ts";
import type { TwoHosts } from "../../test/transport/namespaces.ts";
import { type Fault, type GapCase, type GapResult, measureGaps, port } from "./gaps.ts";
import { bothSubflows, clearMultipath, setMultipath } from "./multipath.ts";
import { routedAddress, startRouting } from "./routing.ts";

export const gapSystems = [
  "active-standby",
  "load-balancing",
  "duplication",
  "mptcp-backup",
  "mptcp-shared",
  "mptcp-backup-untuned",
  "mptcp-shared-untuned",
  "bgp-bfd",
  "tcp",
] as const;
export type GapSystem = (typeof gapSystems)[number];

export const gapFaults = {
  none: "none",
  carrier: "carrier",
  dark: "black hole",
  "one-way": "one direction dark",
} as const;

export interface GapSuite {
  readonly systems: readonly GapSystem[];
  readonly loads: readonly ("idle" | "full")[];
  readonly faults: readonly (keyof typeof gapFaults)[];
  readonly cuts: number;
  say(line: string): void;
}

/** What others do when a link is well, or deaf in one direction, is measured only when asked for by name. */
const peerFaults: readonly string[] = ["carrier", "dark"];
const isSession = (system: GapSystem) => !/^(mptcp|bgp|tcp)/.test(system);

/** Measures each combination and says one line for each, and how long all of it took. */
export async function measureGapSuite(root: string, hosts: TwoHosts, suite: GapSuite): Promise<void> {
  const { say, cuts } = suite;
  const startedMs = performance.now();
  const allFaults = suite.faults.length === Object.keys(gapFaults).length;
  say(`\nlongest gap at the receiver, ${cuts} cuts each: median / worst in ms; by the core's own times`);
  for (const load of suite.loads)
    for (const fault of suite.faults)
      for (const system of suite.systems) {
        if (allFaults && !isSession(system) && !peerFaults.includes(fault)) continue;
        const name = `${load}, ${gapFaults[fault]}, ${system}`;
        const measure = () => measureSystem(root, hosts, system, load === "full", gapFaults[fault], cuts);
        try {
          // Routes and subflows are now and then not there yet on a busy machine.
          say(describe(name, await measure().catch(measure)));
        } catch (error) {
          say(`${name}: not measured: ${error instanceof Error ? error.message : error}`);
        }
      }
  say(`the gaps took ${((performance.now() - startedMs) / 60_000).toFixed(1)} minutes`);
}

async function measureSystem(
  root: string,
  hosts: TwoHosts,
  system: GapSystem,
  full: boolean,
  fault: Fault,
  cuts: number,
): Promise<GapResult> {
  const each: GapCase = { mode: system, full, fault, cuts };
  switch (system) {
    case "active-standby":
    case "load-balancing":
    case "duplication":
      return measureGaps(root, hosts, each);
    case "tcp":
      return measureGaps(root, hosts, each);
    case "bgp-bfd": {
      if (!existsSync("/usr/lib/frr/bgpd")) throw new Error("FRR is not installed");
      const routing = await startRouting(hosts);
      try {
        const addresses = [routedAddress(0), routedAddress(1)] as const;
        return await measureGaps(root, hosts, { ...each, mode: "tcp", addresses, ready: () => routing.routesOver(0) });
      } finally {
        await routing.stop();
      }
    }
    default: {
      setMultipath(hosts, system.startsWith("mptcp-backup") ? "backup" : "shared", !system.endsWith("untuned"));
      try {
        const wrapper = ["mptcpize", "run"];
        return await measureGaps(root, hosts, {
          ...each,
          mode: "tcp",
          wrapper,
          ready: () => bothSubflows(hosts, port),
        });
      } finally {
        clearMultipath(hosts);
      }
    }
  }
}

function describe(name: string, { gapsMs, lost, doubled, takeovers }: GapResult): string {
  const times = (of: (each: Readonly<Record<string, unknown>>) => number) => {
    const each = takeovers.map((takeover) => of(takeover) / 1_000);
    return `${median(each).toFixed(2)} / ${Math.max(...each).toFixed(2)}`;
  };
  const left = (each: Readonly<Record<string, unknown>>) => Number(each.detectUs) + Number(each.decideUs);
  const taken =
    takeovers.length === 0
      ? ""
      : `; left after ${times(left)}, taken over ${times((each) => Number(each.totalUs))} (${takeovers.length})`;
  return `${name}: ${median(gapsMs).toFixed(2)} / ${Math.max(...gapsMs).toFixed(2)}${taken}; lost ${lost}, doubled ${doubled}`;
}
