/** The lab as a user runs it, for real: up, failures, down, and what is left. */

import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { root, temporaryFolder, twinspine } from "../support/twinspine.ts";

const file = "examples/lab.yaml";
const id = `test-${process.pid}`;
const lab = (verb: string, ...words: string[]) => twinspine(["lab", verb, file, "--name", id, ...words]);
const namespaces = (of: string) =>
  spawnSync("ip", ["netns", "list"], { encoding: "utf8" })
    .stdout.split("\n")
    .filter((line) => line.startsWith(`ts-${of}.`));

test("without root: what is missing and how to get it", () => {
  if (process.getuid?.() === 0) return;
  const { code, stderr } = lab("up");
  expect(code).toBe(2);
  expect(stderr).toContain("lab/root");
});

describe.skipIf(!requirement("network-namespaces", "nftables", "frr"))("a lab", () => {
  afterAll(() => {
    for (const each of [id, `${id}-b`]) twinspine(["lab", "down", file, "--name", each]);
  });
  const waitForStatus = (wanted: (status: Status) => boolean) => {
    const endMs = Date.now() + 90_000;
    for (;;) {
      const status = JSON.parse(lab("status", "--json").stdout) as Status;
      if (wanted(status)) return status;
      if (Date.now() > endMs)
        throw new Error(JSON.stringify(status.nodes.filter((each) => each.bfd < each.sessionsWanted)));
    }
  };

  test("comes up, fails, heals, and goes without a trace", () => {
    expect(lab("status").stderr).toContain("lab/not-up");
    const up = lab("up", "--json");
    expect(up.stderr).toBe("");
    expect(JSON.parse(up.stdout)).toMatchObject({ already: false, nodes: 10, links: 16 });
    expect(lab("up").stdout).toContain("up already");
    expect(lab("up", "--rate", "50").stderr).toContain("lab/differs");
    const exported = temporaryFolder();
    twinspine(["export", file, "--to", "frr", "-o", exported]);
    const written = readFileSync(join(exported, "srv-0001/frr.conf"), "utf8");
    expect(readFileSync(`/run/twinspine/lab/${id}/n0/frr.conf`, "utf8")).toBe(written);

    const ends = ["--from", "srv-0001", "--to", "srv-0003", "--duration", "4", "--json"];
    expect(lab("probe", "--from", "srv-0001", "--to", "leaf-a-01").stderr).toContain("lab/server");
    const port = "srv-0001/nic-1a/port-1";
    const probed = JSON.parse(lab("probe", ...ends, "--fail", port, "--silent").stdout) as Probed;
    // Detection takes 2 to 3 heartbeats of 50 ms; until then all that srv-0001 sends is lost.
    expect(probed.udp.lost).toBeGreaterThan(100);
    expect(probed.udp.longestGapMs).toBeGreaterThan(100);
    expect(probed.tcp.lost).toBe(0);
    expect(probed.tcp.longestGapMs).toBeGreaterThan(100);
    waitForStatus(({ converged }) => converged);

    const sums = lab("allreduce", "--elements", "100000", "--iterations", "6", "--fail", port, "--json");
    expect(sums.stderr).toBe("");
    expect(JSON.parse(sums.stdout)).toMatchObject({ rightSums: 24, allSums: 24, ranks: 4, mode: "active-standby" });
    expect((JSON.parse(sums.stdout) as { takeovers: unknown[] }).takeovers.length).toBeGreaterThan(0);
    expect(lab("fail", "leaf-a-01/cage-64", "--flap", "2", "--down", "50ms", "--up", "50ms").stdout).toContain(
      "2 times",
    );
    waitForStatus(({ converged }) => converged);

    const compared = lab("compare", "--mode", "active-standby", "--kind", "carrier", "--elements", "20000", "--json");
    const { rows } = JSON.parse(compared.stdout) as { rows: { what: string; measured: { allSumsRight: boolean } }[] };
    expect(rows.map(({ what }) => what)).toEqual(["access link", "leaf-spine link", "spine"]);
    expect(rows.every(({ measured }) => measured.allSumsRight)).toBe(true);

    expect(lab("fail", port, "--silent").code).toBe(0);
    const dark = waitForStatus(({ nodes }) => nodes[0]!.bfd === 1);
    expect(dark.links.filter(({ dark }) => dark === "both").length).toBe(1);
    expect(dark.links.every(({ carrier }) => carrier)).toBe(true);
    expect(dark.nodes[0]!.missingRoutes).toBe(0);
    expect(lab("status").code).toBe(1);

    expect(lab("fail", "spine-a-01").stdout).toContain("daemons killed");
    const dead = waitForStatus(({ nodes }) =>
      nodes.every(({ node, daemons }) => daemons === (node.name === "spine-a-01" ? 0 : 3)),
    );
    expect(dead.links.filter(({ carrier }) => !carrier).length).toBe(4);

    expect(lab("fail", "nothing").stderr).toContain("lab/part");
    expect(lab("heal").code).toBe(0);
    waitForStatus(({ converged }) => converged);
    expect(lab("status").code).toBe(0);
    expect(lab("down").code).toBe(0);
    expect(namespaces(id)).toEqual([]);
    expect(existsSync(`/run/twinspine/lab/${id}`)).toBe(false);
    expect(existsSync(`/run/twinspine/lab/.${id}.lock`)).toBe(false);
    expect(lab("down").stdout).toContain("there was no lab");
  }, 240_000);

  test("an interrupted start leaves nothing; a killed one is taken away; another lab stays", async () => {
    const other = `${id}-b`;
    const start = (name: string) =>
      spawn(process.execPath, [join(root, "dist/cli/main.js"), "lab", "up", file, "--name", name], { stdio: "ignore" });
    const half = (name: string) =>
      new Promise<void>((resolve) => {
        const look = setInterval(() => {
          if (namespaces(name).length < 5) return;
          clearInterval(look);
          resolve();
        }, 20);
      });
    const killed = start(other);
    await half(other);
    killed.kill("SIGKILL");
    const stopped = start(id);
    await half(id);
    stopped.kill("SIGINT");
    expect(await new Promise((resolve) => stopped.on("exit", resolve))).toBe(130);
    expect(namespaces(id)).toEqual([]);
    expect(namespaces(other).length).toBe(10);
    expect(twinspine(["lab", "status", file, "--name", other]).stderr).toContain("lab/not-up");
    expect(twinspine(["lab", "down", file, "--name", other]).code).toBe(0);
    expect(namespaces(other)).toEqual([]);
  }, 120_000);
});

