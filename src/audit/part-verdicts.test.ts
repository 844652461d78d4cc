import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseCluster } from "../cluster/parse.ts";
import { buildFabric } from "../fabric/index.ts";
import { partKinds, stages } from "../fabric/types.ts";
import { auditFabric } from "./audit.ts";
import { noVerdict, verdictsOfParts } from "./part-verdicts.ts";
import { verdicts } from "./types.ts";

test.each(["thousand-gpu", "false-dual", "tree", "hpn-pod"])("%s: added up by kind it is the audit's table", (name) => {
  const text = readFileSync(new URL(`../../examples/${name}.yaml`, import.meta.url), "utf8");
  const cluster = parseCluster(text, `${name}.yaml`);
  const fabric = buildFabric(cluster).fabric!;
  const columns = verdictsOfParts(fabric, cluster);
  const key = (...words: readonly unknown[]) => words.join(" ");
  const counted = new Map<string, number>();
  for (let part = 0; part < fabric.parts.count; part++) {
    if (columns.verdict[part] === noVerdict) continue;
    const row = key(
      partKinds[fabric.parts.kind[part]!],
      stages[fabric.parts.stage[part]!],
      verdicts[columns.verdict[part]!],
      columns.gpusCutOff[part],
      columns.bandwidthKept[part]!.toFixed(9),
    );
    counted.set(row, (counted.get(row) ?? 0) + 1);
  }
  const expected = new Map<string, number>();
  for (const each of auditFabric(fabric, cluster, { pairs: false }).nMinusOne) {
    const row = key(each.kind, each.stage, each.verdict, each.gpusCutOff, each.bandwidthKept.toFixed(9));
    expected.set(row, (expected.get(row) ?? 0) + each.count);
  }
  expect(new Map([...counted].sort())).toEqual(new Map([...expected].sort()));
});
