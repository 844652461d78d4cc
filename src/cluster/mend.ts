/** A broken file without what is broken: so that the rest of it can be checked in the same run. */

import type { z } from "zod";
import type { Diagnostic } from "../base/diagnostics.ts";
import { diagnosticsOf } from "./issues.ts";
import { pathOf } from "./source.ts";

type Container = Record<string, unknown>;

/** Rounds of mending: what is removed may leave its surroundings incomplete. */
const roundsMax = 6;

/**
 * The file with every key left out that the diagnostics complain of, and with what `complete` adds to it because every file must
 * have it; undefined when nothing sensible is left.
 */
export function mended<Schema extends z.ZodType>(
  root: unknown,
  diagnostics: readonly Diagnostic[],
  schema: Schema,
  complete: (file: Record<string, unknown>) => unknown,
): z.output<Schema> | undefined {
  if (!isMapping(root)) return undefined;
  const copy = copyOf(root) as Container;
  let broken = diagnostics;
  for (let round = 0; round < roundsMax; round++) {
    for (const each of broken) {
      const path = pathOf(copy, each.path ?? "").map(String);
      remove(copy, each.code === "cluster/missing" ? path.slice(0, -1) : path);
    }
    const result = schema.safeParse(complete(copy));
    if (result.success) return result.data;
    const source = { file: "", text: "", lineStarts: [0], root: copy, placed: new WeakMap(), diagnostics: [] };
    broken = diagnosticsOf(result.error.issues, { source, schema, at: [] });
  }
  return undefined;
}

export function isMapping(value: unknown): value is Container {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isMapping(value)) return value;
  return Object.assign(
    Object.create(Object.getPrototypeOf(value)),
    Object.fromEntries(Object.entries(value).map(([k, v]) => [k, copyOf(v)])),
  );
}

/** Removes the key at the end of a path; for an entry of a list, the key that holds the list. */
function remove(root: Container, path: readonly string[]): void {
  let holder = root;
  let key = path[0];
  let value: unknown = root;
  for (const step of path) {
    if (isMapping(value)) {
      holder = value;
      key = step;
    }
    value = isMapping(value) || Array.isArray(value) ? (value as Container)[step] : undefined;
  }
  if (key !== undefined) delete holder[key];
}
