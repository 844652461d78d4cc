/** The built agent between two hosts: takes over, never worse than nothing, and explains itself. */

import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { root } from "../support/twinspine.ts";
import { until } from "../support/until.ts";
import { type Fabric, makeFabric } from "./fabric.ts";
import { reaches } from "./reaches.ts";
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
  const nexthops = () => fabric.run(0, ["ip", "nexthop"]);
  const wayWith = (...words: string[]) => fabric.run(0, ["ip", "route", "get", fabric.ownAddress(1), ...words]);
  const peerOf = async (agent: RunningAgent) => (await agent.status())?.status.peers[0];
  const carriesFirst = (agent: RunningAgent, link: 0 | 1) =>
    until(
      `traffic goes by link ${link + 1}`,
      async () => (await peerOf(agent))?.to[0] === link,
      () => agent.log,
    );
  /** Waits until heartbeats arrive on both links, or on none, between one status and the next. */
  const hears = (agent: RunningAgent, heard: boolean) =>
    until(
      heard ? "heartbeats arrive on both links" : "no heartbeat arrives any more",
      async () => {
        const received = async () => (await agent.freshStatus()).peers[0]!.links.map((link) => link.received);
        const [before, after] = [await received(), await received()];
        return before.every((count, link) => after[link]! > count === heard);
      },
      () => agent.log,
    );

  const untilReached = () =>
    until(
      "a datagram reaches the peer",
      () => reaches(fabric),
      () => `${routes()}\n${nexthops()}\n${wayWith()}`,
    );

  test("moves traffic off a dark link and back, tells why, and says so in its metrics", async () => {
    const [agent] = await start("holdDown: 100ms\nmetricsPort: 9465");
    expect((await peerOf(agent))?.to).toEqual([0]);
    await untilReached();
    fabric.breakLink(0, { kind: "dark" });
    await carriesFirst(agent, 1);
    await untilReached();
    fabric.healLink(0);
    await carriesFirst(agent, 0);
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
    for (const each of both) await carriesFirst(each, 1);
    const triggers = both.map(
      (each) => (JSON.parse(each.command("explain", "--json")) as { trigger: string }[]).at(-1)?.trigger,
    );
    expect(triggers).toContain("peerDeaf");
  });

  test("with both links gone the last way stays, and traffic flows when the other returns", async () => {
    const [agent] = await start();
    for (const link of [0, 1] as const) fabric.breakLink(link, { kind: "dark" });
    await hears(agent, false);
    expect(routes()).toContain("nhid");
    expect(nexthops()).toMatch(/dev l[01] /);
    fabric.healLink(0);
    await untilReached();
    expect(agent.process.exitCode).toBeNull();
  });

  test.each(["SIGTERM", "SIGKILL"] as const)(
    "after %s the kernel has both links and tracks their carrier itself",
    async (signal) => {
      const [agent] = await start();
      const guardian = () =>
        spawnSync("pgrep", ["-P", String(agent.process.pid), "sh"], { encoding: "utf8" }).stdout.trim();
      if (signal === "SIGKILL") {
        // A guardian that somebody has ended is replaced.
        const first = guardian();
        process.kill(Number(first), "SIGKILL");
        await until("another guardian is there", () => guardian() !== "" && guardian() !== first);
      }
      await agent.end(signal);
      await until(
        "no route and nexthop of the agent's steering is left",
        () => !routes().includes("nhid") && nexthops() === "",
        routes,
      );
      expect(routes()).toMatch(/metric 51[\s\S]*l0[\s\S]*l1/);
      await untilReached();
      // At both ends: a peer whose own end still has carrier could not know.
      for (const host of [0, 1] as const) fabric.breakLink(0, { kind: "carrier", host });
      await until("the kernel leaves the link without carrier", () => wayWith().includes("dev l1"), wayWith);
      await untilReached();
    },
  );

  test("even when agent and guardian die at once, carrier loss leaves a way", async () => {
    const [agent] = await start();
    const guardian = execFileSync("pgrep", ["-P", String(agent.process.pid), "sh"], { encoding: "utf8" }).trim();
    process.kill(Number(guardian), "SIGKILL");
    await agent.end("SIGKILL");
    expect(routes()).toContain("nhid");
    for (const host of [0, 1] as const) fabric.breakLink(0, { kind: "carrier", host });
    await untilReached();
    fabric.healLink(0);
    agent.command("release");
    expect(routes()).not.toContain("nhid");
  });

  test("puts right what somebody else changes, and touches nothing of theirs", async () => {
    const [agent] = await start();
    fabric.run(0, ["ip", "route", "add", "10.123.0.0/16", "via", fabric.address(1, 0)]);
    const theirs = fabric.run(0, ["ip", "route", "show", "proto", "boot"]);
    fabric.run(0, ["ip", "route", "delete", fabric.ownAddress(1), "metric", "50"]);
    await until(
      "the route is back",
      () => routes().includes("metric 50"),
      () => agent.log,
    );
    expect((await agent.freshStatus()).reconciliations).toBeGreaterThan(0);
    await agent.end("SIGTERM");
    expect(fabric.run(0, ["ip", "route", "show", "proto", "boot"])).toBe(theirs);
    fabric.run(0, ["ip", "route", "delete", "10.123.0.0/16"]);
  });

  test("refuses to start twice, and against a route that would win over its own", async () => {
    const [agent] = await start();
    expect(() => agent.command("run")).toThrow(/agent\/running/);
    // Nor by a host file that keeps its lock elsewhere.
    const elsewhere = writeHostFile(fabric, 0, join(folder, "elsewhere"));
    const run = [process.execPath, join(root, "dist/cli/main.js"), "agent", "run", elsewhere];
    expect(() => fabric.run(0, run)).toThrow(/agent\/running/);
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
    const held = () =>
      spawnSync("ip", ["-n", fabric.names[0], "route", "get", fabric.ownAddress(1), "mark", "2"]).status !== 0;
    expect(wayWith()).toContain("dev l0");
    expect(wayWith("mark", "1")).toContain("dev l1");
    expect(wayWith("mark", "2")).toContain("dev l1");
    fabric.breakLink(1, { kind: "dark" });
    await until(
      "marked traffic leaves the dark link",
      () => wayWith("mark", "1").includes("dev l0"),
      () => agent.log,
    );
    expect(held()).toBe(true);
    fabric.healLink(1);
    await until(
      "the class held back flows again",
      () => !held(),
      () => agent.log,
    );
    expect(agent.log).not.toContain("refused");
    await agent.end("SIGKILL");
    const rules = () => fabric.run(0, ["ip", "rule"]);
    await until(
      "no rule of the agent is left",
      () => !rules().includes("7400") && !rules().includes("proto 201"),
      rules,
    );
    expect(held()).toBe(false);
  });

  test("a peer that is stopped makes no link suspicious", async () => {
    const [agent, peer] = await start();
    peer.process.kill("SIGSTOP");
    await hears(agent, false);
    expect((await agent.freshStatus()).takeovers).toBe(0);
    peer.process.kill("SIGCONT");
    await hears(agent, true);
    const status = await agent.freshStatus();
    expect(status.takeovers).toBe(0);
    expect(status.peers[0]?.to).toEqual([0]);
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
    await carriesFirst(both[0]!, 1);
    await untilReached();
  });

  test("where koffi cannot be loaded it says so and how much slower that is, takes over, and is released", async () => {
    const crippled = withoutKoffi(join(folder, "package"));
    const settings = "heartbeat: { interval: 20ms }\nholdDown: 200ms";
    agents = ([0, 1] as const).map((host) => new RunningAgent(crippled, fabric, host, file(host, settings)));
    await Promise.all(agents.map((each) => each.allUp()));
    const agent = agents[0]!;
    expect(agent.log).toContain("koffi cannot be loaded: the agent would work through ip -batch");
    expect(agent.log).toMatch(/iproute2: a change takes about [\d.]+ ms here \(netlink: about 0.15 ms\)/);
    fabric.breakLink(0, { kind: "dark" });
    await carriesFirst(agent, 1);
    await untilReached();
    await agent.end("SIGKILL");
    agent.command("release");
    expect(routes()).not.toContain("nhid");
    expect(routes()).toContain("metric 51");
    agent.command("release", "--everything");
    expect(routes()).toBe("");
  });

  test("its log is JSON, line by line", async () => {
    const [agent] = await start();
    await agent.end("SIGTERM");
    for (const line of agent.log.trim().split("\n")) expect(JSON.parse(line)).toHaveProperty("msg");
    expect(readFileSync("/proc/net/route", "utf8")).not.toContain("l0\t");
  });
});

/** The built package with all its dependencies but koffi, of which only a folder is there. */
function withoutKoffi(place: string): string {
  const modules = join(place, "node_modules");
  mkdirSync(join(modules, "koffi"), { recursive: true });
  writeFileSync(join(modules, "koffi/package.json"), '{ "name": "koffi", "main": "missing.js" }');
  for (const name of readdirSync(join(root, "node_modules")))
    if (name !== "koffi" && !name.startsWith(".")) symlinkSync(join(root, "node_modules", name), join(modules, name));
  cpSync(join(root, "dist"), join(place, "dist"), { recursive: true, filter: (path) => !path.includes("/dist/web") });
  cpSync(join(root, "package.json"), join(place, "package.json"));
  return place;
}
