/** Comma-separated values as RFC 4180 has them; cells that a spreadsheet would run as a formula are defused. */

const needsQuotes = /[",\r\n]|^\s|\s$/;
const formula = /^[=+\-@\t\r]/;

/** One line without its end. Numbers are printed as they are. */
export function csvLine(cells: readonly (string | number)[]): string {
  return cells.map(csvCell).join(",");
}

function csvCell(cell: string | number): string {
  if (typeof cell === "number") return String(cell);
  const safe = formula.test(cell) ? `'${cell}` : cell;
  return needsQuotes.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
