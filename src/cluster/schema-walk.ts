/** Walks the zod schema beside a value: what is expected at a path, and which keys are known there. */

import * as z from "zod";
import { quantityExamples, quantityNames } from "../base/units.ts";
import { quantityRanges } from "./quantity.ts";
import { type Path, valueAt } from "./source.ts";

export type Schema = z.core.$ZodType;

/** The schema without its wrappers for defaults. */
export function unwrapped(schema: Schema): Schema {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return unwrapped(schema.unwrap());
  return schema;
}

/** The schema for the value at `path` below `root`; undefined where none is known. Of a union the branch that is meant. */
export function schemaAt(schema: Schema, root: unknown, path: Path): Schema | undefined {
  const found = wholeSchemaAt(schema, root, path);
  return found === undefined ? undefined : branchFor(found, valueAt(root, path));
}

/** As {@link schemaAt}, with all branches of a union. */
export function wholeSchemaAt(schema: Schema, root: unknown, path: Path): Schema | undefined {
  let here: Schema | undefined = unwrapped(schema);
  for (const [index, step] of path.entries()) {
    const kinds = literalsOf(here, step);
    const child: Schema | undefined = kinds ?? childOf(branchFor(here, valueAt(root, path.slice(0, index))), step);
    if (child === undefined) return undefined;
    here = unwrapped(child);
  }
  return here;
}

/** The key (such as topology) by whose words the branches of a union differ, as one choice of words. */
function literalsOf(schema: Schema, step: PropertyKey): Schema | undefined {
  if (!(schema instanceof z.ZodUnion)) return undefined;
  const children = schema.options
    .map((option) => childOf(unwrapped(option), step))
    .filter((each) => each !== undefined);
  const literals = children.map((each) => unwrapped(each)).filter((each) => each instanceof z.ZodLiteral);
  return literals.length > 1 && literals.length === children.length ? z.union(literals) : undefined;
}

function childOf(schema: Schema, step: PropertyKey): Schema | undefined {
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodTuple) return schema.def.items[Number(step)];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  const shape: Record<string, Schema> = schema instanceof z.ZodObject ? schema.shape : {};
  return Object.hasOwn(shape, step) ? shape[String(step)] : undefined;
}

/**
 * The branch of a union that a value of this shape means: for a mapping the mapping (of several, the one whose literal
 * keys fit, else the first), for a list the list. Scalars keep the whole union.
 */
export function branchFor(schema: Schema, value: unknown): Schema {
  if (!(schema instanceof z.ZodUnion)) return schema;
  const options = schema.options.map((option) => unwrapped(option));
  if (Array.isArray(value))
    return options.find((option) => option instanceof z.ZodArray || option instanceof z.ZodTuple) ?? schema;
  if (typeof value !== "object" || value === null) return schema;
  const mappings = options.filter((option) => option instanceof z.ZodObject);
  return mappings.find((option) => discriminated(option, value)) ?? mappings[0] ?? schema;
}

/** Whether the value has all the literal keys (such as topology: tree) that the mapping demands. */
function discriminated(schema: z.ZodObject, value: object): boolean {
  const literals = Object.entries(schema.shape).filter(([, inner]) => unwrapped(inner) instanceof z.ZodLiteral);
  return literals.every(([key, inner]) => inner.safeParse((value as Record<string, unknown>)[key]).success);
}

/** Keys allowed in a mapping of this schema; empty where any key is. */
export function knownKeys(schema: Schema | undefined): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  if (schema instanceof z.ZodRecord && schema.keyType instanceof z.ZodEnum) return schema.keyType.options.map(String);
  return [];
}

/** The words that a value of this schema may be, where it is a choice of words. */
export function choicesOf(schema: Schema): readonly (string | number | boolean)[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodLiteral) return [...inner.values].filter((value) => typeof value !== "bigint") as string[];
  if (inner instanceof z.ZodEnum) return inner.options;
  if (inner instanceof z.ZodBoolean) return [true, false];
  return inner instanceof z.ZodUnion ? inner.options.flatMap((option) => choicesOf(option)) : [];
}

/** What the schema expects, in words that complete "expected ...". */
export function expectation(schema: Schema): string {
  const inner = unwrapped(schema);
  const range = quantityRanges.get(inner);
  if (range !== undefined)
    return `${quantityNames[range.kind]} from ${range.least} to ${range.most}, such as ${quantityExamples[range.kind]}`;
  if (inner instanceof z.ZodBoolean) return "true or false";
  const choices = choicesOf(inner);
  const others = inner instanceof z.ZodUnion ? inner.options.filter((option) => choicesOf(option).length === 0) : [];
  if (choices.length > 0 || others.length > 0)
    return [choices.join(" or "), ...others.map(expectation)].filter((each) => each !== "").join(", or ");
  if (inner instanceof z.ZodNumber) return numberExpectation(inner);
  if (inner instanceof z.ZodString) return textExpectation(inner);
  if (inner instanceof z.ZodTuple) return `a list of ${inner.def.items.length}`;
  if (inner instanceof z.ZodArray) return `a list of ${boundsOf(inner)}${itemsOf(inner)}`;
  return "a mapping (key: value)";
}

function numberExpectation(schema: z.ZodNumber): string {
  const whole = schema.format === "safeint" ? "a whole number" : "a number";
  return `${whole} from ${schema.minValue} to ${schema.maxValue}`;
}

function textExpectation(schema: z.ZodString): string {
  const most = schema.maxLength === null ? "" : ` of at most ${schema.maxLength} characters`;
  return `a text${most}${schema.format === "regex" ? ", all printable and on one line" : ""}`;
}

function boundsOf(schema: z.ZodArray): string {
  const checks = (schema.def.checks ?? []).map((check) => check._zod.def as { minimum?: number; maximum?: number });
  const least = checks.find(({ minimum }) => minimum !== undefined)?.minimum ?? 0;
  const most = checks.find(({ maximum }) => maximum !== undefined)?.maximum;
  return most === undefined ? "" : `${least} to ${most} `;
}

function itemsOf(schema: z.ZodArray): string {
  const element = unwrapped(schema.element as Schema);
  return element instanceof z.ZodString
    ? "texts"
    : element instanceof z.ZodEnum
      ? `words: ${element.options.join(" or ")}`
      : "entries";
}
