/** Turns what zod finds into coded diagnostics in the words of the cluster file, each with its place and a remedy. */

import * as z from "zod";
import type { DiagnosticCode } from "../base/diagnostic-codes.ts";
import type { Diagnostic } from "../base/diagnostics.ts";
import { closest } from "../base/suggest.ts";
import { inFileOrder } from "./in-file-order.ts";
import { remedyFor, shown } from "./remedies.ts";
import { branchFor, expectation, knownKeys, type Schema, schemaAt, unwrapped, wholeSchemaAt } from "./schema-walk.ts";
import { type Path, placeOf, type Source, valueAt } from "./source.ts";

type Issue = z.core.$ZodIssue;

/** The part of a file that a schema describes. */
export interface Described {
  readonly source: Source;
  readonly schema: Schema;
  /** Where in the file the described value stands. */
  readonly at: Path;
}

/** Diagnostics for all issues, in the order of the file. */
export function diagnosticsOf(issues: readonly Issue[], described: Described): Diagnostic[] {
  return inFileOrder(withoutRepeats(issues.flatMap((issue) => fromIssue(issue, [], described))));
}

/** A value can break two rules at once, and an aliased one be wrong at every use: once is enough. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, place, path, remedy }) => {
    const missing = code === "cluster/missing" || code === "cluster/unknown-key" ? path : "";
    const key = `${code} ${place?.line}:${place?.column} ${missing} ${remedy}`;
    return !seen.has(key) && seen.add(key);
  });
}

function fromIssue(issue: Issue, above: Path, described: Described): Diagnostic[] {
  const path = [...above, ...issue.path];
  const { source, at } = described;
  const full = [...at, ...path];
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey(key, path, described));
  if (issue.code === "invalid_key") return [unknownKey(String(path.at(-1)), path.slice(0, -1), described)];
  const value = valueAt(source.root, full);
  const schema = schemaAt(described.schema, valueAt(source.root, at), path);
  if (issue.code === "invalid_union") {
    const branch = branchErrors(issue, path, described, value);
    if (branch !== undefined) return branch.flatMap((each) => fromIssue(each, path, described));
  }
  const name = nameOf(full);
  const place = placeOf(source, full);
  const common = { severity: "error", path: full.join("."), place } as const;
  if (value === undefined) {
    const message = `${name} is missing`;
    const wanted = schema === undefined ? "" : `: ${expectation(schema)}`;
    return [{ ...common, code: "cluster/missing", message, remedy: `Add ${String(full.at(-1))}${wanted}.` }];
  }
  const custom = customOf(issue);
  if (custom?.code !== undefined)
    return [{ ...common, code: custom.code, message: `${name}: ${issue.message}`, remedy: custom.remedy ?? "" }];
  const wanted = schema === undefined ? "another value" : expectation(schema);
  return [
    {
      ...common,
      code: "cluster/value",
      message: `${name}: expected ${wanted}, got ${shown(value)}`,
      remedy: remedyFor(schema, value, full),
    },
  ];
}

function customOf(issue: Issue): { code?: DiagnosticCode; remedy?: string } | undefined {
  return issue.code === "custom" ? (issue.params as { code?: DiagnosticCode; remedy?: string } | undefined) : undefined;
}

/** The errors of the union's branch that the value means; undefined when it could mean any. */
function branchErrors(
  issue: Extract<Issue, { code: "invalid_union" }>,
  path: Path,
  described: Described,
  value: unknown,
): readonly Issue[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const union = wholeSchemaAt(described.schema, valueAt(described.source.root, described.at), path);
  if (!(union instanceof z.ZodUnion)) return undefined;
  const branch = branchFor(union, value);
  const errors = issue.errors[union.options.findIndex((option) => unwrapped(option) === branch)];
  // Where not even the kind of the branch is right, the rest says nothing true.
  const kind = errors?.filter((each) => each.code === "invalid_value" && literalKey(union, each.path[0]));
  return kind !== undefined && kind.length > 0 ? kind : errors;
}

function literalKey(union: z.ZodUnion, key: PropertyKey | undefined): boolean {
  return key !== undefined && wholeSchemaAt(union, {}, [key]) instanceof z.ZodUnion;
}

function unknownKey(key: string, path: Path, { source, schema, at }: Described): Diagnostic {
  const known = knownKeys(schemaAt(schema, valueAt(source.root, at), path));
  const meant = closest(key, known);
  const full = [...at, ...path];
  const short = key.length > 60 ? `${key.slice(0, 57)}...` : key;
  return {
    code: "cluster/unknown-key",
    severity: "error",
    message: `there is no key "${short}" ${full.length === 0 ? "at the top of the file" : `in ${nameOf(full)}`}`,
    remedy: meant === undefined ? `Known keys: ${known.join(", ")}.` : `Did you mean "${meant}"?`,
    path: [...full, short].join("."),
    place: placeOf(source, [...full, key], true),
  };
}

function nameOf(path: Path): string {
  return path.length === 0 ? "the file" : path.map(String).join(".");
}
