/**
 * Both links stay good; whatever the agents then blame is a false takeover. Full load all the time, and in turn: nothing
 * else, garbage collection in the agent's main thread under requests, a peer process stopped by SIGSTOP, busy processors.
 * Before that, what the agent costs at each profile.
 */

import { spawn } from "node:child_process";
import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fabric } from "../../test/agent/fabric.ts";
import type { RunningAgent } from "../../test/agent/running-agent.ts";
import { startLoad } from "./load.ts";
import { startAgents } from "./systems.ts";

const profiles = ["default", "fast", "fastest"];
const costMs = 10_000;
const turnMs = 15_000;
const stoppedMs = 2_000;

export async function soak(
  fabric: Fabric,
  folder: string,
  root: string,
  duration: string,
  profile: string,
  say: (line: string) => void,
): Promise<void> {
  const [, number, unit] = /^(\d+)(s|m|h)$/.exec(duration) ?? [];
  if (number === undefined || !profiles.includes(profile)) {
    process.stderr.write(`--soak takes a duration such as 30m, --profile one of ${profiles.join(", ")}\n`);
    process.exit(2);
  }
  const durationMs = Number(number) * { s: 1_000, m: 60_000, h: 3_600_000 }[unit as "s" | "m" | "h"];
  const own = [[fabric.ownAddress(0), fabric.ownAddress(1)]] as const;
  for (const each of profiles) {
    const agents = await startAgents(fabric, folder, root, `profile: ${each}`);
    await sleep(2_000);
    await sayCost(agents, `${each} profile, idle`, say);
    const load = startLoad(fabric, own);
    await sleep(1_000);
    await sayCost(agents, `${each} profile, full load`, say);
    load.stop();
    for (const agent of agents) await agent.end("SIGTERM");
  }
  const agents = await startAgents(fabric, folder, root, `profile: ${profile}`);
  const load = startLoad(fabric, own);
  await watch(agents, profile, durationMs, say);
  await sayCost(agents, `${profile} profile, full load, at the end`, say);
  load.stop();
  for (const agent of agents) await agent.end("SIGTERM");
}

async function sayCost(agents: readonly RunningAgent[], when: string, say: (line: string) => void): Promise<void> {
  const before = agents.map((each) => each.usage());
  await sleep(costMs);
  for (const [host, each] of agents.entries()) {
    const { cpuSeconds, megabytes } = each.usage();
    const percent = ((cpuSeconds - before[host]!.cpuSeconds) / costMs) * 100_000;
    say(`host ${host}, ${when}: ${percent.toFixed(1)}% of a processor, ${megabytes.toFixed(0)} MB`);
  }
}

async function watch(
  agents: readonly [RunningAgent, RunningAgent],
  profile: string,
  durationMs: number,
  say: (line: string) => void,
): Promise<void> {
  const turns: readonly (readonly [string, () => Promise<void>])[] = [
    ["full load", () => sleep(turnMs)],
    ["full load, status asked without pause (garbage collection)", () => askWithoutPause(agents[0])],
    ["full load, peer stopped for 2 s, three times", () => stopPeer(agents[1])],
    ["full load, every processor busy", busyProcessors],
  ];
  const seen = new Map<string, { turns: number; takeovers: number; suspected: number }>();
  let before = await counts(agents);
  for (let turn = 0, endMs = Date.now() + durationMs; Date.now() < endMs; turn++) {
    const [name, run] = turns[turn % turns.length]!;
    await run();
    const now = await counts(agents);
    const row = seen.get(name) ?? { turns: 0, takeovers: 0, suspected: 0 };
    row.turns += 1;
    row.takeovers += now.takeovers - before.takeovers;
    row.suspected += now.suspected - before.suspected;
    seen.set(name, row);
    if (now.takeovers > before.takeovers) for (const each of agents) say(each.command("explain", "--last", "1"));
    before = now;
  }
  for (const [name, row] of seen)
    say(`${name}: ${row.takeovers} false takeovers, ${row.suspected} suspicions in ${(row.turns * turnMs) / 1_000} s`);
  say(`${profile} profile, ${durationMs / 60_000} minutes: ${before.takeovers} false takeovers in all`);
}

async function counts(agents: readonly RunningAgent[]): Promise<{ takeovers: number; suspected: number }> {
  let [takeovers, suspected] = [0, 0];
  for (const each of agents) {
    const status = await each.freshStatus();
    takeovers += status.takeovers;
    for (const { links } of status.peers) for (const link of links) suspected += link.suspected;
  }
  return { takeovers, suspected };
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
