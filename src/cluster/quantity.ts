/** Zod building blocks of the cluster file: quantities with units, counts and names. */

import * as z from "zod";
import { parseQuantity, type QuantityKind, quantityExamples, quantityUnits } from "../base/units.ts";

/** A quantity of this kind, written as text with its unit; a plain number in the base unit after parsing. */
export function quantity(kind: QuantityKind, description: string) {
  return z
    .string({
      error: (issue) =>
        `a ${kind} with its unit is wanted here, such as ${quantityExamples[kind]}, not ${typeof issue.input}`,
    })
    .transform((text, context) => {
      const result = parseQuantity(kind, text);
      if (result.ok) return result.value;
      context.addIssue({
        code: "custom",
        message: result.problem,
        params: { code: "base/quantity", remedy: result.remedy },
      });
      return z.NEVER;
    })
    .meta({
      description: `${description} Units: ${Object.keys(quantityUnits[kind]).join(", ")}.`,
      examples: [quantityExamples[kind]],
    });
}

/** A whole number in [least, most]. */
export function count(least: number, most: number, description: string) {
  return z.int().min(least).max(most).meta({ description });
}

/** A name of a cluster, plane, group or part: printable, no control characters, at most 80 characters. */
export function named(description: string) {
  return z
    .string()
    .min(1)
    .max(80)
    .regex(/^[\p{L}\p{N}\p{P}\p{S} ]+$/u, "only printable characters are allowed in a name")
    .meta({ description });
}

/** Model name of a part of the catalog. */
export function model(description: string) {
  return z.string().min(1).max(80).meta({ description });
}
