/** Prints diagnostics for people: place, code, message, the line with a caret under what is meant, and the remedy. */

import type { Diagnostic, Place, Severity } from "./diagnostics.ts";
import { type Glyph, glyphsOf, harmless } from "./display-text.ts";

export interface DiagnosticTextOptions {
  /** Columns of the terminal, at least 40; longer source lines are cut around the caret. Default 100. */
  readonly columns?: number;
  /** Whether to colour severity and caret with terminal escapes. Default false. */
  readonly colour?: boolean;
  /** Most diagnostics that are printed; of the rest only the number is. Default 100. */
  readonly most?: number;
}

const colours: Record<Severity, string> = { error: "\u001b[31m", warning: "\u001b[33m", note: "\u001b[36m" };
const reset = "\u001b[0m";

/** All diagnostics, one paragraph each, and a last line that counts them. Empty for none. */
export function diagnosticText(diagnostics: readonly Diagnostic[], options: DiagnosticTextOptions = {}): string {
  if (diagnostics.length === 0) return "";
  const { columns = 100, colour = false, most = 100 } = options;
  const paragraphs = diagnostics.slice(0, most).map((each) => paragraph(each, Math.max(40, columns), colour));
  const unprinted = diagnostics.length - paragraphs.length;
  const rest = unprinted > 0 ? [`... and ${unprinted} more that are not shown`] : [];
  return `${[...paragraphs, ...rest, counts(diagnostics)].join("\n\n")}\n`;
}

function paragraph(
  { code, severity, message, place, path, remedy }: Diagnostic,
  columns: number,
  colour: boolean,
): string {
  const paint = (text: string) => (colour ? `${colours[severity]}${text}${reset}` : text);
  const where = place === undefined ? "" : `${harmless(place.file)}:${place.line}:${place.column}: `;
  const below = place === undefined && path !== undefined ? ` (${harmless(path)})` : "";
  const lines = [`${where}${paint(severity)} ${code}: ${harmless(message)}${below}`];
  if (place !== undefined) lines.push(...marked(place, columns, paint));
  if (remedy !== undefined && remedy !== "") lines.push(`  ${harmless(remedy)}`);
  return lines.join("\n");
}

/** The line of a place, cut to the width, and a line with carets under what is marked. */
function marked(place: Place, columns: number, paint: (text: string) => string): string[] {
  if (place.lineText.trim() === "") return [];
  const number = String(place.line);
  const gutter = ` ${number} | `;
  const room = columns - gutter.length;
  // A line may be a million characters long: look only at those that can be shown.
  const start = place.column - 1;
  const from = surrogateStart(place.lineText, Math.max(0, start - 2 * room));
  const glyphs = glyphsOf(place.lineText.slice(from, start + place.length + 2 * room));
  const window = cut(glyphs, start - from, place.length, room, from > 0);
  const carets = paint("^".repeat(Math.max(1, window.markColumns)));
  return [`${gutter}${window.text}`, `${" ".repeat(number.length + 1)} | ${" ".repeat(window.before)}${carets}`];
}

function surrogateStart(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code >= 0xdc00 && code <= 0xdfff && index > 0 ? index - 1 : index;
}

interface Window {
  readonly text: string;
  /** Columns before the mark. */
  readonly before: number;
  readonly markColumns: number;
}

const ellipsis = "...";

/** Cuts a line so that the beginning of the mark is seen, with some of what stands before it. */
function cut(
  glyphs: readonly Glyph[],
  markStart: number,
  markLength: number,
  room: number,
  headMissing: boolean,
): Window {
  const offsets = offsetsOf(glyphs);
  const markColumn = columnAt(glyphs, offsets, markStart);
  const markEnd = columnAt(glyphs, offsets, markStart + markLength);
  const total = columnAt(glyphs, offsets, Number.POSITIVE_INFINITY);
  if (total <= room && !headMissing)
    return { text: glyphs.map(({ text }) => text).join(""), before: markColumn, markColumns: markEnd - markColumn };
  const context = Math.floor(room / 3);
  const first = markColumn - context > 0 || headMissing ? Math.max(0, markColumn - context) : 0;
  const head = first > 0 || headMissing ? ellipsis : "";
  const inside: string[] = [];
  let column = 0;
  let skipped = 0;
  let shownColumns = head.length;
  for (const glyph of glyphs) {
    if (column < first) skipped = column + glyph.columns;
    else if (shownColumns + glyph.columns <= room - ellipsis.length) {
      inside.push(glyph.text);
      shownColumns += glyph.columns;
    } else break;
    column += glyph.columns;
  }
  const before = head.length + markColumn - skipped;
  const tail = column < total ? ellipsis : "";
  const markColumns = Math.min(markEnd - markColumn, Math.max(1, shownColumns - before));
  return { text: `${head}${inside.join("")}${tail}`, before, markColumns };
}

function offsetsOf(glyphs: readonly Glyph[]): number[] {
  let offset = 0;
  return glyphs.map(({ length }) => {
    offset += length;
    return offset - length;
  });
}

/** Columns before the glyph at an offset in UTF-16 code units. */
function columnAt(glyphs: readonly Glyph[], offsets: readonly number[], offset: number): number {
  let columns = 0;
  for (const [index, glyph] of glyphs.entries()) {
    if (offsets[index]! >= offset) break;
    columns += glyph.columns;
  }
  return columns;
}

function counts(diagnostics: readonly Diagnostic[]): string {
  const parts = (["error", "warning", "note"] as const).flatMap((severity) => {
    const count = diagnostics.filter((each) => each.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? "" : "s"}`];
  });
  return parts.join(", ");
}
