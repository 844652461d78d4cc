import { describe, expect, test } from "vitest";
import { parseCluster } from "../cluster/parse.ts";
import { assessCluster } from "./assess-cluster.ts";
import type { Assessment } from "./assessment.ts";
import { assessmentJson } from "./assessment-json.ts";
import { assessmentSchema } from "./assessment-schema.ts";
import { assessText, auditText, designText, priceText } from "./text-report.ts";

function assessed(text: string): Assessment {
  const assessment = assessCluster(parseCluster(text, "test.yaml"), { version: "0.0.0", baseline: "single" });
  if (assessment.kind === "rejected") throw new Error("rejected");
  return assessment;
}

const clusters = {
  dual: "name: dual\nservers: {count: 16}\nplane: {}",
  single:
    "name: single\nservers: {count: 16, nics: 1, nic: ConnectX-6 1x200G, linksPerNic: 1}\nplane: {railOptimized: false}",
  "false-dual": "name: false-dual\nservers: {count: 32}\nattachment: same-module\nplane: {}",
};

const plain = { width: 100, colour: false };

describe("text reports", () => {
  const examples = Object.entries(clusters).map(([name, text]) => [name, assessed(text)] as const);

  test.each(examples)("golden: %s", async (name, assessment) => {
    await expect(assessText(assessment, plain)).toMatchFileSnapshot(`./golden/assess-${name}.txt`);
  });

  test.each(examples)("%s fits the schema of --json", (_, assessment) => {
    const json = JSON.parse(JSON.stringify(assessmentJson(assessment)));
    expect(assessmentSchema.parse(json)).toEqual(json);
  });

  test("the single verbs print their own part", () => {
    const [, assessment] = examples[2]!;
    expect(designText(assessment, plain)).not.toContain("Single points of failure");
    expect(auditText(assessment, plain)).toContain("Single points of failure");
    expect(auditText(assessment, plain)).not.toContain("cost a year");
    expect(priceText(assessment, plain)).toContain("all failure rates doubled");
    expect(priceText(assessment, plain)).not.toContain("Single points of failure");
  });

  test("what limits the price is said beside it, such as an incident that the fabric does not have", () => {
    const incident = "economics: { incident: { kind: switch, stage: core-switch, standstill: 1h } }";
    const parsed = parseCluster(`${clusters.dual}\n${incident}`, "test.yaml");
    const assessment = assessCluster(parsed, { version: "0.0.0", baseline: "tree" });
    if (assessment.kind === "rejected") throw new Error("rejected");
    const text = priceText(assessment, plain).replaceAll("\n", " ");
    expect(text).toContain('error: the fabric has no switch at the stage "core-switch"');
  });

  test("no line is wider than the terminal, down to 80 columns", () => {
    for (const [, assessment] of examples) {
      const lines = assessText(assessment, { width: 80, colour: false }).split("\n");
      expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
    }
  });

  test("colour adds escapes and nothing else", () => {
    const [, assessment] = examples[1]!;
    const coloured = assessText(assessment, { width: 100, colour: true });
    expect(coloured).toContain("\u001b[31mOne failed part can stop training.");
    const without = coloured.split("\u001b").map((part, index) => (index === 0 ? part : part.replace(/^\[\d+m/, "")));
    expect(without.join("")).toBe(assessText(assessment, plain));
  });
});
