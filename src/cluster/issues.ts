/** Turns what zod finds into coded diagnostics with line, column and a remedy. */

import { type Document, isMap, isNode, isPair, type LineCounter, type Node } from "yaml";
import type * as z from "zod";
import type { DiagnosticCode } from "../base/diagnostic-codes.ts";
import type { Diagnostic, Place } from "../base/diagnostics.ts";
import { closest } from "../base/suggest.ts";
import { knownKeys } from "./known-keys.ts";

export interface Source {
  readonly file: string;
  readonly text: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Diagnostics for all issues, in the order of the file. */
export function diagnosticsOf(issues: readonly Issue[], source: Source): Diagnostic[] {
  return issues.flatMap((issue) => fromIssue(issue, [], source)).sort((left, right) => order(left) - order(right));
}

function order(diagnostic: Diagnostic): number {
  return (diagnostic.place?.line ?? 0) * 10_000 + (diagnostic.place?.column ?? 0);
}

function fromIssue(issue: Issue, above: Path, source: Source): Diagnostic[] {
  const path = [...above, ...issue.path];
  if (issue.code === "invalid_union") return fromUnion(issue, path, source);
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(key, path, source));
  const custom =
    issue.code === "custom" ? (issue.params as { code?: DiagnosticCode; remedy?: string } | undefined) : undefined;
  const missing = issue.code === "invalid_type" && valueAt(source.document, path) === undefined;
  return [
    {
      code: custom?.code ?? (missing ? "cluster/missing" : "cluster/value"),
      severity: "error",
      message: missing ? `"${path.join(".")}" is missing` : issue.message,
      remedy: custom?.remedy ?? (missing ? `Add "${String(path.at(-1))}" here.` : remedyOf(issue)),
      path: path.join("."),
      ...placeOf(path, source),
    },
  ];
}

/** Of a union's branches the one that the writer meant: the one whose literal keys (topology) fit, else the last tried. */
function fromUnion(issue: Extract<Issue, { code: "invalid_union" }>, path: Path, source: Source): Diagnostic[] {
  const branches = issue.errors.filter(
    (errors) => !errors.some((each) => each.path[0] === "topology" && each.code === "invalid_value"),
  );
  const deepest = branches.find((errors) =>
    errors.every((each) => each.path.length > 0 || each.code === "unrecognized_keys" || each.code === "custom"),
  );
  if (deepest !== undefined) return deepest.flatMap((each) => fromIssue(each, path, source));
  const wanted = (branches.length > 0 ? branches : issue.errors).flat().map(describe);
  return [
    {
      code: "cluster/value",
      severity: "error",
      message: `this value does not fit "${path.join(".")}"`,
      remedy: `Write ${[...new Set(wanted)].join(", or ")}.`,
      path: path.join("."),
      ...placeOf(path, source),
    },
  ];
}

function describe(issue: Issue): string {
  if (issue.code === "invalid_value") return issue.values.map((value) => JSON.stringify(value)).join(" or ");
  if (issue.code === "invalid_type") return issue.expected === "int" ? "a whole number" : `a ${issue.expected}`;
  return issue.message;
}

function remedyOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_value":
      return `Write one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}.`;
    case "too_small":
      return `The least allowed is ${issue.minimum}.`;
    case "too_big":
      return `The most allowed is ${issue.maximum}.`;
    case "invalid_type":
      return `Write a value of the right type: ${issue.expected === "int" ? "a whole number" : issue.expected}.`;
    default:
      return "See docs/cluster-file.md for what is allowed here.";
  }
}

function unknownKey(key: string, path: Path, source: Source): Diagnostic {
  const known = knownKeys(path, valueAt(source.document, path));
  const meant = closest(key, known);
  const where = path.length === 0 ? "at the top of a cluster file" : `in "${path.join(".")}"`;
  return {
    code: "cluster/unknown-key",
    severity: "error",
    message: `there is no key "${shorten(key)}" ${where}`,
    remedy: meant === undefined ? `Known keys: ${known.join(", ")}.` : `Did you mean "${meant}"?`,
    path: [...path, key].join("."),
    ...placeOf([...path, key], source, true),
  };
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function valueAt(document: Document, path: Path): unknown {
  return path.length === 0 ? document.contents : document.getIn(path, true);
}

/** The place of the value at `path`, or of the nearest thing above it that is there. */
export function placeOf(path: Path, source: Source, ofKey = false): { place?: Place } {
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(source.document, path.slice(0, length), ofKey && length === path.length);
    if (node?.range) return { place: placeAt(source, node.range[0], node.range[1]) };
  }
  return {};
}

function nodeAt(document: Document, path: Path, ofKey: boolean): Node | undefined {
  if (ofKey) {
    const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    if (!isMap(parent)) return undefined;
    const pair = parent.items.find((item) => isPair(item) && String(item.key) === String(path.at(-1)));
    return isNode(pair?.key) ? pair.key : undefined;
  }
  const node = valueAt(document, path);
  return isNode(node) ? node : undefined;
}

/** The place of a range of characters of the source. */
export function placeAt(source: Pick<Source, "file" | "text" | "lines">, start: number, end: number): Place {
  const { line, col } = source.lines.linePos(start);
  const lineText = (source.text.split("\n", line)[line - 1] ?? "").replace(/\r$/, "");
  const length = Math.max(1, Math.min(end - start, lineText.length - col + 1));
  return { file: source.file, line: Math.max(1, line), column: Math.max(1, col), length, lineText };
}
