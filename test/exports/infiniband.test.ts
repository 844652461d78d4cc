import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import { requirement, umad2simPath } from "../setup/requirements.ts";
import { temporaryFolder, twinspine } from "../support/twinspine.ts";

const simulators: ChildProcess[] = [];
afterEach(() => {
  for (const simulator of simulators.splice(0)) simulator.kill("SIGKILL");
});

/** ibsim with this topology; resolves when it is ready. */
async function simulate(topology: string, socket: string): Promise<void> {
  const simulator = spawn("ibsim", ["-s", topology], { env: { ...process.env, IBSIM_SOCKNAME: socket } });
  simulators.push(simulator);
  const lines = createInterface({ input: simulator.stdout });
  for await (const line of lines) if (line.includes("simulator ready")) break;
  expect(simulator.exitCode).toBeNull();
  // Its socket is open before it says so; keep its output flowing.
  simulator.stdout.resume();
  simulator.stderr.resume();
}

function onSimulator(socket: string, host: string, folder: string, command: string, args: readonly string[]) {
  return spawnSync(command, args, {
    encoding: "utf8",
    timeout: 60_000,
    env: {
      ...process.env,
      LD_PRELOAD: umad2simPath,
      IBSIM_SOCKNAME: socket,
      SIM_HOST: host,
      OSM_TMP_DIR: `${folder}/`,
      OSM_CACHE_DIR: `${folder}/`,
    },
  });
}

/** Ends of all links in an ibnetdiscover text: `node:port node:port`, each link twice. */
function linksOf(text: string): Set<string> {
  const links = new Set<string>();
  let node = "";
  for (const line of text.split("\n")) {
    const head = /^(?:Switch|Ca)\s+\d+ "([^"]+)"/.exec(line);
    if (head !== null) node = head[1]!;
    const port = /^\[(\d+)\][^"]*"([^"]+)"\[(\d+)\]/.exec(line);
    if (port !== null) links.add(`${node}:${port[1]} ${port[2]}:${port[3]}`);
  }
  return links;
}

/** Forwarding tables from OpenSM's dump: by switch GUID, the port for each LID. */
function forwarding(dump: string): Map<string, Map<number, number>> {
  const tables = new Map<string, Map<number, number>>();
  let table = new Map<number, number>();
  for (const line of dump.split("\n")) {
    const head = /^Unicast lids .* guid 0x([0-9a-f]+)/.exec(line);
    if (head !== null) {
      table = new Map();
      tables.set(head[1]!, table);
    }
    const row = /^0x([0-9a-f]+) (\d+)/.exec(line);
    if (row !== null) table.set(Number.parseInt(row[1]!, 16), Number(row[2]));
  }
  return tables;
}

const ndr = "network: infiniband, leaf: {model: QM9700, downlinks: 8}, spine: {model: QM9700, count: 4}";
const clusters = {
  "two leaves of one plane": `{name: x, servers: {count: 16, nics: 2}, plane: {${ndr}}}`,
  "two planes": `{name: x, servers: {count: 16, nics: 2}, attachment: two-planes, plane: {${ndr}}}`,
  "three tiers":
    "{name: x, servers: {count: 32, nics: 1}, plane: {network: infiniband, leaf: {model: QM9700, downlinks: 4, uplinks: 2}, spine: {model: QM9700, count: 2}, core: {model: QM9700, groupsPerPod: 2}}}",
};

describe.skipIf(!requirement("opensm"))("ibsim loads and OpenSM routes what export writes", () => {
  test.each(Object.entries(clusters))("%s", async (name, yaml) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "cluster.yaml"), yaml);
    const run = twinspine(["export", join(folder, "cluster.yaml"), "--to", "infiniband", "-o", folder]);
    expect([run.code, run.stderr]).toEqual([0, ""]);
    for (const plane of name === "two planes" ? ["plane-a", "plane-b"] : ["plane-a"]) {
      const at = join(folder, plane);
      const dumps = join(at, "dumps");
      mkdirSync(dumps);
      const topology = readFileSync(join(at, "topology.ibnetdiscover"), "utf8");
      const host = /^Ca\t1 "([^"]+)"/m.exec(topology)![1]!;
      const socket = `twinspine-${process.pid}-${simulators.length}`;
      await simulate(join(at, "topology.ibnetdiscover"), socket);

      const settings = readFileSync(join(at, "opensm.conf"), "utf8").replaceAll(`/etc/opensm/${plane}`, at);
      writeFileSync(join(at, "opensm.here.conf"), settings);
      const args = ["-F", join(at, "opensm.here.conf"), "-o", "-f", join(dumps, "log"), "-D", "0x43"];
      const manager = onSimulator(socket, host, dumps, "opensm", args);
      expect([manager.status, manager.signal]).toEqual([0, null]);
      const log = readFileSync(join(dumps, "log"), "utf8");
      expect(log).toContain("ftree tables configured on all switches");
      expect(log).toContain("SUBNET UP");
      expect(log).not.toMatch(/\bERR\b/);

      const discovered = onSimulator(socket, host, dumps, "ibnetdiscover", []);
      expect(linksOf(discovered.stdout)).toEqual(linksOf(topology));
      expectShortestRoutes(discovered.stdout, readFileSync(join(dumps, "opensm-lfts.dump"), "utf8"));
    }
  });
});

/** Follows OpenSM's tables from every leaf to every adapter and compares with breadth-first distances. */
function expectShortestRoutes(discovered: string, dump: string): void {
  const tables = forwarding(dump);
  const over = new Map([...linksOf(discovered)].map((link) => link.split(" ") as [string, string]));
  const rows = dump.matchAll(/^0x([0-9a-f]+) \d+ # Channel Adapter portguid 0x([0-9a-f]+)/gm);
  // The port of an adapter has the next identifier after the adapter's.
  const lids = new Map(
    [...rows].map(([, lid, port]) => [
      `H-${(BigInt(`0x${port}`) - 1n).toString(16).padStart(16, "0")}`,
      Number.parseInt(lid!, 16),
    ]),
  );
  const switches = [...tables.keys()].map((guid) => `S-${guid}`);
  expect(lids.size).toBeGreaterThan(8);
  for (const [adapter, lid] of lids) {
    const distance = distances(over, adapter);
    for (const start of switches) {
      let at = start;
      let hops = 0;
      while (at.startsWith("S-")) {
        const port = tables.get(at.slice(2))?.get(lid);
        const next = over.get(`${at}:${port}`);
        expect(next, `${at} forwards LID ${lid}`).toBeDefined();
        at = next!.slice(0, next!.lastIndexOf(":"));
        hops++;
        expect(hops).toBeLessThan(10);
      }
      expect(at).toBe(adapter);
      expect(hops).toBe(distance.get(start));
    }
  }
}

/** Links from every node to this one, by breadth-first search. */
function distances(over: ReadonlyMap<string, string>, from: string): Map<string, number> {
  const neighbours = new Map<string, string[]>();
  const nodeOf = (end: string) => end.slice(0, end.lastIndexOf(":"));
  for (const [near, far] of over) neighbours.set(nodeOf(near), [...(neighbours.get(nodeOf(near)) ?? []), nodeOf(far)]);
  const found = new Map([[from, 0]]);
  for (const node of found.keys())
    for (const next of neighbours.get(node) ?? []) {
      // Adapters do not forward.
      if (!found.has(next) && (node === from || node.startsWith("S-"))) found.set(next, found.get(node)! + 1);
    }
  return found;
}
