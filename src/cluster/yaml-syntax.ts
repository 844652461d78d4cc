/** What the YAML reader says, in words that help somebody who does not know its grammar. */

import type { YAMLError } from "yaml";
import type { Diagnostic } from "../base/diagnostics.ts";
import { placeAt, type Source } from "./source.ts";

const explained: Partial<Record<YAMLError["code"], readonly [message: string | undefined, remedy: string]>> = {
  TAB_AS_INDENT: ["a tab stands in the indentation", "Indent with spaces."],
  BAD_INDENT: [undefined, "Give all keys of one mapping the same indentation, and what belongs to a key a deeper one."],
  BLOCK_AS_IMPLICIT_KEY: [
    undefined,
    "A line holds one key: begin a new line after the colon, or put a text with a colon in quotes.",
  ],
  BAD_COLLECTION_TYPE: [undefined, "Write [a, b] for a list and {key: value} for a mapping."],
  MULTILINE_IMPLICIT_KEY: [undefined, "A key ends with a colon and a space on its own line: key: value."],
  KEY_OVER_1024_CHARS: [undefined, "Keys are short words; see docs/cluster-file.md."],
  MISSING_CHAR: [undefined, "Complete what is missing here: a colon and a space after a key, a quote, a bracket."],
  BAD_SCALAR_START: ["a value cannot begin with this character", "Put the value in quotes."],
  UNEXPECTED_TOKEN: [undefined, "Remove it, or put the value in quotes."],
  BAD_DQ_ESCAPE: [
    undefined,
    "Inside double quotes a backslash begins an escape: write two of them, or use single quotes.",
  ],
  BAD_ALIAS: [
    undefined,
    "Define the anchor (&name) above its use (*name), or put a text that begins with * in quotes.",
  ],
  TAG_RESOLVE_FAILED: [
    "YAML tags (!name) are not used here",
    "Remove the tag, or put a text that begins with ! in quotes.",
  ],
  NON_STRING_KEY: ["a key must be a word", "Write key: value."],
  BAD_DIRECTIVE: [undefined, "Remove the line that begins with %."],
  MULTIPLE_ANCHORS: [undefined, "Keep one anchor (&name) for each value."],
  MULTIPLE_TAGS: [undefined, "Remove the tags (!name)."],
};

const nextLineDeeper = [
  "the line after this value is indented deeper than its key",
  "Give all keys of one mapping the same indentation.",
] as const;

/** Whether a whole "key: value" stands on the line, and the next line has a deeper key. */
function nextLineIsDeeper(offset: number, { text, lineStarts }: Pick<Source, "text" | "lineStarts">): boolean {
  const index = lineStarts.findLastIndex((start) => start <= offset);
  const [line, next] = [index, index + 1].map((at) => text.slice(lineStarts[at], lineStarts[at + 1]));
  const indentOf = (text: string) => text.length - text.trimStart().length;
  return /^[^:]*:\s+[^:]*$/.test(line ?? "") && /\S/.test(next ?? "") && indentOf(next ?? "") > indentOf(line ?? "");
}

/** The diagnostic for an error or warning of the YAML reader. */
export function syntaxDiagnostic(error: YAMLError, source: Pick<Source, "file" | "text" | "lineStarts">): Diagnostic {
  const deeper = error.code === "BLOCK_AS_IMPLICIT_KEY" && nextLineIsDeeper(error.pos[0], source);
  const [message, remedy] = deeper
    ? nextLineDeeper
    : (explained[error.code] ?? [undefined, "Check indentation, colons and quotes here."]);
  return {
    code: "cluster/syntax",
    severity: "error",
    message: `not valid YAML: ${message ?? plainWords(error.message)}`,
    remedy,
    place: placeAt(source, error.pos[0], error.pos[1]),
  };
}

/** The first sentence, without the reader's own position and its quoting of whole lines. */
function plainWords(message: string): string {
  const first = (message.split("\n")[0] ?? "").replace(/ at line \d+.*$/, "").replace(/:$/, "");
  if (first.startsWith("Missing closing")) return "a quote is opened and never closed";
  const short = first.length > 160 ? `${first.slice(0, 157)}...` : first;
  return short.charAt(0).toLowerCase() + short.slice(1);
}
