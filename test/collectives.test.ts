import { describe, expect, test } from "vitest";
import { twinspine } from "./support/twinspine.ts";

const simulate = (...options: string[]) => twinspine(["simulate", "examples/thousand-gpu.yaml", ...options]);

describe("twinspine simulate --collective", () => {
  test("prints nccl-tests' columns by size", () => {
    const { code, stdout, stderr } = simulate(
      "--collective",
      "allreduce",
      "-b",
      "8",
      "-e",
      "8G",
      "-f",
      "1024",
      "--placement",
      "packed",
    );
    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toContain("thousand-gpu: allreduce, ring, 1024 ranks, packed");
    expect(stdout).toMatch(/size \(B\) +protocol +time \(us\) +algbw \(GB\/s\) +busbw \(GB\/s\)/);
    expect(stdout.split("\n").filter((line) => /^ *\d+ {2}/.test(line))).toHaveLength(4);
  });

  test("says what hash collisions cost", () => {
    const { stdout } = simulate("--collective", "allreduce", "--bytes", "8GiB", "--placement", "spread");
    expect(stdout).toMatch(/Flows that hash onto the same links cost \d/);
    expect(simulate("--collective", "allreduce", "--bytes", "8GiB", "--routing", "spray").stdout).not.toContain("hash");
  });

  test("--json gives the contract's keys and nothing else on standard output", () => {
    const { code, stdout } = simulate(
      "--collective",
      "alltoall",
      "--group-size",
      "16",
      "--placement",
      "random",
      "--json",
    );
    expect(code).toBe(0);
    const [row] = JSON.parse(stdout).healthy.collectives;
    expect(row).toMatchObject({ kind: "alltoall", algorithm: "direct", ranks: 16, groups: 64, bytes: 32 * 2 ** 20 });
    for (const key of ["timeS", "algbwGBps", "busbwGBps"]) expect(row[key]).toBeGreaterThan(0);
    expect(row.busbwGBps).toBeCloseTo((row.algbwGBps * 15) / 16, 9);
  });

  test.each([
    [["--collective", "alreduce"], "simulate/collective", "Did you mean allreduce?"],
    [["--collective", "alltoall", "--algorithm", "tree"], "simulate/algorithm", "Use direct"],
    [["--collective", "allreduce", "--group-size", "2000"], "simulate/group", "from 2 to 1024"],
    [["--collective", "allreduce", "--bytes", "8GiB..8B"], "simulate/sizes", "smaller one first"],
    [["--collective"], "simulate/collective", "add collectives to the file"],
  ])("%j is the user's error", (options, code, remedy) => {
    const run = simulate(...options);
    expect(run.code).toBe(2);
    expect(run.stdout).toBe("");
    expect(run.stderr).toContain(code);
    expect(run.stderr).toContain(remedy);
  });
});
