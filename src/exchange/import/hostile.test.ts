/** What hostile files do: nothing but coded errors, or fabrics that every later stage takes. */

import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { auditFabric } from "../../audit/index.ts";
import { UserError } from "../../base/diagnostics.ts";
import { builtInCatalog } from "../../catalog/index.ts";
import { billOfMaterials } from "../../fabric/index.ts";
import { fabricJson } from "../export/fabric-json.ts";
import { buildImported } from "./build-imported.ts";
import { clusterOfFabric } from "./cluster-of-fabric.ts";
import { readFabricJson } from "./fabric-json.ts";
import { type ImportFormatName, importFormatNames, importFormats } from "./formats.ts";

const folder = resolve(import.meta.dirname, "../../../test/data/import");
/** Real files of a format: those that begin with its name, and those in its folder. */
const seedsOf = (format: ImportFormatName) =>
  readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.startsWith(format) && /\.[a-z0-9]+$/.test(name))
    .map((name) => readFileSync(resolve(folder, name), "utf8").slice(0, 20_000));

const pieces = fc.constantFrom(
  "",
  "\n",
  "\r\n",
  "\0",
  "\ufeff",
  "\u202e",
  "\ud800",
  '"',
  "'",
  ",",
  ":",
  "- ",
  "[",
  "]",
  "{",
  "}",
  "(",
  "\\",
  "\\u0000",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "/",
  "../..",
  "=1+1",
  "0",
  "-1",
  "1e999",
  "99999999999999999999",
  "null",
  "true",
  "&a",
  "*a",
  "<<: *a",
  "a".repeat(70_000),
  "[".repeat(3000),
  "{".repeat(3000),
  '{"a":'.repeat(3000),
  "9".repeat(400),
);

/** A text with pieces put in, taken out, doubled or swapped at some places. */
const mutated = (seeds: readonly string[]) =>
  fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.nat(200), fc.oneof({ weight: 3, arbitrary: pieces }, fc.string())), {
        minLength: 1,
        maxLength: 6,
      }),
    )
    .map(([seed, edits]) =>
      edits.reduce((text, [place, length, piece]) => {
        const at = text.length === 0 ? 0 : place % text.length;
        const lines = text.split("\n");
        if (length > 150 && lines.length > 2) {
          // Two lines change places.
          const [one, other] = [place % lines.length, (place * 7 + length) % lines.length];
          [lines[one], lines[other]] = [lines[other]!, lines[one]!];
          return lines.join("\n");
        }
        return text.slice(0, at) + piece + text.slice(at + (length % 40));
      }, seed),
    );

/** Reads, builds, audits and writes; only coded errors may come out. */
function through(format: ImportFormatName, text: string): "fabric" | "refused" {
  try {
    const wiring = importFormats[format].read([{ name: "hostile", text }]);
    const { fabric } = buildImported(wiring, { name: "hostile", catalog: builtInCatalog });
    const again = readFabricJson([...fabricJson(fabric)].join(""), "again", builtInCatalog);
    expect(again).toEqual(fabric);
    const cluster = clusterOfFabric(fabric);
    auditFabric(fabric, cluster, { pairs: fabric.parts.count < 400 });
    billOfMaterials(fabric, cluster);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    return "fabric";
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (const { code, message } of error.diagnostics) {
      expect(code).toMatch(/^import\//);
      expect(message.length).toBeLessThan(1000);
    }
    return "refused";
  }
}

for (const format of importFormatNames)
  describe(`hostile files as ${format}`, () => {
    test("real ones, changed", () => {
      // At least one real file is a fabric as it is, and what is none is refused; what changes do is left to chance.
      const seen = new Set(["nothing", ...seedsOf(format)].map((text) => through(format, text)));
      expect(seen).toEqual(new Set(["fabric", "refused"]));
      fc.assert(
        fc.property(mutated(seedsOf(format)), (text) => {
          through(format, text);
        }),
        { numRuns: Number(process.env["TWINSPINE_ROUNDS"] ?? 60) },
      );
    });

    test("random characters", () => {
      fc.assert(
        fc.property(
          fc.oneof(
            fc.string({ unit: "binary" }),
            fc.string(),
            fc.array(pieces).map((all) => all.join("")),
          ),
          (text) => {
            through(format, text);
          },
        ),
      );
    });
  });
