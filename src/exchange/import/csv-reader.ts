/**
 * Comma-separated values as RFC 4180 has them, with the line of every row. Where the first line has no comma, a semicolon, a tab or
 * a bar parts its cells, as spreadsheets and NetBox's import have it.
 */

import { importLimits } from "./limits.ts";
import { checkLength } from "./lines.ts";
import type { FileLine, ImportFile } from "./wiring.ts";
import { refuseAt } from "./wiring-builder.ts";

export interface CsvRow extends FileLine {
  readonly cells: readonly string[];
}

const columnsMax = 1000;

/** All rows that are not empty; the first is the header. Throws `import/syntax` with the line. */
export function* csvRows(file: ImportFile): Generator<CsvRow> {
  checkLength(file);
  const { text } = file;
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  let line = 1;
  const separator = separatorOf(text);
  const ends = `${separator}\r\n`;
  while (at < text.length) {
    const origin = { file: file.name, line };
    const cells: string[] = [];
    for (let ended = false; !ended; ) {
      let cell: string;
      if (text[at] === '"') {
        const end = closingQuote(text, at + 1, origin);
        cell = text.slice(at + 1, end).replaceAll('""', '"');
        at = end + 1;
        if (at < text.length && !ends.includes(text[at]!))
          refuseAt("import/syntax", { file: file.name, line }, "something stands behind a cell in quotes");
        for (let index = cell.indexOf("\n"); index >= 0; index = cell.indexOf("\n", index + 1)) line++;
      } else {
        const start = at;
        while (at < text.length && text[at] !== separator && text[at] !== "\n") at++;
        cell = text.slice(start, at).replace(/\r$/, "");
      }
      if (cell.length > importLimits.fieldLengthMax) refuseAt("import/too-large", origin, "a cell is too long");
      if (cells.push(cell.trim()) > columnsMax) refuseAt("import/too-large", origin, `more than ${columnsMax} columns`);
      if (text[at] === "\r") at++;
      ended = text[at] !== separator;
      at++;
    }
    line++;
    if (cells.some((cell) => cell !== "")) yield { ...origin, cells };
  }
}

function separatorOf(text: string): string {
  const end = text.indexOf("\n");
  const first = text.slice(0, end < 0 ? importLimits.fieldLengthMax : end);
  return [",", ";", "\t", "|"].find((each) => first.includes(each)) ?? ",";
}

function closingQuote(text: string, start: number, origin: FileLine): number {
  for (let at = text.indexOf('"', start); at >= 0; at = text.indexOf('"', at + 2)) if (text[at + 1] !== '"') return at;
  refuseAt("import/syntax", origin, "a cell in quotes does not end");
}
