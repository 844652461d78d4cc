/**
 * Both links stay good; whatever the agents then blame is a false takeover. Full load all the time, and in turn: nothing
 * else, garbage collection in the agent's main thread under requests, a peer process stopped by SIGSTOP, busy processors.
 */

import { spawn } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fabric } from "../../test/agent/fabric.ts";
import { RunningAgent, writeHostFile } from "../../test/agent/running-agent.ts";
import { startLoad } from "./load.ts";

const turnMs = 15_000;
const stoppedMs = 2_000;

export async function watchFalseTakeovers(
  fabric: Fabric,
  folder: string,
  root: string,
  minutes: number,
  say: (line: string) => void,
): Promise<void> {
  const agents = ([0, 1] as const).map(
    (host) => new RunningAgent(root, fabric, host, writeHostFile(fabric, host, join(folder, `host-${host}`))),
  );
  const [first, second] = [agents[0]!, agents[1]!];
  await Promise.all(agents.map((each) => each.allUp()));
  const idle = agents.map((each) => each.usage());
  await sleep(5_000);
  for (const [host, each] of agents.entries()) {
    const { cpuSeconds, megabytes } = each.usage();
    say(
      `host ${host}, default profile, idle: ${(((cpuSeconds - idle[host]!.cpuSeconds) / 5) * 100).toFixed(1)}% of a processor, ${megabytes.toFixed(0)} MB`,
    );
  }
  const stopLoad = startLoad(fabric);
  const turns: readonly (readonly [string, () => Promise<void>])[] = [
    ["full load", () => sleep(turnMs)],
    ["full load, status asked without pause", () => askWithoutPause(first)],
    ["full load, peer stopped for 2 s, three times", () => stopPeer(second)],
    ["full load, every processor busy", busyProcessors],
  ];
  const endMs = Date.now() + minutes * 60_000;
  const seen = new Map<string, number>();
  const takeovers = async () =>
    (await Promise.all(agents.map((each) => each.freshStatus()))).reduce((sum, each) => sum + each.takeovers, 0);
  let before = await takeovers();
  for (let turn = 0; Date.now() < endMs; turn++) {
    const [name, run] = turns[turn % turns.length]!;
    await run();
    const now = await takeovers();
    seen.set(name, (seen.get(name) ?? 0) + now - before);
    before = now;
  }
  stopLoad();
  for (const [name, count] of seen) say(`${name}: ${count} false takeovers`);
  say(`${minutes} minutes: ${before} false takeovers in all`);
  for (const each of agents) await each.end("SIGTERM");
}

async function askWithoutPause(agent: RunningAgent): Promise<void> {
  for (const endMs = Date.now() + turnMs; Date.now() < endMs; ) {
    await agent.status();
    await sleep(1);
  }
}

async function stopPeer(agent: RunningAgent): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    agent.process.kill("SIGSTOP");
    await sleep(stoppedMs);
    agent.process.kill("SIGCONT");
    await sleep(turnMs / 3 - stoppedMs);
  }
}

async function busyProcessors(): Promise<void> {
  const busy = cpus().map(() => spawn(process.execPath, ["-e", "for (;;) Math.random()"], { stdio: "ignore" }));
  await sleep(turnMs);
  for (const each of busy) each.kill("SIGKILL");
}