describe.skipIf(!requirement("network-namespaces", "nftables", "frr"))("a lab with agents", () => {
  const withAgents = (verb: string, ...words: string[]) =>
    twinspine(["lab", verb, file, "--name", `${id}-c`, ...words]);
  afterAll(() => void withAgents("down"));

  test("every agent sees both links to every other server, and steers off a black hole", () => {
    const up = withAgents("up", "--agent", "--json");
    expect(up.stderr).toBe("");
    const { nodes } = JSON.parse(withAgents("status", "--json").stdout) as Status;
    expect(nodes.filter(({ agentLinks }) => agentLinks === 6).length).toBe(4);
    const ends = ["--from", "srv-0001", "--to", "srv-0003", "--duration", "4"];
    const words = [...ends, "--fail", "srv-0001/nic-1a/port-1", "--silent", "--json"];
    const { udp } = JSON.parse(withAgents("probe", ...words).stdout) as Probed;
    expect(udp.lost).toBeGreaterThan(20);
    expect(udp.longestGapMs).toBeLessThan(1_000);
    const host = readFileSync(`/run/twinspine/lab/${id}-c/n0/host.yaml`, "utf8");
    expect(host).toContain("10.0.2.3");
    expect(withAgents("down").code).toBe(0);
    expect(existsSync(`/run/twinspine/lab/${id}-c`)).toBe(false);
  }, 120_000);
});

interface Probed {
  readonly udp: { readonly lost: number; readonly longestGapMs: number };
  readonly tcp: { readonly lost: number; readonly longestGapMs: number };
}

interface Status {
  readonly converged: boolean;
  readonly nodes: readonly {
    readonly node: { readonly name: string };
    readonly daemons: number;
    readonly bfd: number;
    readonly sessionsWanted: number;
    readonly missingRoutes: number;
    readonly agentLinks?: number;
  }[];
  readonly links: readonly { readonly carrier: boolean; readonly dark: string }[];
}
