/** Reads YAML within the limits: text checks, nesting, one document; every syntax error with its place. */

import { Composer, type Document, Lexer, Parser } from "yaml";
import type { DiagnosticCode } from "../base/diagnostic-codes.ts";
import { type Diagnostic, throwOnErrors, UserError } from "../base/diagnostics.ts";
import { inFileOrder } from "./in-file-order.ts";
import { clusterFileLimits, type YamlLimits } from "./limits.ts";
import { lineStartsOf, placeAt, type Source } from "./source.ts";
import { plainOf } from "./yaml-plain.ts";
import { syntaxDiagnostic } from "./yaml-syntax.ts";

/** A text with what is needed to name places in it. */
export type Text = Pick<Source, "file" | "text" | "lineStarts">;

/** Reads one YAML document within `limits`, by default those of a cluster file. Throws a `UserError` when it is not valid YAML; lesser
 * faults are in the source's diagnostics. */
export function parseYaml(content: string, file: string, limits: YamlLimits = clusterFileLimits): Source {
  const text = content.replace(/^\uFEFF/, "");
  const source: Text = { file, text, lineStarts: lineStartsOf(text) };
  checkText(source, limits);
  const documents = compose(source, limits);
  const [first, second] = documents;
  const errors = documents.flatMap((document) => [...document.errors, ...document.warnings]);
  const shown = errors.slice(0, limits.syntaxErrorsMax);
  const diagnostics = firstOfEachLine(shown.map((error) => syntaxDiagnostic(error, source)));
  if (second !== undefined) diagnostics.push(severalDocuments(second, source));
  throwOnErrors(diagnostics);
  if (first?.contents == null) throw emptyFile(source);
  const plain = plainOf(first, source, limits);
  return { ...source, root: plain.value, placed: plain.placed, diagnostics: plain.diagnostics };
}

/** What follows a syntax error on its line is its consequence. */
function firstOfEachLine(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const lines = new Set<number | undefined>();
  return inFileOrder(diagnostics).filter(({ place }) => !lines.has(place?.line) && lines.add(place?.line));
}

/** An error that stops everything, at an offset of the text. */
export function fatal(code: DiagnosticCode, source: Text, start: number, message: string, remedy: string): UserError {
  return new UserError([{ code, severity: "error", message, remedy, place: placeAt(source, start, start + 1) }]);
}

/** Characters that no text file has: controls but tab and line ends, lone surrogates, and what stands for bytes that are not UTF-8. */
const binary = /[^\t\n\r\u0020-\u007e\u0085\u00a0-\u{d7ff}\u{e000}-\u{fffc}\u{10000}-\u{10ffff}]|\ufffd/u;

function checkText(source: Text, limits: YamlLimits): void {
  const { text, file } = source;
  if (text.length > limits.lengthMax) {
    throw new UserError([
      {
        code: "cluster/too-large",
        severity: "error",
        message: `${file} has ${text.length} characters, more than ${limits.lengthMax}`,
        remedy: "Use counts and patterns (leaf-a-*, srv-[0001-0016]) instead of lists.",
      },
    ]);
  }
  const alone = text.search(/\r(?!\n)/);
  if (alone >= 0) {
    const remedy = "Save the file with Unix (LF) or Windows (CRLF) line ends.";
    throw fatal("cluster/syntax", source, alone, "a carriage return stands without a line feed", remedy);
  }
  const found = binary.exec(text);
  if (found === null) return;
  const utf16 = text.includes("\0") && (text.match(/\0/g)?.length ?? 0) > text.length / 4;
  const character = found[0].codePointAt(0) ?? 0;
  throw fatal(
    "cluster/binary",
    source,
    found.index,
    utf16
      ? "this file is encoded as UTF-16"
      : character === 0xfffd
        ? "this is not a text in UTF-8"
        : `this is not a text file: it has the control character U+${character.toString(16).toUpperCase().padStart(4, "0")}`,
    "Save the file as text in UTF-8.",
  );
}

/** All documents of the text. The nesting is checked while tokens are made, before anything recurses into them. */
function compose(source: Text, limits: YamlLimits): Document[] {
  const parser = new Parser();
  const tokens = [];
  const levelsMax = limits.depthMax + 2;
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(source.text)) {
    if (++lexemes > limits.lexemesMax) {
      const remedy = "Use counts and patterns (leaf-a-*, srv-[0001-0016]) instead of lists.";
      throw fatal("cluster/too-large", source, parser.offset, "the file has too many words and lines", remedy);
    }
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > levelsMax) {
      const remedy = `At most ${limits.depthMax} levels are allowed; a cluster file needs six.`;
      throw fatal("cluster/too-large", source, parser.offset, "values are nested too deeply", remedy);
    }
  }
  for (const token of parser.end()) tokens.push(token);
  const composer = new Composer({ uniqueKeys: false, stringKeys: true, merge: false, prettyErrors: false });
  return [...composer.compose(tokens, true, source.text.length)];
}

function severalDocuments(second: Document, source: Text): Diagnostic {
  const start = second.contents?.range?.[0] ?? second.range?.[0] ?? source.text.length;
  return {
    code: "cluster/syntax",
    severity: "error",
    message: "a second YAML document begins before this line",
    remedy: "Keep one document in a file: remove the --- or ... between them.",
    place: placeAt(source, start, start + 1),
  };
}

function emptyFile(source: Text): UserError {
  const only = source.text.trim() === "" ? "is empty" : "holds nothing but comments";
  return fatal(
    "cluster/empty",
    source,
    0,
    `${source.file} ${only}`,
    "The shortest cluster file has name, servers.count and plane: {}.",
  );
}
