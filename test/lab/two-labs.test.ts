/** Two labs side by side: what is done to one does nothing to the other, and both go without a trace. */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { root, twinspine } from "../support/twinspine.ts";
import { until } from "../support/until.ts";

/** Slow heartbeats: on a machine that is busy with other tests no session of the lab that is left alone may end. */
const cluster = `
name: pair
servers: { count: 2, gpus: 1, nics: 1 }
plane:
  railOptimized: false
  leaf: { model: SN5600, downlinks: 2, uplinks: 2 }
  spine: { model: SN5600, count: 2 }
switching: { heartbeat: { interval: 500ms, misses: 3 } }
`;
const [one, other] = [`pair-${process.pid}-a`, `pair-${process.pid}-b`];
const folder = mkdtempSync(join(tmpdir(), "twinspine-labs-"));
const file = join(folder, "cluster.yaml");
const program = join(root, "dist/cli/main.js");
const port = "srv-0001/nic-1/port-1";

const words = (id: string, verb: string, ...more: string[]) => ["lab", verb, file, "--name", id, ...more];
const lab = (id: string, verb: string, ...more: string[]) => twinspine(words(id, verb, ...more));
const probeWords = ["--from", "srv-0001", "--to", "srv-0002", "--flows", "2", "--interval", "20", "--json"];

const namespacesOf = (id: string) =>
  spawnSync("ip", ["netns", "list"], { encoding: "utf8" })
    .stdout.split("\n")
    .map((line) => line.split(" ")[0]!)
    .filter((name) => name.startsWith(`ts-${id}.`));

/** Numbers of the processes in a lab's namespaces. */
function processesOf(id: string): number[] {
  const inodes = new Set(namespacesOf(id).map((name) => statSync(`/run/netns/${name}`).ino));
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return inodes.has(Number(/\d+/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[0]));
      } catch {
        return false;
      }
    })
    .map(Number);
}

const statusOf = (id: string) => JSON.parse(lab(id, "status", "--json").stdout) as Status;

/** A setting of the machine that labs raise while they are there. */
const limitPath = "/proc/sys/net/ipv6/neigh/default/gc_thresh3";
const tightLimit = 100;
function limitNow(): number | undefined {
  try {
    return Number(readFileSync(limitPath, "utf8"));
  } catch {
    return undefined;
  }
}

const faultsOf = (id: string) =>
  (JSON.parse(readFileSync(`/run/twinspine/lab/${id}/state.json`, "utf8")) as { faults: unknown[] }).faults;

function pidOf(id: string, name: string, daemon: string): number {
  const { node } = statusOf(id).nodes.find((each) => each.node.name === name)!.node;
  return Number(readFileSync(`/run/twinspine/lab/${id}/n${node}/${daemon}.pid`, "utf8"));
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
}

/** In a process group of its own. */
function start(id: string, verb: string, ...more: string[]): Running {
  const child = spawn(process.execPath, [program, ...words(id, verb, ...more)], { cwd: root, detached: true });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return { child, ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr }))) };
}

const printed = async (id: string, verb: string, ...more: string[]) => (await start(id, verb, ...more).ended).stdout;

