import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { scenarioJsonSchema } from "./schema.ts";

const root = join(import.meta.dirname, "../../..");
const folder = join(root, "examples/scenarios");
const validates = new Ajv2020({ strict: true, strictTypes: false, strictTuples: false, unicodeRegExp: true }).compile(
  scenarioJsonSchema(),
);

test("the JSON Schema for editors is that of the code (npm run schema writes it)", async () => {
  const text = `${JSON.stringify(scenarioJsonSchema(), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot(join(root, "schema/scenario.schema.json"));
});

test.each(readdirSync(folder))("the example %s validates", (name) => {
  const file = parse(readFileSync(join(folder, name), "utf8"));
  expect(validates(file), JSON.stringify(validates.errors)).toBe(true);
});

test("what the parser refuses the schema refuses", () => {
  expect(validates({ events: [{ fail: 7 }] })).toBe(false);
  expect(validates({ evnts: [] })).toBe(false);
});
