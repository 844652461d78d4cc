/** Text from outside made fit for a terminal: escapes and invisible characters harmless, and its width in columns. */

/** One character as it is shown. */
export interface Glyph {
  /** What to print; several characters where one had to be made visible. */
  readonly text: string;
  /** Columns that it takes. */
  readonly columns: number;
  /** Length of the original in UTF-16 code units. */
  readonly length: number;
}

const tabStop = 4;

/** The glyphs of one line; tabs become spaces up to the next stop, control characters their Unicode pictures or codes. */
export function glyphsOf(line: string): Glyph[] {
  const glyphs: Glyph[] = [];
  let column = 0;
  for (const character of line) {
    const text = character === "\t" ? " ".repeat(tabStop - (column % tabStop)) : visible(character);
    const columns = text === character ? columnsOf(character) : text.length;
    glyphs.push({ text, columns, length: character.length });
    column += columns;
  }
  return glyphs;
}

/** The text with everything harmless that a terminal could obey or hide; line breaks and tabs become spaces. */
export function harmless(text: string): string {
  return [...text].map((character) => (/[\t\n\r]/.test(character) ? " " : visible(character))).join("");
}

/** Controls, format characters (direction marks, joiners, tags), separators of lines, private use, lone surrogates. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

function visible(character: string): string {
  if (!hidden.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 32) return String.fromCodePoint(0x2400 + code);
  if (code === 127) return "\u2421";
  return `<${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}

/** Ranges of characters that take two columns in a terminal: East Asian wide and full-width ones, and emoji. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;

function columnsOf(character: string): number {
  if (/\p{Mn}|\p{Me}/u.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
