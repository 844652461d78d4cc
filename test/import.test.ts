import { join } from "node:path";
import { expect, test } from "vitest";
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
