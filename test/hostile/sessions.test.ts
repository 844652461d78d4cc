import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const program = join(import.meta.dirname, "programs/sessions-in-one-process.mjs");

test("dozens of sessions in one process: none re-enters another, all carry, all live", () => {
  const run = spawnSync(process.execPath, [program, "48", "300000"], { encoding: "utf8" });
  expect(run.stderr).toBe("");
  expect(JSON.parse(run.stdout)).toEqual({ sessions: 48, living: 48 });
});
