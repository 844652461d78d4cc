/** The built agent between two hosts: takes over, never worse than nothing, and explains itself. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { root } from "../support/twinspine.ts";
import { type Fabric, makeFabric } from "./fabric.ts";
import { RunningAgent, writeHostFile } from "./running-agent.ts";

describe.skipIf(!requirement("network-namespaces", "nftables"))("the agent", () => {
  let fabric: Fabric;
  let folder: string;
  let agents: RunningAgent[] = [];

  beforeAll(() => {
    fabric = makeFabric("agent");
    folder = mkdtempSync(join(tmpdir(), "twinspine-agent-"));
  });
  afterEach(async () => {
    for (const each of agents) await each.end("SIGTERM");
    agents = [];
    for (const link of [0, 1] as const) fabric.healLink(link);
  });
  afterAll(() => {
    fabric.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const file = (host: 0 | 1, settings = "holdDown: 100ms") =>
    writeHostFile(fabric, host, join(folder, `host-${host}`), { settings });
  async function start(settings?: string): Promise<[RunningAgent, RunningAgent]> {
    const both = ([0, 1] as const).map((host) => new RunningAgent(root, fabric, host, file(host, settings)));
    agents = both;
    await Promise.all(both.map((each) => each.allUp()));
    return [both[0]!, both[1]!];
  }
  const routes = () => fabric.run(0, ["ip", "route", "show", fabric.ownAddress(1)]);
  const carries = (agent: RunningAgent) => agent.status()?.status.peers[0]?.to;
  async function until(what: () => boolean): Promise<void> {
    for (const endMs = Date.now() + 10_000; Date.now() < endMs; await sleep(50)) if (what()) return;
    throw new Error("it did not come to pass");
  }
  /** Whether a datagram of host 0 reaches host 1's own address. */
  const reaches = () => {
    const program = `
      const socket = require("node:dgram").createSocket("udp4");
      socket.on("error", () => process.exit(1));
      socket.bind(0, "${fabric.ownAddress(0)}", () => socket.connect(9, "${fabric.ownAddress(1)}", () => {
        socket.send("x"); setTimeout(() => { try { socket.send("x", () => process.exit(0)); } catch { process.exit(1); } }, 200);
      }));
      // A closed port answers: the error is the proof of arrival.
      socket.on("error", (error) => process.exit(error.code === "ECONNREFUSED" ? 7 : 1));`;
    return (
      spawnSync("ip", [
        "netns",
        "exec",
        fabric.names[0],
        process.execPath,
        "-e",
        program.replace('socket.on("error", () => process.exit(1));', ""),
      ]).status === 7
    );
  };

  test("moves traffic off a dark link and back, tells why, and says so in its metrics", async () => {
    const [agent] = await start("holdDown: 100ms\nmetricsPort: 9465");
    expect(carries(agent)).toEqual([0]);
    expect(reaches()).toBe(true);
    fabric.breakLink(0, { kind: "dark" });
    await until(() => carries(agent)?.[0] === 1);
    expect(reaches()).toBe(true);
    fabric.healLink(0);
    await until(() => carries(agent)?.[0] === 0);
    const explained = JSON.parse(agent.command("explain", "--json")) as {
      trigger: string;
      totalUs: number;
      seen: unknown[];
    }[];
    expect(["silenceConfirmed", "peerDeaf"]).toContain(explained.at(-1)?.trigger);
    expect(explained.at(-1)!.seen.length).toBeGreaterThan(0);
    expect(agent.command("explain")).toMatch(/times +detect .* ms \+ decide .* \+ switch/);
    const metrics = fabric.run(0, [
      process.execPath,
      "-e",
      "fetch('http://127.0.0.1:9465/metrics').then((r) => r.text()).then(console.log)",
    ]);
    expect(metrics).toMatch(/twinspine_agent_takeover_seconds_count\{.*part="total".*\} 1/);
    expect(agent.log).toContain('"msg":"takeover"');
  });

  test("a link dead in one direction only is left by both hosts", async () => {
    const both = await start();
    fabric.breakLink(0, { kind: "darkFrom", host: 0 });
    await until(() => both.every((each) => carries(each)?.[0] === 1));
    const triggers = both.map(
      (each) => (JSON.parse(each.command("explain", "--json")) as { trigger: string }[]).at(-1)?.trigger,
    );
    expect(triggers).toContain("peerDeaf");
  });

  test("with both links gone both stay in use, and traffic flows when one returns", async () => {
    const [agent] = await start();
    for (const link of [0, 1] as const) fabric.breakLink(link, { kind: "dark" });
    await sleep(300);
    expect(routes()).toContain("proto 201");
    fabric.healLink(1);
    await until(() => reaches());
    expect(agent.process.exitCode).toBeNull();
  });

  test.each(["SIGTERM", "SIGKILL"] as const)(
    "after %s the kernel has both links and tracks their carrier itself",
    async (signal) => {
      const [agent] = await start();
      await agent.end(signal);
      await until(() => !routes().includes("nhid"));
      expect(routes()).toMatch(/metric 51[\s\S]*l0[\s\S]*l1/);
      expect(fabric.run(0, ["ip", "nexthop"])).toBe("");
      expect(reaches()).toBe(true);
      fabric.breakLink(0, { kind: "carrier", host: 0 });
      await sleep(100);
      expect(reaches()).toBe(true);
    },
  );

  test("even when agent and guardian die at once, carrier loss leaves a way", async () => {
    const [agent] = await start();
    const guardian = execFileSync("pgrep", ["-P", String(agent.process.pid), "sh"], { encoding: "utf8" }).trim();
    process.kill(Number(guardian), "SIGKILL");
    await agent.end("SIGKILL");
    expect(routes()).toContain("nhid");
    for (const host of [0, 1] as const) fabric.breakLink(0, { kind: "carrier", host });
    await until(reaches);
    fabric.healLink(0);
    agent.command("release");
    expect(routes()).not.toContain("nhid");
  });

  test("puts right what somebody else changes, and touches nothing of theirs", async () => {
    const [agent] = await start();
    fabric.run(0, ["ip", "route", "add", "10.123.0.0/16", "via", fabric.address(1, 0)]);
    const theirs = fabric.run(0, ["ip", "route", "show", "proto", "boot"]);
    fabric.run(0, ["ip", "route", "delete", fabric.ownAddress(1), "metric", "50"]);
    await until(() => routes().includes("metric 50"));
    expect(agent.status()?.status.reconciliations).toBeGreaterThan(0);
    await agent.end("SIGTERM");
    expect(fabric.run(0, ["ip", "route", "show", "proto", "boot"])).toBe(theirs);
    fabric.run(0, ["ip", "route", "delete", "10.123.0.0/16"]);
  });

  test("refuses to start twice, and against a route that would win over its own", async () => {
    const [agent] = await start();
    expect(() => agent.command("run")).toThrow(/agent\/running/);
    await agent.end("SIGTERM");
    fabric.run(0, ["ip", "route", "add", fabric.ownAddress(1), "via", fabric.address(1, 1)]);
    expect(() => agent.command("check")).toThrow();
    expect(() => agent.command("run")).toThrow(/agent\/route/);
    fabric.run(0, ["ip", "route", "delete", fabric.ownAddress(1), "via", fabric.address(1, 1)]);
  });

  test("--dry-run changes nothing, and its lines are those that ip takes", async () => {
    fabric.run(0, ["ip", "route", "flush", "proto", "201"]);
    const path = file(0);
    const agent = new RunningAgent(root, fabric, 0, path, ["--dry-run", "--log-level", "silent"]);
    const lines = agent.command("run", "--dry-run");
    expect(routes()).toBe("");
    fabric.run(0, ["sh", "-e"], lines);
    expect(routes()).toContain("nhid");
    agent.command("release", "--everything");
    expect(routes()).toBe("");
    expect(fabric.run(0, ["ip", "nexthop"])).toBe("");
    await agent.end("SIGTERM");
  });

  test("classes of traffic go their own way, and bulk is held back while a link is gone", async () => {
    const [agent] = await start(`holdDown: 100ms
classes:
  - { name: gradient, mark: 1, prefer: 2 }
  - { name: bulk, mark: 2, prefer: 2, onFailure: hold }
  - { name: control, dscp: 46, prefer: 1 }`);
    const way = (...words: string[]) => fabric.run(0, ["ip", "route", "get", fabric.ownAddress(1), ...words]);
    const held = () =>
      spawnSync("ip", ["-n", fabric.names[0], "route", "get", fabric.ownAddress(1), "mark", "2"]).status !== 0;
    expect(way()).toContain("dev l0");
    expect(way("mark", "1")).toContain("dev l1");
    expect(way("mark", "2")).toContain("dev l1");
    fabric.breakLink(1, { kind: "dark" });
    await until(() => way("mark", "1").includes("dev l0"));
    expect(held()).toBe(true);
    fabric.healLink(1);
    await until(() => !held());
    expect(agent.log).not.toContain("refused");
    await agent.end("SIGKILL");
    await until(() => fabric.run(0, ["ip", "rule"]).split("\n").length < 5);
    expect(held()).toBe(false);
  });

  test("a peer that is stopped makes no link suspicious", async () => {
    const [agent, peer] = await start();
    peer.process.kill("SIGSTOP");
    await sleep(500);
    expect(agent.status()?.status.takeovers).toBe(0);
    peer.process.kill("SIGCONT");
    await sleep(300);
    expect(agent.status()?.status.takeovers).toBe(0);
    expect(carries(agent)).toEqual([0]);
  });

  test("without netlink sockets it works through ip, and says what that costs", async () => {
    const both = ([0, 1] as const).map(
      (host) =>
        new RunningAgent(root, fabric, host, file(host, "heartbeat: { interval: 20ms }\nholdDown: 200ms"), [
          "--portable",
        ]),
    );
    agents = both;
    await Promise.all(both.map((each) => each.allUp()));
    expect(both[0]!.log).toMatch(/a change takes about [\d.]+ ms here/);
    fabric.breakLink(0, { kind: "dark" });
    await until(() => carries(both[0]!)?.[0] === 1);
    await until(reaches);
  });

  test("its log is JSON, line by line", async () => {
    const [agent] = await start();
    await agent.end("SIGTERM");
    for (const line of agent.log.trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("msg");
    expect(readFileSync("/proc/net/route", "utf8")).not.toContain("l0\t");
  });
});
