/** A broken cluster file without what is broken: so that the rest of it can be checked in the same run. */

import type { Diagnostic } from "../base/diagnostics.ts";
import { diagnosticsOf } from "./issues.ts";
import { type ClusterFile, clusterSchema } from "./schema.ts";
import { pathOf } from "./source.ts";

type Container = Record<string, unknown>;

/** Rounds of mending: what is removed may leave its surroundings incomplete. */
const roundsMax = 6;

/** The file with every key left out that the diagnostics complain of; undefined when nothing sensible is left. */
export function mended(root: unknown, diagnostics: readonly Diagnostic[]): ClusterFile | undefined {
  if (!isMapping(root)) return undefined;
  const copy = copyOf(root) as Container;
  let broken = diagnostics;
  for (let round = 0; round < roundsMax; round++) {
    for (const each of broken) {
      const path = pathOf(copy, each.path ?? "").map(String);
      remove(copy, each.code === "cluster/missing" ? path.slice(0, -1) : path);
    }
    const servers = isMapping(copy.servers) ? copy.servers : {};
    const result = clusterSchema.safeParse({ name: "unnamed", ...copy, servers: { count: 1, ...servers } });
    if (result.success) return result.data;
    const source = { file: "", text: "", lineStarts: [0], root: copy, placed: new WeakMap(), diagnostics: [] };
    broken = diagnosticsOf(result.error.issues, { source, schema: clusterSchema, at: [] });
  }
  return undefined;
}

function isMapping(value: unknown): value is Container {
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
