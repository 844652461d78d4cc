import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseCluster } from "../cluster/parse.ts";
import { billOfMaterials, buildFabric } from "../fabric/index.ts";
import type { Assessment } from "./assessment.ts";
import { designJson, rejectedJson } from "./assessment-json.ts";
import { assessmentJsonSchema, assessmentSchema } from "./assessment-schema.ts";

const example = (name: string) =>
  parseCluster(readFileSync(new URL(`../../examples/${name}.yaml`, import.meta.url), "utf8"), `${name}.yaml`);

function designed(name: string): Assessment {
  const cluster = example(name);
  const design = buildFabric(cluster);
  const fabric = design.fabric!;
  return { kind: "assessment", cluster, design, fabric, bill: billOfMaterials(fabric, cluster), version: "0.0.0" };
}

describe("the contract of --json", () => {
  test("schema/assessment.schema.json is up to date (npm run schema)", () => {
    const written = JSON.parse(readFileSync(new URL("../../schema/assessment.schema.json", import.meta.url), "utf8"));
    expect(written).toEqual(JSON.parse(JSON.stringify(assessmentJsonSchema())));
  });

  test("switches and links are summed over the planes", () => {
    const { design } = designJson(designed("hpn-pod"));
    expect(design?.switches).toEqual({ leaf: 240, spine: 120, core: 0 });
    expect(design?.links).toEqual({ access: 30_720, leafSpine: 14_400, spineCore: 0 });
    expect(design?.planes).toHaveLength(2);
    expect(design?.oversubscription).toBeCloseTo(16 / 15);
  });

  test("a tree counts its tiers under leaf, spine and core", () => {
    const { design, cluster } = designJson(designed("tree"));
    expect(design?.switches?.core).toBe(1);
    expect(design?.links?.access).toBe(cluster.servers * 8);
  });

  test.each(["small", "as-drawn", "heterogeneous"])("%s fits the schema after a round trip", (name) => {
    const json = JSON.parse(JSON.stringify(designJson(designed(name))));
    expect(assessmentSchema.parse(json)).toEqual(json);
  });

  test("a rejected design has its rejections and no numbers", () => {
    const cluster = example("thousand-gpu");
    const rejection = { code: "design/ports", severity: "error", message: "too few" } as const;
    const design = { fabric: undefined, plans: [], warnings: [], rejections: [rejection] };
    const json = rejectedJson({ kind: "rejected", cluster, design, version: "0.0.0" });
    expect(assessmentSchema.parse(json)).toEqual(json);
    expect(json.design?.switches).toBeNull();
    expect(json.design?.rejections).toEqual([rejection]);
  });
});
