/** MPTCP endpoints of the agent on a kernel: links fail and heal in turn while a connection carries data to its end. */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { root } from "../support/twinspine.ts";
import { until } from "../support/until.ts";
import { type Fabric, type HostIndex, type Link, makeFabric } from "./fabric.ts";
import { RunningAgent, writeHostFile } from "./running-agent.ts";

const program = join(root, "test/agent/mptcp-stream.py");
const failures = 12;

describe.skipIf(!requirement("network-namespaces", "nftables", "mptcp", "python3"))("MPTCP endpoints", () => {
  let fabric: Fabric;
  let folder: string;
  let agents: RunningAgent[] = [];
  let programs: ChildProcess[] = [];

  beforeAll(() => {
    fabric = makeFabric("mptcp");
    folder = mkdtempSync(join(tmpdir(), "twinspine-mptcp-"));
    for (const host of [0, 1] as const)
      fabric.run(host, ["ip", "mptcp", "limits", "set", "subflow", "4", "add_addr_accepted", "4"]);
  });
  beforeEach(async () => {
    agents = ([0, 1] as const).map((host) => {
      const settings = "holdDown: 100ms\nflapDamping: { enabled: false }\nmptcp: true";
      return new RunningAgent(
        root,
        fabric,
        host,
        writeHostFile(fabric, host, join(folder, `host-${host}`), { settings }),
      );
    });
    await Promise.all(agents.map((each) => each.allUp()));
  });
  afterEach(async () => {
    for (const each of programs) each.kill("SIGKILL");
    for (const each of agents) await each.end("SIGTERM");
    programs = [];
    for (const link of [0, 1] as const) fabric.healLink(link);
    for (const host of [0, 1] as const) fabric.run(host, ["ip", "mptcp", "endpoint", "flush"]);
  });
  afterAll(() => {
    fabric.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function run(host: HostIndex, ...words: string[]) {
    const command = ["netns", "exec", fabric.names[host], "python3", program, ...words];
    const child = spawn("ip", command, { stdio: ["pipe", "pipe", "inherit"] });
    programs.push(child);
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
    return { child, lines, last: () => lines.at(-1) ?? "" };
  }
  const sockets = () => fabric.run(0, ["ss", "-tnH", "state", "established"]);
  const endpoints = () => fabric.run(0, ["ip", "mptcp", "endpoint", "show"]);
  const logs = () => agents.map(({ log }) => log).join("\n");
  const isUp = async () =>
    (await Promise.all(agents.map((each) => each.status()))).every((each) =>
      each?.status.peers[0]?.links.every(({ state }) => state === "up"),
    );

  /** A stream from host 0, its bytes so far, and its end: what both ends say of it. */
  async function stream(listenOn: string, sendTo: string) {
    const receiver = run(1, "receive", listenOn);
    await until("the receiver listens", () => receiver.last() === "ready");
    const sender = run(0, "send", sendTo);
    const bytes = () => Number(receiver.last().split(" ")[0]) || 0;
    const flows = async (what: string) => {
      const before = bytes();
      await until(
        what,
        () => bytes() > before + 300_000,
        () => `${sockets()}\n${endpoints()}\n${logs()}`,
      );
    };
    const finish = async () => {
      const longestMs = Number(receiver.last().split(" ")[1]);
      const ended = Promise.all([once(sender.child, "exit"), once(receiver.child, "exit")]);
      sender.child.stdin.end();
      await ended;
      return { sent: sender.last(), received: receiver.last(), longestMs };
    };
    return { flows, finish };
  }

  test("a connection between the hosts' own addresses outlives twelve failures in turn, each time on both links again", async () => {
    const connection = await stream("0.0.0.0", fabric.ownAddress(1));
    const onLink = (link: Link) => sockets().includes(`${fabric.address(0, link)}%`);
    const onBoth = () => until("it has subflows on both links", () => onLink(0) && onLink(1), sockets);
    await onBoth();
    for (let turn = 0; turn < failures; turn++) {
      const link: Link = turn % 2 === 0 ? 0 : 1;
      fabric.breakLink(link, { kind: "dark" });
      await until(
        `the endpoint is withdrawn in outage ${turn + 1}`,
        () => !endpoints().includes(fabric.address(0, link)),
        logs,
      );
      expect(endpoints()).toContain(fabric.address(0, link === 0 ? 1 : 0));
      await connection.flows(`bytes flow in outage ${turn + 1}`);
      fabric.healLink(link);
      await until("both links are up", isUp, logs);
      await onBoth();
    }
    const { sent, received, longestMs } = await connection.finish();
    expect(received).toMatch(/^end \d{7,} /);
    expect(received).toBe(sent);
    expect(logs()).not.toContain("refused");
    process.stderr.write(`MPTCP with the agent: longest pause of ${failures} failures ${longestMs} ms\n`);
  });

  test("the only subflow of a connection is not taken from it", async () => {
    const limit = (subflows: number) => {
      const words = ["ip", "mptcp", "limits", "set", "subflow", `${subflows}`, "add_addr_accepted", `${subflows}`];
      for (const host of [0, 1] as const) fabric.run(host, words);
    };
    limit(0);
    const connection = await stream(fabric.address(1, 0), fabric.address(1, 0));
    for (let turn = 0; turn < 4; turn++) {
      await connection.flows(`bytes flow before failure ${turn + 1}`);
      fabric.breakLink(0, { kind: "dark" });
      await until(
        "traffic goes by the other link",
        async () => (await agents[0]!.status())?.status.peers[0]?.to[0] === 1,
        logs,
      );
      expect(endpoints()).toContain(fabric.address(0, 0));
      fabric.healLink(0);
      await until("both links are up", isUp, logs);
    }
    await connection.flows("bytes flow after all failures");
    const { sent, received } = await connection.finish();
    expect(received).toMatch(/^end \d{7,} /);
    expect(received).toBe(sent);
    limit(4);
  });
});
