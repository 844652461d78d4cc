/** What the kernel does with the agent's steering: weights, resilient groups, DSCP. */

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { root } from "../support/twinspine.ts";
import { until } from "../support/until.ts";
import { type Fabric, type HostIndex, makeFabric } from "./fabric.ts";
import { RunningAgent, writeHostFile } from "./running-agent.ts";

describe.skipIf(!requirement("network-namespaces", "nftables"))("steering", () => {
  let fabric: Fabric;
  let folder: string;
  const started: RunningAgent[] = [];
  const programs: ChildProcess[] = [];

  beforeAll(() => {
    fabric = makeFabric("steering");
    folder = mkdtempSync(join(tmpdir(), "twinspine-steering-"));
  });
  afterEach(async () => {
    for (const each of programs.splice(0)) each.kill("SIGKILL");
    for (const each of started.splice(0)) await each.end("SIGTERM");
    for (const link of [0, 1] as const) fabric.healLink(link);
  });
  afterAll(() => {
    fabric.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(settings: string): Promise<readonly [RunningAgent, RunningAgent]> {
    const agents = ([0, 1] as const).map((host) => {
      const file = writeHostFile(fabric, host, join(folder, `host-${host}`), { settings });
      return new RunningAgent(root, fabric, host, file);
    });
    started.push(...agents);
    await Promise.all(agents.map((each) => each.allUp()));
    return [agents[0]!, agents[1]!];
  }
  function run(host: HostIndex, ...command: string[]): ChildProcess {
    const words = ["netns", "exec", fabric.names[host], ...command];
    const program = spawn("ip", words, { stdio: ["ignore", "pipe", "inherit"] });
    programs.push(program);
    return program;
  }
  const nexthops = () => fabric.run(0, ["ip", "nexthop"]);
  const group = () => /^id (\d+) group (\S+)(.*)$/m.exec(nexthops());
  const carrying = (agent: RunningAgent, links: string) =>
    until(
      `traffic goes by links ${links}`,
      async () => (await agent.status())?.status.peers[0]?.to.join() === links,
      () => agent.log,
    );

  test("load-balancing takes its weights from what the links are seen to carry", async () => {
    // Heartbeats that outlast the queue of the slow link: it shall be measured, not blamed.
    const [agent] = await start(`mode: load-balancing
heartbeat: { interval: 20ms, misses: 50 }`);
    run(1, process.execPath, join(root, "test/agent/bulk.mjs"), "receive", fabric.ownAddress(1));
    fabric.breakLink(0, { kind: "slow", bitsPerSecond: 50_000_000 });
    run(0, process.execPath, join(root, "test/agent/bulk.mjs"), "send", fabric.ownAddress(1), "12");
    const weights = async () => (await agent.freshStatus()).links.map(({ weight }) => weight);
    await until(
      "the slow link has less than half the weight of the other",
      async () => {
        const [slow = 1, other = 1] = await weights();
        return slow < other / 2;
      },
      nexthops,
    );
    expect((await agent.freshStatus()).takeovers).toBe(0);
    const [, first = "1", second = "1"] = /\/?\d+(?:,(\d+))?\/\d+(?:,(\d+))?/.exec(group()?.[2] ?? "") ?? [];
    expect(Number(first)).toBeLessThan(Number(second) / 2);
  });

  test("in a resilient group only the flows of the failed link move", async () => {
    const [agent] = await start(`mode: load-balancing
holdDown: 100ms
steering: { resilientBuckets: 64 }`);
    expect(group()?.[3]).toMatch(/type resilient buckets 64/);
    const id = group()![1]!;
    const buckets = () =>
      (
        JSON.parse(fabric.run(0, ["ip", "-j", "nexthop", "bucket", "show", "id", id])) as {
          bucket: { index: number; nhid: number };
        }[]
      ).map(({ bucket }) => bucket.nhid);
    await carrying(agent, "0,1");
    const before = buckets();
    expect(new Set(before).size).toBe(2);
    fabric.breakLink(0, { kind: "dark" });
    await carrying(agent, "1");
    await until("no flow goes by the failed link", () => new Set(buckets()).size === 1, nexthops);
    const [survivor] = buckets();
    expect(before.filter((hop) => hop === survivor)).toHaveLength(32);
    expect(agent.log).not.toContain("refused");
    fabric.healLink(0);
    await carrying(agent, "0,1");
    expect(group()?.[2]).toContain("/");
  });

  test("packets with the DSCP of a class take its link", async () => {
    const [agent] = await start(`holdDown: 100ms
classes:
  - { name: control, dscp: 46, prefer: 2 }`);
    const way = (...words: string[]) => fabric.run(0, ["ip", "route", "get", fabric.ownAddress(1), ...words]);
    expect(way()).toContain("dev l0");
    expect(way("tos", "0xb8")).toContain("dev l1");
    fabric.breakLink(1, { kind: "dark" });
    await until(
      "the class leaves the dark link",
      () => way("tos", "0xb8").includes("dev l0"),
      () => agent.log,
    );
  });
});
