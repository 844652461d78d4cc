import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { requirement } from "../setup/requirements.ts";
import { temporaryFolder, twinspine } from "../support/twinspine.ts";

/** FRR's own check of a configuration: what it says, empty when nothing is wrong. */
function complaints(path: string): string {
  const check = spawnSync("vtysh", ["-C", "-f", path], { encoding: "utf8" });
  return check.status === 0 ? "" : `${path}: ${check.stdout}${check.stderr}`;
}

describe.skipIf(!requirement("frr"))("FRR takes what export writes", () => {
  test.each(["small", "as-drawn", "heterogeneous", "false-dual", "tree"])("examples/%s.yaml", (example) => {
    const folder = temporaryFolder();
    const run = twinspine(["export", `examples/${example}.yaml`, "--to", "frr", "-o", folder]);
    expect(run.code).toBe(0);
    const nodes = readdirSync(folder).filter((name) => !name.endsWith(".csv"));
    // Nodes of one kind differ in names and addresses alone: every switch, and the first and last servers.
    const servers = nodes.filter((name) => name.startsWith("srv-"));
    const chosen = [...nodes.filter((name) => !name.startsWith("srv-")), ...servers.slice(0, 2), ...servers.slice(-1)];
    expect(chosen.map((node) => complaints(join(folder, node, "frr.conf"))).join("")).toBe("");
  });

  test("the check notices a mistake", () => {
    const folder = temporaryFolder();
    twinspine(["export", "examples/small.yaml", "--to", "frr", "-o", folder]);
    const text = readFileSync(join(folder, "srv-0001/frr.conf"), "utf8");
    writeFileSync(join(folder, "wrong.conf"), text.replace("maximum-paths 2", "maximum-paths 2000"));
    expect(complaints(join(folder, "wrong.conf"))).toContain("maximum-paths");
  });
});

describe.skipIf(!requirement("frr"))("the same holds inside SONiC and containerlab", () => {
  test.each([
    ["sonic", "leaf-a-01/frr.conf"],
    ["containerlab", "leaf-a-01/sonic/frr.conf"],
    ["containerlab", "srv-0001/frr.conf"],
  ])("--to %s: %s", (format, file) => {
    const folder = temporaryFolder();
    expect(twinspine(["export", "examples/small.yaml", "--to", format, "-o", folder]).code).toBe(0);
    expect(complaints(join(folder, file))).toBe("");
  });
});
