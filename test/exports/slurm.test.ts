import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { temporaryFolder, twinspine } from "../support/twinspine.ts";

const controllers: ChildProcess[] = [];
afterEach(() => {
  for (const controller of controllers.splice(0)) controller.kill("SIGKILL");
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** slurmctld over the exported files, without any compute node; resolves to the environment for its clients. */
async function controller(folder: string): Promise<NodeJS.ProcessEnv> {
  mkdirSync(join(folder, "state"));
  const settings = [
    "ClusterName=test",
    "SlurmctldHost=localhost(127.0.0.1)",
    `SlurmUser=${userInfo().username}`,
    "AuthType=auth/none",
    "CredType=cred/none",
    `SlurmctldPort=${await freePort()}`,
    `SlurmdPort=${await freePort()}`,
    `StateSaveLocation=${folder}/state`,
    `SlurmctldPidFile=${folder}/pid`,
    `SlurmdSpoolDir=${folder}/spool`,
    "ProctrackType=proctrack/linuxproc",
    "SelectType=select/cons_tres",
    "include here.conf",
    "PartitionName=all Nodes=ALL Default=YES",
    "MailProg=/bin/true",
  ];
  writeFileSync(join(folder, "slurm.conf"), `${settings.join("\n")}\n`);
  // The servers do not exist: an address each, so that nobody asks the name service for them.
  const fabric = readFileSync(join(folder, "fabric.conf"), "utf8");
  writeFileSync(join(folder, "here.conf"), fabric.replace(" Gres=", " NodeAddr=127.0.0.1 Gres="));
  const env = { ...process.env, SLURM_CONF: join(folder, "slurm.conf") };
  const started = spawn("slurmctld", ["-D", "-i"], { env, cwd: folder });
  controllers.push(started);
  const said: string[] = [];
  for await (const line of createInterface({ input: started.stderr })) {
    said.push(line);
    if (line.includes("Running as primary controller")) break;
  }
  expect(said.join("\n")).toContain("Running as primary controller");
  expect(
    said.filter((line) => /error|fatal/.test(line) && !/\/state\/|backup state save|High latency/.test(line)),
  ).toEqual([]);
  started.stderr.resume();
  return env;
}

describe.skipIf(!requirement("slurm"))("Slurm loads what export writes", () => {
  test.each([
    ["small", ["group-1", "group-2", "fabric"], "srv-[0001-0008]"],
    ["heterogeneous", undefined, "srv-[0001-0032]"],
    ["tree", undefined, "srv-[0001-0064]"],
  ])("examples/%s.yaml", async (example, switches, all) => {
    const folder = temporaryFolder();
    expect(twinspine(["export", `examples/${example}.yaml`, "--to", "slurm", "-o", folder]).code).toBe(0);
    const env = await controller(folder);
    const shown = spawnSync("scontrol", ["show", "topology"], { env, encoding: "utf8", timeout: 20_000 });
    expect([shown.status, shown.stderr]).toEqual([0, ""]);
    const rows = shown.stdout
      .trimEnd()
      .split("\n")
      .map((line) => new Map(line.split(" ").map((pair) => pair.split("=") as [string, string])));
    const names = rows.map((row) => row.get("SwitchName"));
    const written = readFileSync(join(folder, "topology.conf"), "utf8");
    expect(names.sort()).toEqual([...written.matchAll(/^SwitchName=(\S+)/gm)].map(([, name]) => name).sort());
    if (switches !== undefined) expect(names).toEqual([...switches].sort());
    // The highest level sees every node: nothing fell out of the tree.
    const top = rows.find((row) => row.get("Nodes") === all);
    expect(top?.get("Level")).toBe(String(Math.max(...rows.map((row) => Number(row.get("Level"))))));
  });
});
