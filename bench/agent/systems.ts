/** What is measured: the agent by profile, and what one has without it. */

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fabric } from "../../test/agent/fabric.ts";
import { RunningAgent, writeHostFile } from "../../test/agent/running-agent.ts";
import { isReady, startFrr } from "./frr.ts";
import type { Kind } from "./probes.ts";

export interface Running {
  /** Resolves when both links are in use or ready again after a link was healed. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

export interface System {
  readonly name: string;
  /** Pairs of hosts that are cut in turn, so that the slow ones have time to return. */
  readonly laneCount: number;
  /** How long a link stays broken at most; less when the streams flow again. */
  readonly outageMs: number;
  /** How long a slowed link is watched. */
  readonly slowMs: number;
  /** Whether the stream returns to the healed link before the next cut, so that its gap there can be told. */
  readonly returns: boolean;
  readonly kinds: readonly Kind[];
  /** Streams by MPTCP between the addresses of the links, in place of the hosts' own. */
  readonly multipath: boolean;
  start(fabric: Fabric, folder: string, root: string): Promise<Running>;
}

const both: readonly Kind[] = ["udp", "tcp"];

/**
 * Short hold-down, longer than a flap's good time and than a slowed link is watched, and no damping: every cut must find
 * both links in use.
 */
const holdDownMs = 100;
const agentSettings = (profile: string) => `profile: ${profile}
holdDown: ${holdDownMs}ms
flapDamping: { enabled: false }`;

function agent(name: string, profile: string, peerSettings = ""): System {
  return {
    name,
    laneCount: 1,
    outageMs: 400,
    slowMs: holdDownMs - 10,
    returns: true,
    kinds: both,
    multipath: false,
    async start(fabric, folder, root) {
      const agents = await startAgents(fabric, folder, root, agentSettings(profile), peerSettings);
      return runningAgents(fabric, agents);
    },
  };
}

function runningAgents(fabric: Fabric, agents: readonly RunningAgent[]): Running {
  const isUp = (each: RunningAgent) => [1, 2].every((link) => each.loggedStates.get(link) === "up");
  return {
    async ready() {
      for (let turn = 0; turn < 1_000 && !agents.every(isUp); turn++) await sleep(10);
      // Both hosts' traffic has returned.
      await sleep(10);
    },
    async stop() {
      await Promise.all(agents.map((each) => each.end("SIGTERM")));
      for (const host of [0, 1] as const) {
        fabric.run(host, ["ip", "route", "flush", "proto", "201"]);
        fabric.run(host, ["ip", "mptcp", "endpoint", "flush"]);
      }
    },
  };
}

/** Starts both hosts' agents and waits until their links are up. */
export async function startAgents(
  fabric: Fabric,
  folder: string,
  root: string,
  settings: string,
  peerSettings = "",
): Promise<readonly [RunningAgent, RunningAgent]> {
  const start = (host: 0 | 1) =>
    new RunningAgent(
      root,
      fabric,
      host,
      writeHostFile(fabric, host, join(folder, `host-${host}`), { settings, peerSettings }),
    );
  const agents = [start(0), start(1)] as const;
  await Promise.all(agents.map((each) => each.allUp()));
  return agents;
}

const ecmp: System = {
  name: "ecmp",
  laneCount: 1,
  outageMs: 300,
  slowMs: 300,
  returns: true,
  kinds: both,
  multipath: false,
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
      ready: () => sleep(50),
      async stop() {
        for (const host of [0, 1] as const)
          fabric.run(host, ["ip", "route", "delete", fabric.ownAddress(host === 0 ? 1 : 0)]);
      },
    };
  },
};

/** Quick BFD costs each daemon several percent of a processor: fewer pairs of hosts, so that it is not measured itself. */
function frr(intervalMs: number, laneCount: number): System {
  return {
    name: `frr-bfd-3x${intervalMs}`,
    laneCount,
    outageMs: 3 * intervalMs + 600,
    slowMs: 3 * intervalMs + 300,
    returns: false,
    kinds: both,
    multipath: false,
    async start(fabric, folder) {
      const stop = await startFrr(fabric, join(folder, `frr-${intervalMs}`), intervalMs);
      return {
        async ready() {
          for (let turn = 0; turn < 200; turn++, await sleep(100)) if (isReady(fabric, stop.folders)) return;
          throw new Error(`FRR's sessions did not return:\n${fabric.run(0, ["ip", "route"])}`);
        },
        async stop() {
          stop.stop();
          await sleep(200);
          for (const host of [0, 1] as const) fabric.run(host, ["ip", "route", "flush", "proto", "bgp"]);
        },
      };
    },
  };
}

function allowSubflows(fabric: Fabric): void {
  for (const host of [0, 1] as const)
    fabric.run(host, ["ip", "mptcp", "limits", "set", "subflow", "8", "add_addr_accepted", "8"]);
}

/** The agent withdraws the endpoint of a sick link. */
const multipathAgent: System = {
  ...agent("agent-mptcp", "default"),
  returns: false,
  kinds: ["tcp"],
  multipath: true,
  async start(fabric, folder, root) {
    allowSubflows(fabric);
    const agents = await startAgents(fabric, folder, root, `${agentSettings("default")}\nmptcp: true`);
    return runningAgents(fabric, agents);
  },
};

const multipath: System = {
  name: "mptcp",
  laneCount: 4,
  outageMs: 600,
  slowMs: 400,
  returns: false,
  kinds: ["tcp"],
  multipath: true,
  async start(fabric) {
    allowSubflows(fabric);
    for (const host of [0, 1] as const) {
      const device = ["dev", fabric.interfaceName(1), host === 0 ? "subflow" : "signal"];
      fabric.run(host, ["ip", "mptcp", "endpoint", "add", fabric.address(host, 1), ...device]);
    }
    return {
      ready: () => sleep(300),
      async stop() {
        for (const host of [0, 1] as const) fabric.run(host, ["ip", "mptcp", "endpoint", "flush"]);
      },
    };
  },
};

export const systems: readonly System[] = [
  agent("agent-default", "default"),
  agent("agent-fast", "fast"),
  agent("agent-fastest", "fastest"),
  agent("agent-default-rto5", "default", "    rtoMin: 5ms"),
  ecmp,
  frr(10, 3),
  frr(50, 4),
  frr(300, 4),
  multipath,
  multipathAgent,
];
