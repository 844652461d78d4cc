import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { diagnosticText } from "../base/diagnostic-text.ts";
import { anyShape, bytesAsText, mutated, yamlSigns } from "./testing/arbitrary-texts.ts";
import { errorOf } from "./testing/error-of.ts";

const folder = join(import.meta.dirname, "../../examples");
const examples = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => readFileSync(join(folder, name), "utf8"));
const everyKey = readFileSync(join(import.meta.dirname, "testing/every-key.yaml"), "utf8");

/** A cluster, or a `UserError` with coded errors, each with a place that exists: nothing else, whatever the text. */
function holds(text: string): void {
  const error = errorOf(text, "any.yaml", () => text);
  if (error === undefined) return;
  expect(error.diagnostics.length).toBeGreaterThan(0);
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  for (const { code, severity, message, remedy, place } of error.diagnostics) {
    expect(severity).toBe("error");
    expect(code).toMatch(/^(cluster|catalog|base|file)\//);
    expect(message).not.toMatch(/undefined|\[object|(?<!the number )NaN(?!")/);
    expect(remedy).toMatch(/[.?]$/);
    expect(place!.line).toBeLessThanOrEqual(lines.length);
    expect(lines[place!.line - 1]!.replace(/\r$/, "")).toBe(place!.lineText);
    expect(place!.column).toBeGreaterThanOrEqual(1);
    expect(place!.column).toBeLessThanOrEqual(place!.lineText.length + 1);
  }
  expect(diagnosticText(error.diagnostics)).not.toContain("\u001b");
}

describe("whatever the text, the parser gives a cluster or coded errors with places", () => {
  const runs = { numRuns: 250, interruptAfterTimeLimit: 20_000 };
  test("examples with random edits", () => {
    fc.assert(fc.property(fc.constantFrom(...examples, everyKey).chain(mutated), holds), runs);
  });
  test("a file with every key, edited", () => {
    fc.assert(fc.property(mutated(everyKey), holds), runs);
  });
  test("mappings and lists of any shape", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("name", "servers", "plane", "planes", "parts", "economics"), anyShape),
        (shape) => holds(stringify(shape)),
      ),
      runs,
    );
  });
  test("signs of YAML in any order", () => {
    fc.assert(fc.property(yamlSigns, holds), runs);
  });
  test("a mapping with a length where a text or a list is wanted", () => {
    for (const key of ["name", "planes", "collectives", "partsFile", "parts", "sharedRisks"])
      for (const length of ["{}", "[{}]", "3", "text"]) holds(`${key}: { length: ${length} }\nservers: { count: 1 }\n`);
  });
  test("bytes", () => {
    fc.assert(fc.property(bytesAsText, holds), runs);
  });
});
