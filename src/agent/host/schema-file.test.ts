import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { parseHost } from "./parse.ts";
import { hostJsonSchema } from "./schema.ts";

const root = join(import.meta.dirname, "../../..");
const validates = new Ajv2020({ strict: true, strictTypes: false, strictTuples: false, unicodeRegExp: true }).compile(
  hostJsonSchema(),
);

test("the JSON Schema for editors is that of the code (npm run schema writes it)", async () => {
  const text = `${JSON.stringify(hostJsonSchema(), undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot(join(root, "schema/host.schema.json"));
});

test.each(["host-a.yaml", "router-peers.yaml"])("the example %s validates, and is parsed", (name) => {
  const text = readFileSync(join(root, "examples/agent", name), "utf8");
  expect(validates(parse(text)), JSON.stringify(validates.errors)).toBe(true);
  expect(parseHost(text, name).links).toHaveLength(2);
});
