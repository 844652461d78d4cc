import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root, temporaryFolder, twinspine } from "./support/twinspine.ts";

const folder = "examples/scenarios";
/** A month at the published rates is for the bench; the scenario of two NICs needs rails that have two. */
const clusterOf: Readonly<Record<string, string>> = {
  "two-nics.yaml": "examples/heterogeneous.yaml",
};
const scenarios = readdirSync(join(root, folder)).filter((name) => name !== "random-month.yaml");

describe("twinspine simulate --scenario", () => {
  test.each(scenarios)("examples/scenarios/%s runs", (name) => {
    const cluster = clusterOf[name] ?? "examples/thousand-gpu.yaml";
    const run = twinspine(["simulate", cluster, "--scenario", join(folder, name), "--json"]);
    expect(run.stderr).toBe("");
    const json = JSON.parse(run.stdout);
    expect([0, 1]).toContain(run.code);
    expect(json.complete).toBe(true);
    expect(json.events.length).toBeGreaterThan(0);
    expect(json.timeline[0].startS).toBe(0);
    for (const [index, row] of json.timeline.entries()) {
      if (index > 0) expect(row.startS).toBe(json.timeline[index - 1].endS);
      if (row.sharing !== null) expect(json.sharings[row.sharing]).toHaveLength(3);
    }
    expect(json.timeline.at(-1).endS).toBe(json.totals.simulatedS);
    for (const each of json.takeovers)
      expect(each.detectUs + each.decideUs + each.switchUs + each.replayUs).toBe(each.totalUs);
  });

  test("the same twice gives the same bytes, and -o writes what --json prints", () => {
    const output = temporaryFolder();
    const args = ["simulate", "examples/small.yaml", "--days", "2", "--seed", "7", "--json"];
    const first = twinspine(args);
    expect(twinspine([...args, "-o", output]).stdout).toBe(first.stdout);
    expect(JSON.parse(readFileSync(join(output, "simulation.json"), "utf8"))).toEqual(JSON.parse(first.stdout));
  });

  test("mistakes are shown all at once with line and column; exit code 2", () => {
    const file = join(temporaryFolder(), "wrong.yaml");
    writeFileSync(
      file,
      "events:\n  - { at: 1s, event: fail, part: srv-9999 }\n  - { at: 2s, event: explode, part: srv-0001 }\n",
    );
    const run = twinspine(["simulate", "examples/small.yaml", "--scenario", file]);
    expect(run.code).toBe(2);
    expect(run.stdout).toBe("");
    expect(run.stderr).toContain(`${file}:3:`);
    const both = twinspine(["simulate", "examples/small.yaml", "--scenario", file, "--days", "3"]);
    expect(both.code).toBe(2);
    expect(both.stderr).toContain("exclude each other");
    expect(twinspine(["simulate", "examples/small.yaml", "--mode", "fast"]).code).toBe(2);
  });

  test("an interrupted run exits with 130 and prints what it has", async () => {
    const args = ["dist/cli/main.js", "simulate", "examples/hpn-pod.yaml", "--days", "100", "--json"];
    let code: number | null = null;
    let output = "";
    // Before the run has begun an interrupt simply ends the process: then wait longer.
    for (let waitMs = 4000; code === null && waitMs <= 32_000; waitMs *= 2) {
      const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "ignore"] });
      const chunks: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
      const interrupt = setTimeout(() => child.kill("SIGINT"), waitMs);
      code = await new Promise<number | null>((resolve) => child.on("close", resolve));
      clearTimeout(interrupt);
      output = Buffer.concat(chunks).toString("utf8");
    }
    expect(code).toBe(130);
    const json = JSON.parse(output);
    expect(json.complete).toBe(false);
    expect(json.totals.simulatedS).toBeLessThan(100 * 86_400);
    expect(json.timeline.at(-1)?.endS ?? 0).toBe(json.totals.simulatedS);
  }, 120_000);
});
