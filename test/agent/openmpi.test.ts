/** Somebody else's program: Open MPI runs AllReduce between two hosts while links go dark, with the agent and without. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { root } from "../support/twinspine.ts";
import { type Fabric, makeFabric } from "./fabric.ts";
import { RunningAgent, writeHostFile } from "./running-agent.ts";

const seconds = 12;
const outageMs = 1_500;
const cuts = 3;
const hangMs = 60_000;

interface Outcome {
  readonly rounds: number;
  readonly wrong: number;
  readonly longestMs: number;
}

describe.skipIf(!requirement("network-namespaces", "nftables", "openmpi"))("Open MPI", () => {
  let fabric: Fabric;
  let folder: string;

  beforeAll(() => {
    fabric = makeFabric("mpi");
    folder = mkdtempSync(join(tmpdir(), "twinspine-mpi-"));
    execFileSync("mpicc", ["-O2", "-o", join(folder, "allreduce"), join(root, "test/agent/allreduce.c")], {
      stdio: "pipe",
    });
    // Open MPI passes over loopback interfaces: the hosts' own addresses go to one that is none.
    for (const host of [0, 1] as const) {
      fabric.run(host, ["ip", "address", "delete", `${fabric.ownAddress(host)}/32`, "dev", "lo"]);
      fabric.run(host, ["ip", "link", "add", "own", "type", "bridge"]);
      fabric.run(host, ["ip", "link", "set", "own", "up"]);
      fabric.run(host, ["ip", "address", "add", `${fabric.ownAddress(host)}/32`, "dev", "own"]);
    }
    // In place of ssh: mpirun's helper starts in the other namespace, under a host name of its own.
    const remote = join(folder, "remote");
    writeFileSync(
      remote,
      `#!/bin/sh\nshift\nexec ip netns exec ${fabric.names[1]} unshare --uts sh -c 'hostname other; exec sh -c "$0"' "$*"\n`,
    );
    chmodSync(remote, 0o755);
  });
  afterAll(() => {
    fabric.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(): ChildProcess {
    const settings = [
      ["plm_rsh_agent", join(folder, "remote")],
      ["btl", "tcp,self"],
      ["btl_tcp_if_include", "own"],
      ["btl_tcp_disable_family", "6"],
      ["oob_tcp_if_include", "own"],
      ["btl_tcp_links", "1"],
    ].flatMap(([name, value]) => ["--mca", name!, value!]);
    const hosts = `${fabric.ownAddress(0)}:1,${fabric.ownAddress(1)}:1`;
    const words = [
      "--allow-run-as-root",
      "-np",
      "2",
      "--host",
      hosts,
      ...settings,
      join(folder, "allreduce"),
      `${seconds}`,
    ];
    const shell = ["unshare", "--uts", "sh", "-c", 'hostname one; exec mpirun "$@"', "mpirun"];
    return spawn("ip", ["netns", "exec", fabric.names[0], ...shell, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  }

  /** Runs it while the link in use goes dark three times. */
  async function runWithCuts(): Promise<{
    readonly code: number | null;
    readonly outcome: Outcome | undefined;
    readonly errors: string;
  }> {
    const program = start();
    let output = "";
    let errors = "";
    program.stdout?.on("data", (text) => {
      output += text;
    });
    program.stderr?.on("data", (text) => {
      errors += text;
    });
    const exited = once(program, "exit");
    await sleep(3_000);
    for (let cut = 0; cut < cuts; cut++) {
      fabric.busierLink();
      await sleep(200);
      const link = fabric.busierLink();
      fabric.breakLink(link, { kind: "dark" });
      await sleep(outageMs);
      fabric.healLink(link);
      await sleep(800);
    }
    // A run that hangs has failed as well.
    const deadline = setTimeout(() => program.kill("SIGKILL"), hangMs);
    const [code] = (await exited) as [number | null];
    clearTimeout(deadline);
    const line = /\{"rounds".*\}/.exec(output)?.[0];
    return { code, outcome: line === undefined ? undefined : (JSON.parse(line) as Outcome), errors };
  }

  test("no rank dies and every result is right while links go dark under the agent", async () => {
    const agents = ([0, 1] as const).map((host) => {
      const settings = "holdDown: 100ms\nflapDamping: { enabled: false }";
      const file = writeHostFile(fabric, host, join(folder, `host-${host}`), {
        settings,
        peerSettings: "    rtoMin: 5ms",
      });
      return new RunningAgent(root, fabric, host, file);
    });
    try {
      await Promise.all(agents.map((each) => each.allUp()));
      const { code, outcome, errors } = await runWithCuts();
      expect(code, errors).toBe(0);
      expect(outcome?.wrong).toBe(0);
      process.stderr.write(
        `Open MPI with the agent: ${outcome?.rounds} rounds, longest ${outcome?.longestMs} ms (${cuts} cuts of ${outageMs} ms)\n`,
      );
      expect(outcome!.longestMs).toBeLessThan(outageMs);
      expect((await agents[0]!.freshStatus()).takeovers).toBeGreaterThan(0);
    } finally {
      for (const each of agents) await each.end("SIGTERM");
    }
  });

  test("beside it, the kernel's own route over both links stands still for the whole outage", async () => {
    for (const host of [0, 1] as const) {
      const other = host === 0 ? 1 : 0;
      const hops = ([0, 1] as const).flatMap((link) => ["nexthop", "via", fabric.address(other, link)]);
      // The same settings of the route as the agent's, so that only the steering differs.
      const settings = ["src", fabric.ownAddress(host), "rto_min", "5ms"];
      fabric.run(host, ["ip", "route", "replace", fabric.ownAddress(other), ...settings, ...hops]);
    }
    const { outcome } = await runWithCuts();
    process.stderr.write(
      `Open MPI without the agent: ${outcome?.rounds} rounds, longest ${outcome?.longestMs} ms (${cuts} cuts of ${outageMs} ms)\n`,
    );
    if (outcome !== undefined) expect(outcome.longestMs).toBeGreaterThanOrEqual(outageMs * 0.8);
  });
});
