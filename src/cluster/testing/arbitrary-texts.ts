/** Texts that are nearly cluster files, for property tests. */

import * as fc from "fast-check";

/** Pieces that people (and their editors) put where they do not belong. */
const pieces = fc.constantFrom(
  "\t",
  "\n",
  "\r\n",
  "\r",
  " ",
  "  ",
  ":",
  ": ",
  "- ",
  "? ",
  "#",
  "&a ",
  "*a",
  "<<: *a",
  "!!str ",
  "!x ",
  "|\n",
  ">-\n",
  "---\n",
  "...\n",
  "%YAML 1.1\n",
  '"',
  "'",
  "[",
  "]",
  "{",
  "}",
  ",",
  "@",
  "`",
  "\\",
  "\0",
  "\u001b[31m",
  "\u202e",
  "\ufeff",
  "\ufffd",
  "\ud800",
  "é",
  "集",
  "💻",
  "~",
  "null",
  "true",
  "no",
  "0",
  "-1",
  "1e308",
  ".inf",
  ".nan",
  "0x10",
  "010",
  "2024-01-01",
  "20",
  "20m",
  "20 Gb",
  "-5Gbps",
  "$1",
  "$-1",
  "1e9",
  "99999999999999999999",
  "__proto__",
  "constructor",
  "toString",
  "auto",
  "basedOn",
  "SN5600",
  "x".repeat(2000),
);

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof(fc.constant(0), fc.nat(3), fc.nat(40)),
  insert: fc.oneof(fc.constant(""), pieces, fc.string({ maxLength: 8, unit: "binary" })),
});

/** A text with some edits at random places. */
export function mutated(text: string): fc.Arbitrary<string> {
  return fc.array(edit, { minLength: 1, maxLength: 6 }).map((edits) => edits.reduce(applied, text));
}

function applied(text: string, { at, remove, insert }: Edit): string {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + insert + text.slice(start + remove);
}

const word = fc.oneof(
  fc.constantFrom("name", "servers", "count", "plane", "planes", "links", "access", "leaf", "model", "parts", "kind"),
  fc.string({ maxLength: 6, unit: "grapheme" }),
);

/** Values of any shape with keys of the cluster file here and there. */
export const anyShape: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(pieces, fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(word, tie("value"), { maxKeys: 6 }),
  ),
})).value;

/** Bytes read as UTF-8, as a file of any kind would be. */
export const bytesAsText: fc.Arbitrary<string> = fc
  .uint8Array({ maxLength: 200 })
  .map((bytes) => new TextDecoder().decode(bytes));

/** A text of signs that mean something to YAML. */
export const yamlSigns: fc.Arbitrary<string> = fc.array(pieces, { maxLength: 40 }).map((all) => all.join(""));
