import { expect, test } from "vitest";
import { auditFabric } from "../audit/index.ts";
import { buildFromYaml } from "../fabric/testing/build-from-yaml.ts";
import { stagePairs, stagePairWords } from "./stage-pairs.ts";

const { fabric, cluster } = buildFromYaml("{name: x, servers: {count: 8, nics: 2}, plane: {leaf: {downlinks: 4}}}");
const audit = auditFabric(fabric, cluster);

test("merging loses no pair and no verdict", () => {
  const merged = stagePairs(audit.nMinusTwo);
  const sum = (rows: readonly { count: number }[]) => rows.reduce((total, row) => total + row.count, 0);
  expect(sum(merged)).toBe(audit.examined.pairs);
  expect(merged.length).toBeLessThan(audit.nMinusTwo.length / 2);
  for (const verdict of ["fatal", "degraded", "transparent"]) {
    const of = <Row extends { verdict: string; count: number }>(rows: readonly Row[]) =>
      rows.filter((row) => row.verdict === verdict);
    expect(sum(of(merged))).toBe(sum(of(audit.nMinusTwo)));
  }
});

test("worst first, in words of stages", () => {
  const merged = stagePairs(audit.nMinusTwo);
  expect(merged[0]?.verdict).toBe("fatal");
  expect(merged.map(stagePairWords).join("\n")).toContain("part of the access link and ");
});
