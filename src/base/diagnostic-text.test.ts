import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diagnosticText } from "./diagnostic-text.ts";
import type { Diagnostic, Place } from "./diagnostics.ts";

const place = (lineText: string, column: number, length: number): Place => ({
  file: "cluster.yaml",
  line: 7,
  column,
  length,
  lineText,
});
const diagnostic = (rest: Partial<Diagnostic>): Diagnostic => ({
  code: "cluster/value",
  severity: "error",
  message: "servers.count: expected a whole number",
  ...rest,
});

describe("diagnosticText", () => {
  test("nothing for no diagnostics", () => expect(diagnosticText([])).toBe(""));

  test("place, severity, code, message, line with carets, remedy, count", () => {
    const text = diagnosticText([diagnostic({ place: place("  count: none", 10, 4), remedy: "Write a number." })]);
    expect(text).toBe(
      [
        "cluster.yaml:7:10: error cluster/value: servers.count: expected a whole number",
        " 7 |   count: none",
        "   |          ^^^^",
        "  Write a number.",
        "",
        "1 error",
        "",
      ].join("\n"),
    );
  });

  test("without a place the path stands behind the message", () => {
    const text = diagnosticText([diagnostic({ severity: "warning", path: "plane.leaf" })]);
    expect(text).toBe("warning cluster/value: servers.count: expected a whole number (plane.leaf)\n\n1 warning\n");
  });

  test.each([
    ["a tab before the mark", "a:\tbad", 4, 3, " 7 | a:  bad", "    ^^^"],
    ["wide characters count two columns", "名前: bad", 5, 3, " 7 | 名前: bad", "      ^^^"],
    ["the mark itself is wide", "a: 名前", 4, 2, " 7 | a: 名前", "   ^^^^"],
    ["a combining accent has no column", "e\u0301: bad", 5, 3, " 7 | e\u0301: bad", "   ^^^"],
    ["a pair of surrogates is one wide character", "💻: bad", 5, 3, " 7 | 💻: bad", "    ^^^"],
    ["an escape becomes a picture", "\u001b[31m: bad", 8, 3, " 7 | ␛[31m: bad", "       ^^^"],
    ["a direction mark becomes its code", "\u202e: bad", 4, 3, " 7 | <202E>: bad", "        ^^^"],
    ["a mark after the end of the line", "a: [", 5, 1, " 7 | a: [", "    ^"],
  ])("%s", (_, line, column, length, shown, carets) => {
    const lines = diagnosticText([diagnostic({ place: place(line, column, length) })]).split("\n");
    expect(lines[1]).toBe(shown);
    expect(lines[2]).toBe(`   | ${carets}`);
  });

  test("control characters in message, remedy, file and path are harmless", () => {
    const evil = "\u001b]0;owned\u0007\r\n\u202e\u009b";
    const text = diagnosticText([
      diagnostic({ message: evil, remedy: evil, path: evil }),
      diagnostic({ message: evil, place: { ...place("x", 1, 1), file: evil } }),
    ]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text.split("\n")).toHaveLength(9);
  });

  test("colour marks the severity and the carets, and nothing else", () => {
    const lines = diagnosticText([diagnostic({ place: place("a: b", 4, 1) })], { colour: true }).split("\n");
    expect(lines[0]).toContain("\u001b[31merror\u001b[0m");
    expect(lines[2]).toBe("   |    \u001b[31m^\u001b[0m");
  });

  test("prints no more than asked, and says how many there are", () => {
    const text = diagnosticText(
      Array.from({ length: 12 }, () => diagnostic({})),
      { most: 10 },
    );
    expect(text).toContain("... and 2 more that are not shown");
    expect(text).toContain("12 errors");
  });

  test("whatever the line and the mark: it fits, the carets stand under the marked text, in bounded time", () => {
    const line = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc.string({ unit: "grapheme", minLength: 50, maxLength: 300 }),
      fc.nat(1_000_000).map((length) => "x".repeat(length)),
    );
    fc.assert(
      fc.property(line, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(400), (text, at, length) => {
        const lineText = text.replaceAll(/[\r\n]/g, "");
        const column = Math.floor(at * lineText.length) + 1;
        const printed = diagnosticText([diagnostic({ place: place(lineText, column, length) })], { columns: 80 });
        const [, shown, carets] = printed.split("\n");
        if (lineText.trim() === "") return;
        expect(carets).toMatch(/^ {3}\| *\^+$/);
        expect([...shown!.replaceAll(/\p{Mn}|\p{Me}/gu, "")].length).toBeLessThanOrEqual(80);
        expect(carets!.length).toBeLessThanOrEqual(82);
      }),
      { numRuns: 100 },
    );
  });

  test("a long line is cut around the mark", () => {
    const lineText = `${"a".repeat(500)}HERE${"b".repeat(500)}`;
    const lines = diagnosticText([diagnostic({ place: place(lineText, 501, 4) })], { columns: 60 }).split("\n");
    expect(lines[1]).toMatch(/^ 7 \| \.\.\.a+HEREb+\.\.\.$/);
    expect(lines[1]!.length).toBeLessThanOrEqual(60);
    expect(lines[2]!.indexOf("^")).toBe(lines[1]!.indexOf("HERE"));
    expect(lines[2]!.trimEnd().length - lines[2]!.indexOf("^")).toBe(4);
  });
});
