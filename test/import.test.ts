import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { requirement, umad2simPath } from "./setup/requirements.ts";
import { temporaryFolder, twinspine } from "./support/twinspine.ts";

test("every verb takes a fabric file in place of the cluster file that it was built from", () => {
  const folder = temporaryFolder();
  const cluster = "examples/false-dual.yaml";
  expect(twinspine(["design", cluster, "-o", folder]).code).toBe(0);
  const fabric = join(folder, "fabric.json");
  for (const verb of [["assess", "--no-files"], ["design"], ["audit"], ["price"]]) {
    const built = twinspine([verb[0]!, cluster, "--json", ...verb.slice(1)]);
    const read = twinspine([verb[0]!, fabric, "--settings", cluster, "--json", ...verb.slice(1)]);
    expect([read.stderr, read.code]).toEqual([built.stderr, built.code]);
    expect(JSON.parse(read.stdout)).toEqual(JSON.parse(built.stdout));
  }
  expect(twinspine(["audit", fabric]).code).toBe(1);
  expect(twinspine(["audit", cluster, "--settings", cluster]).code).toBe(2);
});

const data = "test/data/import";

test("a fabric is imported, audited with settings, and compared with its cluster file", () => {
  const folder = temporaryFolder();
  const fabric = join(folder, "fabric.json");
  const imported = twinspine(["import", `${data}/netbox`, "--from", "netbox", "-o", fabric, "--gpus", "4"]);
  expect(imported.code).toBe(0);
  expect(imported.stdout).toContain("16 GPUs in 4 servers");
  expect(imported.stderr).toContain("left out");
  const audit = twinspine(["audit", fabric, "--settings", "examples/small.yaml", "--json"]);
  expect([audit.code, audit.stderr]).toEqual([1, ""]);
  expect(JSON.parse(audit.stdout).audit.singlePointsOfFailure[0]).toMatchObject({ stage: "nic", count: 8 });
  const other = twinspine(["import", `${data}/lldp`, "--from", "lldp", "--no-files", "--against", fabric, "--json"]);
  expect(other.code).toBe(1);
  const kinds = JSON.parse(other.stdout).wiring.mistakes.map(({ kind }: { kind: string }) => kind);
  expect(new Set(kinds)).toContain("missing device");
  const same = twinspine(["import", `${data}/netbox`, "--from", "netbox", "--no-files", "--against", fabric]);
  expect([same.code, same.stdout.includes("no wiring mistakes")]).toEqual([0, true]);
});

test("every verb runs on an imported fabric alone: audit, assess, price, simulate, export", () => {
  const folder = temporaryFolder();
  const fabric = join(folder, "fabric.json");
  const read = ["import", `${data}/containerlab-clos02.clab.yml`, "--from", "containerlab", "--ignore", "client4"];
  const imported = twinspine([...read, "-o", fabric]);
  expect([imported.code, imported.stderr]).toEqual([0, expect.stringContaining("ignored as told")]);
  const scenario = join(folder, "scenario.yaml");
  writeFileSync(scenario, "{name: spine, duration: 60s, events: [{at: 10s, event: fail, part: spine2, for: 20s}]}\n");
  for (const [args, code] of [
    [["audit", fabric], 1],
    [["assess", fabric, "--no-files"], 1],
    [["price", fabric], 0],
    [["simulate", fabric, "--collective", "allreduce", "-b", "1M", "-e", "1M"], 0],
    [["simulate", fabric, "--scenario", scenario], 0],
    [["export", fabric, "--to", "frr", "-o", join(folder, "frr")], 0],
    [["export", fabric, "--to", "containerlab", "-o", join(folder, "containerlab")], 0],
  ] as const) {
    const run = twinspine([...args]);
    expect([args[0], run.code, run.stderr.includes("error")]).toEqual([args[0], code, false]);
  }
});

test.each([
  [["import", "nowhere", "--from", "lldp"], "file/not-found"],
  [["import", `${data}/lldp`, "--from", "netbox"], "import/nothing"],
  [["import", "README.md", "--from", "ibnetdiscover"], "import/syntax"],
  [["import", `${data}/lldp`, "--from", "nothing"], "Allowed choices"],
  [["import", `${data}/lldp`, "--from", "lldp", "--speed", "fast"], "command/value"],
  [["import", `${data}/lldp`, "--from", "lldp", "--rails", "0"], "command/value"],
  [["import", `${data}/lldp`, "--from", "lldp", "--servers", "x*"], "import/nothing"],
])("%j is refused", (args, message) => {
  const run = twinspine(args);
  expect([run.code, run.stdout]).toEqual([2, ""]);
  expect(run.stderr).toContain(message);
});

describe.skipIf(!requirement("opensm"))("ibnetdiscover on ibsim", () => {
  test("prints what is imported", async () => {
    const socket = `twinspine-import-${process.pid}`;
    const net = "/usr/share/doc/ibsim-utils/net-examples/net.2sw2path4hca2port";
    const simulator = spawn("ibsim", ["-s", net], { env: { ...process.env, IBSIM_SOCKNAME: socket } });
    try {
      await new Promise((resolve) => simulator.stdout.once("data", resolve));
      let dump = "";
      await expect
        .poll(
          () => {
            const env = { ...process.env, IBSIM_SOCKNAME: socket, SIM_HOST: "Hca1", LD_PRELOAD: umad2simPath };
            dump = spawnSync("ibnetdiscover", [], { env, encoding: "utf8" }).stdout;
            return dump;
          },
          { timeout: 20_000 },
        )
        .toContain("Switch2");
      const folder = temporaryFolder();
      writeFileSync(join(folder, "dump.txt"), dump);
      for (const file of [join(folder, "dump.txt"), net]) {
        const run = twinspine(["import", file, "--from", "ibnetdiscover", "--no-files", "--json"]);
        expect(JSON.parse(run.stdout).import).toMatchObject({ servers: 2, switches: 2, links: 6, linksPerRail: 2 });
      }
    } finally {
      simulator.kill("SIGKILL");
    }
  });
});
