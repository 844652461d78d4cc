/** Which keys the schema knows at a path; for did-you-mean. Walks the zod schema itself, so that it cannot go stale. */

import { isMap } from "yaml";
import * as z from "zod";
import { clusterSchema, leafSpineSchema, planeSchema, treeSchema } from "./schema.ts";

/** Keys allowed in the object at `path`; `value` (the YAML node there) tells which kind of plane it is. */
export function knownKeys(path: readonly PropertyKey[], value: unknown): string[] {
  let schema: z.core.$ZodType | undefined = clusterSchema;
  for (const step of path) schema = schema === undefined ? undefined : child(schema, step);
  if (schema === undefined) return [];
  const inner = unwrap(schema);
  if (inner === planeSchema) return Object.keys((isTree(value) ? treeSchema : leafSpineSchema).shape);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function isTree(value: unknown): boolean {
  return isMap(value) && value.get("topology") === "tree";
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return unwrap(schema.unwrap());
  return schema;
}

function child(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType | undefined {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return inner.element;
  if (inner instanceof z.ZodUnion) {
    return inner.options.map((option) => child(option, step)).find((found) => found !== undefined);
  }
  return inner instanceof z.ZodObject ? inner.shape[String(step)] : undefined;
}
