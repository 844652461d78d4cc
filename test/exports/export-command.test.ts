import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder, twinspine } from "../support/twinspine.ts";

const filesUnder = (folder: string) =>
  (readdirSync(folder, { recursive: true }) as string[]).filter((name) => statSync(join(folder, name)).isFile()).sort();

describe("twinspine export", () => {
  test("--list shows every format with what it writes and what checks it, as text and as JSON", () => {
    const { formats } = JSON.parse(twinspine(["export", "--list", "--json"]).stdout) as {
      formats: Record<string, string>[];
    };
    expect(formats.length).toBeGreaterThan(12);
    const text = twinspine(["export", "--list"]).stdout;
    const page = readFileSync(new URL("../../docs/exports.md", import.meta.url), "utf8");
    for (const { name, writes, checkedBy } of formats) {
      expect([writes, checkedBy]).not.toContain("");
      expect(text).toContain(name);
      expect(page).toMatch(new RegExp(`^## .*\\b${name}\\b`, "m"));
    }
  });

  test("--json lists the files that were written", () => {
    const folder = temporaryFolder();
    const run = twinspine(["export", "examples/small.yaml", "--to", "sonic", "-o", folder, "--json"]);
    expect(run.code).toBe(0);
    expect(filesUnder(folder)).toEqual((JSON.parse(run.stdout).files as string[]).sort());
  });

  test.each([
    [["export"], "no cluster file"],
    [["export", "examples/small.yaml"], "no format is given"],
    [["export", "examples/small.yaml", "--to", "slrum"], "Did you mean slurm?"],
    [["export", "examples/small.yaml", "--to", "infiniband"], "export/network"],
    [["export", "examples/hpn-pod.yaml", "--to", "containerlab"], "export/too-large"],
    [["export", "nowhere.yaml", "--to", "frr"], "file/not-found"],
  ])("%j is bad input: exit 2, no stack trace, nothing written", (args, message) => {
    const folder = temporaryFolder();
    const run = twinspine([...args, "-o", folder]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(message);
    expect(run.stderr).not.toMatch(/\n\s+at /);
    expect(filesUnder(folder)).toEqual([]);
  });

  test("what was exported and imported again is the same fabric", () => {
    const folder = temporaryFolder();
    const ib = join(folder, "ib.yaml");
    writeFileSync(
      ib,
      "{name: ib, servers: {count: 16, nics: 2}, plane: {network: infiniband, leaf: {model: QM9700, downlinks: 8}, spine: {model: QM9700, count: 4}}}",
    );
    for (const [cluster, to, from, path] of [
      [ib, "infiniband", "ibnetdiscover", "plane-a/topology.ibnetdiscover"],
      ["examples/small.yaml", "containerlab", "containerlab", "frr.clab.yml"],
      ["examples/small.yaml", "netbox", "netbox", "7-cables.csv"],
    ] as const) {
      const out = join(folder, to);
      expect(twinspine(["export", cluster, "--to", to, "-o", out]).code).toBe(0);
      if (to === "netbox") {
        // Import reads what is connected, not what is planned.
        const cables = readFileSync(join(out, path), "utf8");
        writeFileSync(join(out, path), cables.replaceAll(",planned,", ",connected,"));
      }
      const read = twinspine([
        "import",
        join(out, path),
        "--from",
        from,
        "--against",
        cluster,
        "-o",
        join(folder, `${to}.json`),
      ]);
      expect([to, read.code, read.stderr]).toEqual([to, 0, ""]);
      expect(read.stdout).toContain("no wiring mistakes");
      expect(twinspine(["export", join(folder, `${to}.json`), "--to", "slurm", "-o", join(out, "again")]).code).toBe(0);
    }
  });
});
