import { describe, expect, test } from "vitest";
import { clusterJsonSchema } from "../../../src/cluster/schema.ts";
import { type JsonSchema, proposalsAt } from "./schema-completion.ts";

const schema = clusterJsonSchema() as JsonSchema;

/** Labels proposed at the mark `|`. */
function labelsAt(marked: string): readonly string[] {
  const at = marked.indexOf("|");
  return (proposalsAt(schema, marked.replace("|", ""), at)?.options ?? []).map(({ label }) => label);
}

describe("what can stand in a cluster file", () => {
  test("keys of the top, with what they mean", () => {
    expect(labelsAt("na|")).toEqual(expect.arrayContaining(["name", "servers", "plane", "switching", "economics"]));
    const { options } = proposalsAt(schema, "", 0)!;
    expect(options.find(({ label }) => label === "servers")!.detail).toBe("The GPU servers.");
  });

  test("keys of a mapping, by its indentation", () => {
    expect(labelsAt("servers:\n  cou|")).toEqual(expect.arrayContaining(["count", "gpus", "nics"]));
    expect(labelsAt("plane:\n  links:\n    access:\n      |")).toEqual(expect.arrayContaining(["length", "cable"]));
    expect(labelsAt("servers:\n  count: 8\nplane:\n  leaf:\n    model: SN5600\n  |")).toContain("spine");
  });

  test("keys of the items of a list, indented or not", () => {
    expect(labelsAt("planes:\n  - net|")).toContain("network");
    expect(labelsAt("planes:\n  - name: a\n    net|")).toContain("network");
    expect(labelsAt("planes:\n- name: a\n  net|")).toContain("network");
    expect(labelsAt("planes:\n  - name: a\n    leaf:\n      |")).toContain("model");
  });

  test("keys and values inside braces", () => {
    expect(labelsAt("plane:\n  leaf: { mo|")).toContain("model");
    expect(labelsAt("servers: { count: 8, g|")).toContain("gpus");
    expect(labelsAt("plane: { network: inf|")).toEqual(["infiniband", "ethernet"]);
  });

  test("values of a choice, and the default", () => {
    expect(labelsAt("switching:\n  mode: |")).toEqual(["active-standby", "load-balancing", "duplication"]);
    expect(labelsAt("attachment: two|")).toEqual(expect.arrayContaining(["two-leaves", "two-planes"]));
    expect(labelsAt("servers:\n  gpus: |")).toEqual(["8"]);
  });

  test("nothing in comments, in unknown places, in text", () => {
    expect(labelsAt("# na|")).toEqual([]);
    expect(labelsAt("nothing:\n  he|")).toEqual([]);
    expect(labelsAt('name: "a b|')).toEqual([]);
  });
});
