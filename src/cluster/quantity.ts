/** Zod building blocks of the cluster file: quantities with units, counts, ratios and names. */

import * as z from "zod";
import {
  parseQuantity,
  type QuantityKind,
  quantityExamples,
  quantityNames,
  quantityPattern,
  quantityUnits,
} from "../base/units.ts";

/** What a quantity's schema accepts; for messages and documentation. */
export interface QuantityRange {
  readonly kind: QuantityKind;
  /** Least and most, as one would write them. */
  readonly least: string;
  readonly most: string;
}

/** The quantities of the schema: zod knows them only as text that is turned into a number. */
export const quantityRanges = z.registry<QuantityRange>();

/** Ranges of quantities that say none of their own: from nothing to more than anybody has. */
const widest: Record<QuantityKind, readonly [least: string, most: string]> = {
  length: ["0.1m", "100km"],
  bandwidth: ["0Gbps", "1000Tbps"],
  duration: ["0s", "100years"],
  size: ["0B", "1000PB"],
  power: ["0W", "1000kW"],
  failureRate: ["0FIT", "1000000000FIT"],
  fraction: ["0%", "100%"],
  money: ["$0", "$1000M"],
  moneyPerHour: ["$0/h", "$1000M/h"],
  moneyPerEnergy: ["$0/kWh", "$1000/kWh"],
};

/**
 * A quantity of this kind, written as text with its unit; a plain number in the base unit after parsing. `range`: least
 * and most that are accepted, with units.
 */
export function quantity(kind: QuantityKind, description: string, range: readonly [string, string] = widest[kind]) {
  const [least, most] = range;
  const [leastValue, mostValue] = range.map((text) => amountOf(kind, text)) as [number, number];
  return z
    .string()
    .transform((text, context) => {
      const result = parseQuantity(kind, text);
      const inRange = result.ok && result.value >= leastValue && result.value <= mostValue;
      if (inRange) return result.value;
      const [message, remedy] = result.ok
        ? [`"${text.trim()}" is out of range`, `Write ${quantityNames[kind]} from ${least} to ${most}.`]
        : [result.problem, result.remedy];
      context.addIssue({ code: "custom", message, params: { code: "base/quantity", remedy } });
      return z.NEVER;
    })
    .meta({
      description: `${description} Units: ${Object.keys(quantityUnits[kind]).join(", ")}. From ${least} to ${most}.`,
      examples: [quantityExamples[kind]],
      pattern: quantityPattern(kind),
    })
    .register(quantityRanges, { kind, least, most });
}

function amountOf(kind: QuantityKind, text: string): number {
  const result = parseQuantity(kind, text);
  if (!result.ok) throw new RangeError(`${text} is no ${kind}`);
  return result.value;
}

/** A whole number in [least, most]. */
export function count(least: number, most: number, description: string) {
  return z.int().min(least).max(most).meta({ description });
}

/** A number without unit in [least, most], such as a ratio. */
export function ratio(least: number, most: number, description: string) {
  return z.number().min(least).max(most).meta({ description });
}

/** A name of a cluster, plane, group or part: printable, no control characters, at most 80 characters. */
export function named(description: string) {
  return z
    .string()
    .min(1)
    .max(80)
    .regex(/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u)
    .meta({ description });
}

/** Model name of a part of the catalog. */
export function model(description: string) {
  return named(description);
}
