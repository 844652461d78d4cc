import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const MiB = 1_048_576;

/** What a program of this folder says in one JSON line. */
function said(program: string, ...words: readonly (string | number)[]): Record<string, number> {
  const script = join(import.meta.dirname, "programs", program);
  const run = spawnSync(process.execPath, ["--expose-gc", script, ...words.map(String)], { encoding: "utf8" });
  expect(run.stderr).toBe("");
  return JSON.parse(run.stdout);
}

// Before pieces were copied out of receive buffers, 48 kB unread kept 3 GB.
test.each([
  [16, 16 * MiB],
  [20_000, 64 * MiB],
])("a stream that nobody reads, %i bytes beside each mebibyte of another, keeps what it counts for", (bytes, most) => {
  const { grownBytes } = said("unread-stream.mjs", 1_000, bytes);
  expect(grownBytes).toBeLessThan(most);
});
