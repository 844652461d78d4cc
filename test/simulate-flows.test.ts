import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder, twinspine } from "./support/twinspine.ts";

const cluster = "examples/thousand-gpu.yaml";

describe("twinspine simulate --flows", () => {
  test("prints the flows, the slowest first, and the busiest links", () => {
    const run = twinspine(["simulate", cluster, "--flows", "examples/flows.csv"]);
    expect(run.stderr).toBe("");
    expect(run.code).toBe(0);
    expect(run.stdout).toContain("thousand-gpu: 7 flows");
    expect(run.stdout).toContain("Busiest links until the end");
  });

  test("--json and --csv give every flow's time, and the same ones", () => {
    const json = JSON.parse(twinspine(["simulate", cluster, "--flows", "examples/flows.csv", "--json"]).stdout);
    const csv = twinspine(["simulate", cluster, "--flows", "examples/flows.csv", "--csv"]).stdout;
    const rows = csv.trim().split("\n").slice(1);
    expect(json.flows).toHaveLength(7);
    expect(json.unfinished).toBe(0);
    for (const [index, row] of rows.entries())
      expect(Number(row.split(",")[6])).toBeCloseTo(json.flows[index].timeS * 1e6, 5);
  });

  test("mistakes are shown with line and column, and nothing is printed", () => {
    const file = join(temporaryFolder(), "matrix.csv");
    writeFileSync(file, "source,destination,bytes\nsrv-0001/gpu-1,srv-0002/gpu-9,64MiB\n0,1,much\n");
    const run = twinspine(["simulate", cluster, "--flows", file]);
    expect(run.code).toBe(2);
    expect(run.stdout).toBe("");
    expect(run.stderr).toContain(`${file}:2:16: error simulate/flows-end: a server has no gpu-9`);
    expect(run.stderr).toContain(`${file}:3:5: error simulate/flows-value`);
    expect(run.stderr).toContain("2 errors");
  });

  test("two things at once are named as they were written", () => {
    for (const [option, value] of [
      ["--mode", "all"],
      ["--days", "3"],
    ] as const) {
      const run = twinspine(["simulate", cluster, "--flows", "examples/flows.csv", option, value]);
      expect(run.code).toBe(2);
      expect(run.stderr).toContain(`--flows and ${option} are two things`);
    }
  });
});
