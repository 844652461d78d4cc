/** Somebody else's program: Open MPI runs AllReduce between two hosts while links go dark, with the agent and without. */

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { root } from "../support/twinspine.ts";
import { until } from "../support/until.ts";
import { type Fabric, makeFabric } from "./fabric.ts";
import { RunningAgent, writeHostFile } from "./running-agent.ts";

const outageMs = 1_000;
const cuts = 3;
/** Rounds that show that it works. */
const someRounds = 10;

interface Outcome {
  readonly rounds: number;
  readonly wrong: number;
  readonly longestMs: number;
}

describe.skipIf(!requirement("network-namespaces", "nftables", "openmpi"))("Open MPI", () => {
  let fabric: Fabric;
  let folder: string;
  let stopFile: string;

  beforeAll(() => {
    fabric = makeFabric("mpi");
    folder = mkdtempSync(join(tmpdir(), "twinspine-mpi-"));
    stopFile = join(folder, "stop");
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
      stopFile,
    ];
    const shell = ["unshare", "--uts", "sh", "-c", 'hostname one; exec mpirun "$@"', "mpirun"];
    return spawn("ip", ["netns", "exec", fabric.names[0], ...shell, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  }

  /**
   * Runs it while the link in use goes dark three times for the same while: each time when it works, and the next when it
   * works again.
   */
  async function runWithCuts(ready: () => Promise<void>) {
    rmSync(stopFile, { force: true });
    const program = start();
    let [rounds, output, errors] = [0, "", ""];
    createInterface({ input: program.stdout! }).on("line", (line) => {
      if (/^\d+$/.test(line)) rounds = Number(line);
      else output += line;
    });
    program.stderr?.on("data", (text) => {
      errors += text;
    });
    const exited = once(program, "exit");
    const works = async (when: string) => {
      const before = rounds;
      const ended = () => program.exitCode !== null || program.signalCode !== null;
      await until(
        `it works ${when}`,
        () => ended() || rounds >= before + someRounds,
        () => errors,
      );
    };
    try {
      const roundsDark: number[] = [];
      for (let cut = 0; cut < cuts; cut++) {
        await works("before a cut");
        const link = fabric.chosenLink();
        const before = rounds;
        fabric.breakLink(link, { kind: "dark" });
        await sleep(outageMs);
        roundsDark.push(rounds - before);
        fabric.healLink(link);
        await ready();
      }
      await works("after the last cut");
      writeFileSync(stopFile, "");
      const [code] = (await exited) as [number | null];
      const line = /\{"rounds".*\}/.exec(output)?.[0];
      return { code, outcome: line === undefined ? undefined : (JSON.parse(line) as Outcome), errors, roundsDark };
    } finally {
      program.kill("SIGKILL");
    }
  }

  const tell = (who: string, { outcome, roundsDark }: Awaited<ReturnType<typeof runWithCuts>>) =>
    process.stderr.write(
      `Open MPI ${who}: ${outcome?.rounds} rounds, ${outcome?.wrong} wrong results, longest pause ${outcome?.longestMs} ms; rounds in each outage of ${outageMs} ms: ${roundsDark.join(", ")}\n`,
    );

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
      const isUp = (each: RunningAgent) => [1, 2].every((link) => each.loggedStates.get(link) === "up");
      const run = await runWithCuts(() => until("both links are up again", () => agents.every(isUp)));
      tell("with the agent", run);
      expect(run.code, run.errors).toBe(0);
      expect(run.outcome?.wrong).toBe(0);
      expect(run.outcome!.longestMs).toBeLessThan(outageMs);
      for (const rounds of run.roundsDark) expect(rounds).toBeGreaterThan(0);
      expect((await agents[0]!.freshStatus()).takeovers).toBeGreaterThanOrEqual(cuts);
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
    // All traffic of the two hosts on one link, as under the agent.
    for (const host of [0, 1] as const) fabric.run(host, ["sysctl", "-qw", "net.ipv4.fib_multipath_hash_policy=0"]);
    const run = await runWithCuts(async () => {});
    tell("without the agent", run);
    // Its results are right as well, if it lives; it only stands still.
    if (run.outcome === undefined) return;
    expect(run.outcome.wrong).toBe(0);
    expect(run.outcome.longestMs).toBeGreaterThanOrEqual(outageMs * 0.8);
  });
});
