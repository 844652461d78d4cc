/**
 * The links of a topology that are written as generators write them, told apart from its YAML before the library reads it: a
 * hundred thousand of them would cost it half a minute. Only whole entries of one exact form are taken, none of which needs
 * YAML's rules; all else, and the first entry, is left for the library. {@link standsAsRead} tells from what the library
 * read whether the entries were what they looked like.
 */

import { type Path, placeOf, type Source, valueAt } from "../../cluster/source.ts";

export interface PlainLink {
  /** Line of its dash, from 1. */
  readonly line: number;
  readonly endpoints: readonly [string, string];
}

export interface PlainLinks {
  /** The text with an empty line for every line taken out. */
  readonly rest: string;
  /** The entry that stayed in the text, to tell where the library found it. */
  readonly first: PlainLink;
  /** Those taken out, in the order of the file. */
  readonly links: readonly PlainLink[];
}

/** Texts that mean themselves, quoted or not: no escape, no number, no word of YAML. */
const scalar = String.raw`(?:"([\w.@/:+-]+)"|'([\w.@/:+-]+)'|([A-Za-z][\w.@/+-]*:[A-Za-z][\w.@/+-]*))`;
const lineEnd = String.raw` *(?: #[\x20-\x7e]*)?(?:\r?\n|$)`;
const linksKey = new RegExp(`^( *)links:${lineEnd}`, "gm");
const idle = /(?: *(?:#[\x20-\x7e]*)?\r?\n)*/y;
const inBrackets = new RegExp(String.raw`( *)- endpoints: *\[ *${scalar} *, *${scalar} *\]${lineEnd}`, "y");
const inLines = new RegExp(
  String.raw`( *)- endpoints:${lineEnd}(\1 {2,10})- ${scalar}${lineEnd}\2- ${scalar}${lineEnd}`,
  "y",
);

interface Entry extends PlainLink {
  readonly start: number;
  readonly end: number;
  readonly indent: number;
  /** Lines that it takes. */
  readonly lines: 1 | 3;
}

function entryAt(text: string, start: number, line: number): Entry | undefined {
  for (const [form, first, lines] of [[inBrackets, 2, 1] as const, [inLines, 3, 3] as const]) {
    form.lastIndex = start;
    const found = form.exec(text);
    if (found === null) continue;
    const endpoints = [
      found[first] ?? found[first + 1] ?? found[first + 2]!,
      found[first + 3] ?? found[first + 4] ?? found[first + 5]!,
    ] as const;
    return { start, end: form.lastIndex, indent: found[1]!.length, lines, line, endpoints };
  }
  return undefined;
}

/** The offset behind empty lines and comments. */
function behindIdle(text: string, start: number): number {
  idle.lastIndex = start;
  idle.test(text);
  return idle.lastIndex;
}

/** Whether an entry of that indent is over where the line at `at` begins: that line is not deeper. */
function isOver(text: string, at: number, indent: number): boolean {
  for (let index = at; index < text.length; index++) if (text[index] !== " ") return index - at <= indent;
  return true;
}

/** Takes the plain links out of a text. Undefined: there are not at least two of them in a row, or the text has directives. */
export function plainLinksOf(text: string): PlainLinks | undefined {
  if (/^%/m.test(text)) return undefined;
  for (const key of text.matchAll(linksKey)) {
    const start = behindIdle(text, key.index + key[0].length);
    const line = linesIn(text, 0, start) + 1;
    const first = entryAt(text, start, line);
    if (first !== undefined && first.indent >= key[1]!.length) return taken(text, first);
  }
  return undefined;
}

function taken(text: string, first: Entry): PlainLinks | undefined {
  const links: PlainLink[] = [];
  const kept: string[] = [text.slice(0, first.end)];
  let at = first.end;
  let line = first.line + first.lines;
  for (;;) {
    const start = behindIdle(text, at);
    line += linesIn(text, at, start);
    const entry = entryAt(text, start, line);
    kept.push(text.slice(at, start));
    at = start;
    if (entry === undefined || entry.indent !== first.indent) break;
    if (!isOver(text, behindIdle(text, entry.end), entry.indent)) break;
    links.push({ line, endpoints: entry.endpoints });
    kept.push("\n".repeat(entry.lines));
    at = entry.end;
    line += entry.lines;
  }
  kept.push(text.slice(at));
  return links.length === 0 ? undefined : { rest: kept.join(""), first, links };
}

function linesIn(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", start); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/** Whether the list at `path` begins with the entry that stayed, on its line: then those behind it were entries too. */
export function standsAsRead(source: Source, path: Path, { first }: PlainLinks): boolean {
  const entry = [...path, 0];
  const endpoints = valueAt(source.root, [...entry, "endpoints"]);
  return (
    placeOf(source, entry).line === first.line &&
    Array.isArray(endpoints) &&
    endpoints.length === 2 &&
    endpoints.every((each, index) => each === first.endpoints[index])
  );
}
