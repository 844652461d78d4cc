/** A YAML file as plain values that remember where they stood: for errors with line and column. */

import type { Diagnostic, Place } from "../base/diagnostics.ts";

/** From and to (exclusive), in UTF-16 code units of the text. */
export type Range = readonly [start: number, end: number];

/** Where a list or mapping and its entries stand. */
export interface Placed {
  readonly self: Range;
  readonly entries: Map<string, { readonly key: Range; readonly value: Range }>;
}

/** A file that was read as YAML. */
export interface Source {
  readonly file: string;
  readonly text: string;
  /** Offsets at which lines start, ascending. */
  readonly lineStarts: readonly number[];
  /** The whole document as plain values; mappings inherit no key. */
  readonly root: unknown;
  readonly placed: WeakMap<object, Placed>;
  /** What is wrong with the file and yet does not hinder reading on: keys given twice, doubtful numbers. */
  readonly diagnostics: readonly Diagnostic[];
}

export type Path = readonly PropertyKey[];

/** The value at a path; undefined when there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

/**
 * The place of the value at `path` (of its key when `ofKey`, or when the value is a list or mapping of its own lines). When it is not there, the key of the nearest thing above it
 * that is there, at worst the beginning of the file.
 */
export function placeOf(source: Source, path: Path, ofKey = false): Place {
  return placeAt(source, ...rangeOf(source, path, ofKey));
}

function rangeOf({ root, placed }: Source, path: Path, ofKey: boolean): Range {
  let value = root;
  let range: Range = [0, 0];
  for (const [index, step] of path.entries()) {
    const entry = isContainer(value) ? placed.get(value)?.entries.get(String(step)) : undefined;
    if (entry === undefined) return range;
    value = (value as Record<PropertyKey, unknown>)[step];
    range = index < path.length - 1 || ofKey || isContainer(value) ? entry.key : entry.value;
  }
  return path.length > 0 || !isContainer(root) ? range : (placed.get(root)?.self ?? range);
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** The place of a range of characters; only its first line is marked. */
export function placeAt(source: Pick<Source, "file" | "text" | "lineStarts">, start: number, end: number): Place {
  const { file, text, lineStarts } = source;
  let line = lineIndex(lineStarts, Math.min(start, text.length));
  let column = start - lineStarts[line]!;
  // An end of file after the last line break stands on no line that anybody sees: show the line before.
  while (line > 0 && start >= text.length && text.slice(lineStarts[line]).trim() === "") {
    line--;
    column = lineText(text, lineStarts, line).length;
  }
  const shown = lineText(text, lineStarts, line);
  return {
    file,
    line: line + 1,
    column: Math.min(column, shown.length) + 1,
    length: Math.max(1, Math.min(end - start, shown.length - column)),
    lineText: shown,
  };
}

function lineText(text: string, lineStarts: readonly number[], line: number): string {
  const end = lineStarts[line + 1] ?? text.length + 1;
  return text.slice(lineStarts[line], end - 1).replace(/\r$/, "");
}

/** The line (from 0) that holds an offset. */
function lineIndex(lineStarts: readonly number[], offset: number): number {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lineStarts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Offsets at which the lines of a text start. */
export function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The steps of a path that is written with dots; keys that hold dots themselves (model names) count as one step. */
export function pathOf(root: unknown, text: string): Path {
  const words = text === "" ? [] : text.split(".");
  const path: string[] = [];
  for (let first = 0; first < words.length; ) {
    const here = valueAt(root, path);
    let taken = 1;
    for (let many = words.length - first; many > 1; many--) {
      const joined = words.slice(first, first + many).join(".");
      if (isContainer(here) && Object.hasOwn(here, joined)) {
        taken = many;
        break;
      }
    }
    path.push(words.slice(first, first + taken).join("."));
    first += taken;
  }
  return path;
}

/** Diagnostics of later stages with the places to which their paths lead; what has a place or no path stays as it is. */
export function withPlaces(source: Source, diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.map((each) =>
    each.place !== undefined || each.path === undefined
      ? each
      : { ...each, place: placeOf(source, pathOf(source.root, each.path)) },
  );
}
