import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { diagnosticText } from "../base/diagnostic-text.ts";
import { userError } from "../base/diagnostics.ts";
import { clusterFileLimits } from "./limits.ts";
import { errorOf } from "./testing/error-of.ts";

const folder = join(import.meta.dirname, "testing/corpus");
const corpus = readdirSync(folder)
  .sort()
  .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));

function readPartsFile(name: string): string {
  if (name === "nowhere.yaml") throw userError("file/not-found", `there is no file ${name}`, "Check the name.");
  return readFileSync(join(folder, name), "utf8");
}

const diagnosticsOf = (name: string, text: string) => errorOf(text, name, readPartsFile)?.diagnostics ?? [];

describe("the corpus of broken cluster files", () => {
  test("prints the diagnostics of the golden file", async () => {
    const printed = corpus.map(({ name, text }) => `### ${name}\n\n${diagnosticText(diagnosticsOf(name, text))}`);
    await expect(printed.join("\n")).toMatchFileSnapshot("testing/golden/diagnostics.txt");
  });

  test.each(corpus.map(({ name, text }) => [name, text]))(
    "%s: coded errors, each with a place and a remedy",
    (name, text) => {
      const diagnostics = diagnosticsOf(name, text);
      expect(diagnostics.length).toBeGreaterThan(0);
      for (const { severity, place, remedy } of diagnostics) {
        expect(severity).toBe("error");
        expect(place?.file).toBeDefined();
        expect(place!.column - 1 + place!.length).toBeLessThanOrEqual(Math.max(place!.lineText.length + 1, 1));
        expect(remedy).toMatch(/[.?]$/);
      }
    },
  );

  test("nothing of a file reaches the terminal as an escape, and no prototype is touched", () => {
    for (const { name, text } of corpus) {
      const printed = diagnosticText(diagnosticsOf(name, text));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what must not be there
      expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

/** Texts near the limit of length that cost a careless reader minutes, gigabytes or the stack. */
const length = clusterFileLimits.lengthMax - 100;
const repeated = (text: string) => text.repeat(Math.floor(length / text.length));
const bombs: Record<string, string> = {
  brackets: repeated("["),
  "braces with keys": repeated("{a: "),
  dashes: repeated("- "),
  "question marks": repeated("? "),
  colons: repeated(": "),
  anchors: repeated("&a "),
  aliases: repeated("*a "),
  tags: repeated("! "),
  quotes: repeated('"'),
  commas: `[${repeated(",")}`,
  "closing brackets": repeated("]\n"),
  documents: repeated("---\n"),
  directives: repeated("%a\n"),
  "one key again and again": repeated("a:\n"),
  "many keys": Array.from({ length: 100_000 }, (_, index) => `key${index}:`).join("\n"),
  "a long list": `name:\n${repeated("- b\n")}`,
  indentation: Array.from({ length: 1400 }, (_, level) => `${" ".repeat(level)}a:`).join("\n"),
  "one long text": `name: ${repeated("x")}`,
  "one long key": `${repeated("x")}: 1`,
  spaces: repeated(" "),
  "empty lines": repeated("\n"),
  "many unknown keys in a list": `parts:\n${"- {k: 1}\n".repeat(1000)}`,
  "more than the limit": "#".repeat(length + 200),
};

describe("yaml bombs", () => {
  test.each(Object.entries(bombs))(
    "%s",
    (_, text) => {
      const error = errorOf(text, "bomb.yaml");
      expect(error?.diagnostics.length).toBeGreaterThan(0);
      expect(diagnosticText(error!.diagnostics).length).toBeLessThan(100_000);
    },
    // Minutes would be wrong; a busy machine takes twelve seconds for some.
    120_000,
  );
});
