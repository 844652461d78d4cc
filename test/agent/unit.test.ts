/** The systemd unit: systemd finds nothing wrong in it, and its capabilities are enough for an agent that is not root. */

import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, cpSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { askStatus } from "../../src/agent/run/status-server.ts";
import { requirement } from "../setup/requirements.ts";
import { root } from "../support/twinspine.ts";
import { until } from "../support/until.ts";
import { type Fabric, makeFabric } from "./fabric.ts";
import { RunningAgent, writeHostFile } from "./running-agent.ts";

const unitFile = join(root, "examples/agent/twinspine-agent.service");
const nobody = 65_534;

/** The words of a line of the unit. */
function setting(name: string): readonly string[] {
  const line = new RegExp(`^${name}=(.*)$`, "m").exec(readFileSync(unitFile, "utf8"));
  expect(line, name).not.toBeNull();
  return line![1]!.split(" ");
}

test.skipIf(!requirement("systemd-analyze"))("systemd finds nothing wrong in the unit", () => {
  const folder = mkdtempSync(join(tmpdir(), "twinspine-unit-"));
  try {
    const copy = join(folder, "twinspine-agent.service");
    cpSync(unitFile, copy);
    const verified = spawnSync("systemd-analyze", ["verify", "--man=no", copy], { encoding: "utf8" });
    expect(verified.stderr).toBe("");
    expect(verified.status).toBe(0);
    const security = spawnSync("systemd-analyze", ["security", "--offline=yes", "--threshold=50", copy], {
      encoding: "utf8",
    });
    expect(security.stdout).toMatch(/Overall exposure level/);
    // Exposure in tenths: at most 5.0 of 10, which systemd calls medium.
    expect(security.status, security.stdout).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe.skipIf(!requirement("network-namespaces", "nftables", "setpriv"))("with the unit's capabilities alone", () => {
  let fabric: Fabric;
  let folder: string;
  let peer: RunningAgent;
  let agent: ChildProcess;

  beforeAll(async () => {
    fabric = makeFabric("unit");
    folder = mkdtempSync(join(tmpdir(), "twinspine-unit-"));
    peer = new RunningAgent(root, fabric, 1, writeHostFile(fabric, 1, join(folder, "host-1")));
  });
  afterAll(async () => {
    agent?.kill("SIGKILL");
    await peer.end("SIGTERM");
    fabric.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  test("an agent that is not root takes over in time, and leaves both links after kill -9", async () => {
    const file = writeHostFile(fabric, 0, join(folder, "host-0"), { settings: "holdDown: 100ms" });
    execFileSync("chmod", ["a+x", folder]);
    const capabilities = setting("AmbientCapabilities").map((name) => `+${name.replace("CAP_", "").toLowerCase()}`);
    expect(setting("CapabilityBoundingSet")).toEqual(setting("AmbientCapabilities"));
    const list = ["-all", ...capabilities].join(",");
    const main = join(root, "dist/cli/main.js");
    const asNobody = [`--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"];
    // Where the repository lies in a folder of root's alone, root keeps its number, with no more than the capabilities.
    const mayRead = spawnSync("setpriv", [...asNobody, "test", "-r", main]).status === 0;
    if (mayRead) execFileSync("chown", ["-R", `${nobody}:${nobody}`, join(folder, "host-0")]);
    const who = [...(mayRead ? asNobody : []), "--no-new-privs"];
    const caps = [`--bounding-set=${list}`, `--inh-caps=${list}`, `--ambient-caps=${list}`];
    const program = [process.execPath, main, "agent", "run", file];
    const log = openSync(`${file}.log`, "w");
    agent = spawn("ip", ["netns", "exec", fabric.names[0], "setpriv", ...who, ...caps, ...program], {
      stdio: ["ignore", "ignore", log],
    });
    closeSync(log);
    const said = () => readFileSync(`${file}.log`, "utf8");
    const socket = join(folder, "host-0", "state", `agent-${statSync(`/run/netns/${fabric.names[0]}`).ino}.sock`);
    const peerOf = async () => (await askStatus(socket).catch(() => undefined))?.status.peers[0];
    await until(
      "both links are up",
      async () => (await peerOf())?.links.every(({ state }) => state === "up") ?? false,
      said,
    );
    const status = readFileSync(`/proc/${agent.pid}/status`, "utf8");
    if (mayRead) expect(status).toMatch(new RegExp(`^Uid:\\s+${nobody}\\s`, "m"));
    // CAP_NET_ADMIN, CAP_NET_RAW and CAP_SYS_NICE.
    expect(status).toMatch(/^CapEff:\s+0000000000803000$/m);
    expect(said()).toContain("real-time priority 50");
    fabric.breakLink(0, { kind: "dark" });
    await until("traffic goes by link 2", async () => (await peerOf())?.to[0] === 1, said);
    expect(said()).not.toContain("refused");
    fabric.healLink(0);
    const routes = () => fabric.run(0, ["ip", "route", "show", fabric.ownAddress(1)]);
    expect(routes()).toContain("nhid");
    const exited = once(agent, "exit");
    agent.kill("SIGKILL");
    await exited;
    await until("no steered route is left", () => !routes().includes("nhid"), routes);
    expect(routes()).toMatch(/metric 51[\s\S]*l0[\s\S]*l1/);
  });
});
