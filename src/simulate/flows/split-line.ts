/** One line of CSV as cells that know where they stood (RFC 4180, without line breaks inside quotes). */

export interface Cell {
  /** Without quotes and spaces around it. */
  readonly text: string;
  /** Offset in the line, and length there. */
  readonly start: number;
  readonly length: number;
}

/** The cells of a line; undefined when a quotation mark is not closed. */
export function splitLine(line: string): Cell[] | undefined {
  const cells: Cell[] = [];
  for (let at = 0; at <= line.length; ) {
    while (line[at] === " " || line[at] === "\t") at++;
    const start = at;
    let text: string;
    if (line[at] === '"') {
      let end = at + 1;
      for (; ; end++) {
        end = line.indexOf('"', end);
        if (end < 0) return undefined;
        if (line[end + 1] !== '"') break;
        end++;
      }
      text = line
        .slice(at + 1, end)
        .replaceAll('""', '"')
        .trim();
      at = end + 1;
      const next = line.indexOf(",", at);
      const rest = line.slice(at, next < 0 ? line.length : next);
      text += rest.trim();
      at += rest.length;
    } else {
      const next = line.indexOf(",", at);
      const end = next < 0 ? line.length : next;
      text = line.slice(at, end).trim();
      at = end;
    }
    cells.push({ text, start, length: Math.max(line.slice(start, at).trim().length, 1) });
    at++;
  }
  return cells;
}
