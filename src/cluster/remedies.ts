/** What would be right in place of a wrong value: from the schema and from what people mistake for each other in YAML. */

import * as z from "zod";
import { closest } from "../base/suggest.ts";
import { parseQuantity, quantityUnits } from "../base/units.ts";
import { quantityRanges } from "./quantity.ts";
import { choicesOf, expectation, knownKeys, type Schema, unwrapped } from "./schema-walk.ts";
import type { Path } from "./source.ts";

/** The value as the user would recognise it. */
export function shown(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value === "object") return "a mapping (key: value)";
  if (typeof value !== "string") return `the ${typeof value === "number" ? "number " : "truth value "}${String(value)}`;
  return value === "" ? "an empty text" : `the text "${value.length > 60 ? `${value.slice(0, 57)}...` : value}"`;
}

/** A sentence that says what to write instead. */
export function remedyFor(schema: Schema | undefined, value: unknown, path: Path): string {
  const key = String(path.at(-1) ?? "");
  if (schema === undefined) return "See docs/cluster-file.md for what is allowed here.";
  const branches = branchesOf(schema);
  if (value === null) return nothingGiven(branches, key);
  const range = branches.map((each) => quantityRanges.get(each)).find((each) => each !== undefined);
  if (range !== undefined && typeof value === "number" && value >= 0) {
    const units = Object.keys(quantityUnits[range.kind]).join(", ");
    const unit = Object.keys(quantityUnits[range.kind])[0]!;
    const amount = range.kind === "fraction" && value <= 1 ? Number((value * 100).toPrecision(12)) : value;
    const text = unit.startsWith("$") ? `$${amount}${unit.slice(1)}` : `${amount}${unit}`;
    return `Write the unit with the number, such as ${text} (units: ${units}).`;
  }
  if (branches.some((each) => each instanceof z.ZodBoolean)) {
    const truth = truthOf(value);
    return truth === undefined ? "Write true or false." : `Write ${truth}.`;
  }
  if (typeof value === "string") {
    const meant = closest(value, choicesOf(schema).map(String));
    if (meant !== undefined) return `Did you mean ${meant}?`;
    const digits = value.replaceAll(/[_,' ]/g, "");
    if (branches.some((each) => each instanceof z.ZodNumber) && /^\d{1,15}$/.test(digits))
      return `Write the number without quotes or separators: ${Number(digits)}.`;
  }
  if (range !== undefined && typeof value === "string") {
    const result = parseQuantity(range.kind, value);
    if (!result.ok) return result.remedy;
  }
  const text = branches.find((each) => each instanceof z.ZodString);
  if (text !== undefined && (typeof value === "number" || typeof value === "boolean"))
    return `Put it in quotes to make it a text: ${key}: "${String(value)}".`;
  if (branches.some((each) => each instanceof z.ZodArray) && !Array.isArray(value))
    return `Write a list: ${key}: [...], or one line with a dash for each entry.`;
  const keys = branches.flatMap((each) => knownKeys(each));
  if (keys.length > 0) return `Write its keys below it, each on its own line: ${keys.join(", ")}.`;
  return `Write ${expectation(schema)}.`;
}

function branchesOf(schema: Schema): readonly Schema[] {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodUnion ? inner.options.flatMap((option) => branchesOf(option)) : [inner];
}

function nothingGiven(branches: readonly Schema[], key: string): string {
  const mapping = branches.some((each) => each instanceof z.ZodObject || each instanceof z.ZodRecord);
  if (mapping) return `Write ${key}: {} for the defaults, indent the lines that belong to it, or remove the key.`;
  if (branches.some((each) => each instanceof z.ZodArray))
    return `Write ${key}: [] for an empty list, or remove the key.`;
  return `Write a value after "${key}:", or remove the key.`;
}

/** Words for true and false that YAML 1.1 knew and YAML 1.2 takes for texts. */
function truthOf(value: unknown): boolean | undefined {
  const word = String(value).toLowerCase();
  if (["yes", "y", "on", "1", "true"].includes(word)) return true;
  return ["no", "n", "off", "0", "false"].includes(word) ? false : undefined;
}
