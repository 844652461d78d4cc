import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseCluster } from "./parse.ts";
import { clusterJsonSchema, partsFileJsonSchema } from "./schema.ts";
import { errorOf } from "./testing/error-of.ts";

const root = join(import.meta.dirname, "../..");
const inTesting = (name: string) => readFileSync(join(import.meta.dirname, "testing", name), "utf8");
const examples = readdirSync(join(root, "examples")).filter((name) => name.endsWith(".yaml"));

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, unicodeRegExp: true });
const validates = ajv.compile(clusterJsonSchema());
const validatesParts = ajv.compile(partsFileJsonSchema());

describe("the JSON Schemas for editors", () => {
  const text = (schema: object) => `${JSON.stringify(schema, undefined, 2)}\n`;
  test("are those of the code (npm run schema writes them)", async () => {
    await expect(text(clusterJsonSchema())).toMatchFileSnapshot(join(root, "schema/cluster.schema.json"));
    await expect(text(partsFileJsonSchema())).toMatchFileSnapshot(join(root, "schema/parts.schema.json"));
  });

  test.each(examples)("%s validates, and is parsed", (name) => {
    const example = readFileSync(join(root, "examples", name), "utf8");
    expect(validates(parse(example)), ajv.errorsText(validates.errors)).toBe(true);
    const read = (parts: string) => readFileSync(join(root, "examples", parts), "utf8");
    expect(parseCluster(example, name, read).name).not.toBe("");
  });

  test("a file with every key validates, and its parts", () => {
    expect(validates(parse(inTesting("every-key.yaml"))), ajv.errorsText(validates.errors)).toBe(true);
    expect(validatesParts(parse(inTesting("every-part.yaml"))), ajv.errorsText(validatesParts.errors)).toBe(true);
  });

  test.each([
    "name: 12\nservers: { count: 16 }\nplane: {}",
    "name: x\nservers: { count: 0 }\nplane: {}",
    "name: x\nservers: { count: 16, scaleUp: 450 }\nplane: {}",
    "name: x\nservers: { count: 16, scaleUp: 450m }\nplane: {}",
    "name: x\nservers: { count: 16 }\nplane: { leafs: {} }",
    "name: x\nservers: { count: 16 }\nplane: {}\neconomics: { gpuHour: $5 }",
    "name: x\nservers: { count: 16 }\nplane: {}\nparts: [{ kind: fibre, model: f }]",
    "name: x\nservers: { count: 16 }\nplane: {}\nparts: [{ basedOn: SN5600, model: f, price: 5 }]",
  ])("what the parser refuses for its form, the schema refuses too: %s", (broken) => {
    expect(errorOf(broken, "x.yaml")).toBeDefined();
    expect(validates(parse(broken))).toBe(false);
  });
});