describe.skipIf(!requirement("network-namespaces", "nftables", "frr"))("two labs side by side", () => {
  const limitBefore = limitNow();
  const mayLimit = limitBefore !== undefined;
  beforeAll(() => {
    writeFileSync(file, cluster);
    if (mayLimit) writeFileSync(limitPath, String(tightLimit));
    for (const id of [one, other]) expect(lab(id, "up", "--json").stderr).toBe("");
  });
  afterAll(() => {
    for (const id of [one, other]) lab(id, "down");
    rmSync(folder, { recursive: true, force: true });
    if (mayLimit) writeFileSync(limitPath, String(limitBefore));
  });

  test.skipIf(!mayLimit)("the kernel's table of neighbours has room for both", () => {
    expect(limitNow()).toBeGreaterThan(tightLimit);
  });

  test("a failure in one: the other loses nothing, and each tells of its own", async () => {
    const untouched = processesOf(other);
    expect(untouched.length).toBe(3 * 6);
    const both = await Promise.all([
      printed(one, "probe", ...probeWords, "--duration", "6", "--fail", port, "--silent"),
      printed(other, "probe", ...probeWords, "--duration", "8"),
    ]);
    const [hit, spared] = both.map((text) => JSON.parse(text) as Probed);
    expect(hit!.udp.lost).toBeGreaterThan(20);
    expect([spared!.udp.lost, spared!.tcp.lost]).toEqual([0, 0]);
    expect(spared!.udp.sent).toBeGreaterThan(400);

    expect(lab(one, "fail", port, "--silent").code).toBe(0);
    expect(lab(one, "fail", "spine-a-01").stdout).toContain("daemons killed");
    const [failed, well] = [statusOf(one), statusOf(other)];
    expect(failed).toMatchObject({ id: one, converged: false });
    expect(failed.faults.map(({ part }) => part)).toEqual([port, "spine-a-01"]);
    expect(well).toMatchObject({ id: other, converged: true, faults: [] });
    expect(well.nodes.every(({ node }) => node.namespace.startsWith(`ts-${other}.`))).toBe(true);
    expect(processesOf(other)).toEqual(untouched);
  }, 120_000);

  test("Ctrl-C while a fault is there heals it, and leaves no process", async () => {
    expect(lab(one, "heal").code).toBe(0);
    const healed = async (id: string, verb: string, ...more: string[]) => {
      await until(`${id} is well`, () => statusOf(id).converged);
      const before = processesOf(id);
      const running = start(id, verb, ...more);
      await until(`${verb} makes its fault`, () => faultsOf(id).length > 0);
      // To all processes of the command, as a terminal sends it.
      process.kill(-running.child.pid!, "SIGINT");
      expect(await running.ended, verb).toMatchObject({
        code: 130,
        stdout: "",
        stderr: "Interrupted: what was begun is undone.\n",
      });
      expect(faultsOf(id), verb).toEqual([]);
      expect(processesOf(id), verb).toEqual(before);
      await until(`${id} is well after ${verb}`, () =>
        statusOf(id).links.every(({ carrier, dark }) => carrier && dark === "no"),
      );
    };
    await healed(one, "fail", port, "--flap", "1000", "--down", "100ms", "--up", "100ms");
    await Promise.all([
      healed(one, "allreduce", "--elements", "20000", "--fail", port),
      healed(other, "compare", "--elements", "20000", "--kind", "silent"),
    ]);
  }, 180_000);

  test("what a killed command leaves behind: no rank, a fault that heal ends", async () => {
    const before = processesOf(one);
    const running = start(one, "allreduce", "--iterations", "10000");
    await until("the ranks run", () => processesOf(one).length > before.length);
    running.child.kill("SIGKILL");
    await until("the ranks are gone", () => processesOf(one).length === before.length);

    const flapping = start(one, "fail", port, "--flap", "1000", "--down", "100ms", "--up", "100ms");
    await until("the link flaps", () => faultsOf(one).length > 0);
    flapping.child.kill("SIGKILL");
    await flapping.ended;
    expect(lab(one, "fail", port).code).toBe(0);
    expect(lab(one, "heal").code).toBe(0);
    expect(statusOf(one).links.every(({ carrier, dark }) => carrier && dark === "no")).toBe(true);
  }, 120_000);

  test("a lab that has lost a daemon or a namespace is made anew by up", async () => {
    expect(lab(one, "fail", "spine-a-01").code).toBe(0);
    expect(lab(one, "up").stdout).toContain("up already");
    process.kill(pidOf(one, "leaf-a-01", "bgpd"), "SIGKILL");
    const broken = lab(one, "status");
    expect(broken.code).toBe(1);
    expect(broken.stdout).toContain("twinspine lab up makes the lab anew");
    const { code, stderr } = lab(one, "up");
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `lab ${one} had lost leaf-a-01: bgpd. It was made anew, without faults.\n`,
    });
    expect(statusOf(one)).toMatchObject({ converged: true, faults: [] });

    const orphans = processesOf(one);
    spawnSync("ip", ["netns", "delete", `ts-${one}.leaf-a-01`]);
    expect(lab(one, "fail", port).stderr).toContain("twinspine lab up makes a lab anew");
    expect(lab(one, "up").stderr).toContain("leaf-a-01: namespace");
    expect(statusOf(one)).toMatchObject({ converged: true, faults: [] });
    expect(orphans.filter(isDaemon)).toEqual([]);
  }, 120_000);

  test("one goes, the other works on; then nothing is left of either", async () => {
    const mine = processesOf(one);
    const yours = processesOf(other);
    const traffic = printed(other, "probe", ...probeWords, "--duration", "6");
    expect(lab(one, "down").stdout).toContain("6 namespaces");
    expect(namespacesOf(one)).toEqual([]);
    expect(existsSync(`/run/twinspine/lab/${one}`)).toBe(false);
    expect((JSON.parse(await traffic) as Probed).udp.lost).toBe(0);
    expect(statusOf(other).converged).toBe(true);
    expect(processesOf(other)).toEqual(yours);
    expect(lab(one, "status").stderr).toMatch(new RegExp(`another with --name: .*${other}`));

    expect(lab(other, "down").code).toBe(0);
    expect([...namespacesOf(one), ...namespacesOf(other)]).toEqual([]);
    for (const id of [one, other]) {
      expect(existsSync(`/run/twinspine/lab/${id}`)).toBe(false);
      expect(existsSync(`/run/twinspine/lab/.${id}.lock`)).toBe(false);
    }
    expect([...mine, ...yours].filter(isDaemon)).toEqual([]);
    // Another lab of this machine may keep its room.
    if (mayLimit && !existsSync("/run/twinspine/lab")) expect(limitNow()).toBe(tightLimit);
  }, 120_000);
});

/** Whether the number is one of a routing daemon that runs: one that is dead and not yet reaped has no program. */
function isDaemon(pid: number): boolean {
  try {
    return /\/(zebra|bgpd|bfdd)$/.test(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return false;
  }
}

interface Probed {
  readonly udp: { readonly sent: number; readonly lost: number };
  readonly tcp: { readonly lost: number };
}

interface Status {
  readonly id: string;
  readonly converged: boolean;
  readonly faults: readonly { readonly part: string }[];
  readonly nodes: readonly {
    readonly node: { readonly name: string; readonly namespace: string; readonly node: number };
  }[];
  readonly links: readonly { readonly carrier: boolean; readonly dark: string }[];
}
