import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseCluster } from "../../cluster/parse.ts";
import { buildFabric } from "./build.ts";

const text = readFileSync(join(import.meta.dirname, "../../../docs/cluster-file.md"), "utf8");
const files = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]!);

test.each(files.map((each) => [/name: (.*)/.exec(each)?.[1] ?? "", each]))(
  "the documented cluster %s builds",
  (_, each) => {
    const { fabric, rejections } = buildFabric(parseCluster(each, "docs/cluster-file.md"));
    expect(rejections).toEqual([]);
    expect(fabric?.links.count).toBeGreaterThan(0);
  },
);

test("there is one for everything that a cluster file can say", () => {
  expect(files.length).toBeGreaterThanOrEqual(17);
});
