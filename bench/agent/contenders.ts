/** What is measured: the agent by profile, and what one has without it. */

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fabric } from "../../test/agent/fabric.ts";
import { RunningAgent, writeHostFile } from "../../test/agent/running-agent.ts";
import { bothWays, startFrr } from "./frr.ts";

export interface Running {
  /** Waits until both links are in use or ready again. */
  healed(): Promise<void>;
  stop(): Promise<void>;
}

export interface Contender {
  readonly name: string;
  /** How long a link stays broken, so that the slowest way of finding it has its time. */
  readonly outageMs: number;
  /** Addresses of the stream; undefined: the hosts' own. */
  readonly onLink: boolean;
  readonly kinds: readonly ("udp" | "tcp")[];
  start(fabric: Fabric, folder: string, root: string): Promise<Running>;
}

/** Short hold-down and no damping: every cut must find both links in use. */
const agentSettings = (profile: string) => `profile: ${profile}
holdDown: 100ms
flapDamping: { enabled: false }`;

function agent(profile: string, peerSettings: string, name = `agent ${profile}`): Contender {
  return {
    name,
    outageMs: 400,
    onLink: false,
    kinds: ["udp", "tcp"],
    async start(fabric, folder, root) {
      const agents = ([0, 1] as const).map((host) => {
        const file = writeHostFile(fabric, host, join(folder, `host-${host}`), {
          settings: agentSettings(profile),
          peerSettings,
        });
        return new RunningAgent(root, fabric, host, file);
      });
      await Promise.all(agents.map((each) => each.allUp()));
      return {
        healed: () => sleep(600),
        async stop() {
          await Promise.all(agents.map((each) => each.end("SIGTERM")));
          for (const host of [0, 1] as const) fabric.run(host, ["ip", "route", "flush", "proto", "201"]);
        },
      };
    },
  };
}

const ecmp: Contender = {
  name: "kernel ECMP",
  outageMs: 400,
  onLink: false,
  kinds: ["udp", "tcp"],
  async start(fabric) {
    for (const host of [0, 1] as const) {
      const other = host === 0 ? 1 : 0;
      const hops = ([0, 1] as const).flatMap((link) => [
        "nexthop",
        "via",
        fabric.address(other, link),
        "dev",
        fabric.interfaceName(link),
      ]);
      fabric.run(host, ["ip", "route", "replace", fabric.ownAddress(other), "src", fabric.ownAddress(host), ...hops]);
    }
    return {
      healed: () => sleep(500),
      async stop() {
        for (const host of [0, 1] as const)
          fabric.run(host, ["ip", "route", "delete", fabric.ownAddress(host === 0 ? 1 : 0)]);
      },
    };
  },
};

function frr(intervalMs: number): Contender {
  return {
    name: `FRR + BFD 3 x ${intervalMs} ms`,
    outageMs: 3 * intervalMs + 1_000,
    onLink: false,
    kinds: ["udp", "tcp"],
    async start(fabric, folder) {
      const stop = await startFrr(fabric, join(folder, `frr-${intervalMs}`), intervalMs);
      return {
        async healed() {
          for (let turn = 0; turn < 100 && !bothWays(fabric); turn++) await sleep(200);
          await sleep(300);
        },
        async stop() {
          stop();
          await sleep(200);
          for (const host of [0, 1] as const) fabric.run(host, ["ip", "route", "flush", "proto", "bgp"]);
        },
      };
    },
  };
}

const multipath: Contender = {
  name: "kernel MPTCP",
  outageMs: 600,
  onLink: true,
  kinds: ["tcp"],
  async start(fabric) {
    for (const host of [0, 1] as const) {
      fabric.run(host, ["ip", "mptcp", "limits", "set", "subflow", "4", "add_addr_accepted", "4"]);
      fabric.run(host, [
        "ip",
        "mptcp",
        "endpoint",
        "add",
        fabric.address(host, 1),
        "dev",
        fabric.interfaceName(1),
        host === 0 ? "subflow" : "signal",
      ]);
    }
    return {
      healed: () => sleep(1_500),
      async stop() {
        for (const host of [0, 1] as const) fabric.run(host, ["ip", "mptcp", "endpoint", "flush"]);
      },
    };
  },
};

export const contenders: readonly Contender[] = [
  agent("default", ""),
  agent("fast", ""),
  agent("fastest", ""),
  agent("default", "    rtoMin: 5ms", "agent default, rtoMin 5ms"),
  ecmp,
  frr(10),
  frr(50),
  frr(300),
  multipath,
];
