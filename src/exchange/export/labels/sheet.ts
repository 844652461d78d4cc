/** A page that prints labels on A4 sheets. Self-contained: no script, no font or picture from elsewhere. */

import type { Label } from "./labels.ts";

/** Columns and rows of a sheet: 70 x 37 mm labels without gaps fill A4 (210 x 297 mm). */
const columns = 3;
const rows = 8;

const style = `
@page { size: A4; margin: 0; }
* { box-sizing: border-box; }
body { margin: 0; font: 9pt/1.25 "DejaVu Sans", Arial, sans-serif; color: #000; background: #fff; }
.sheet { width: 210mm; height: 296mm; padding-top: 0.5mm; display: grid; break-after: page;
  grid-template-columns: repeat(${columns}, 70mm); grid-template-rows: repeat(${rows}, 36.9mm); }
.sheet:last-child { break-after: auto; }
.label { padding: 3mm 4mm; overflow: hidden; overflow-wrap: anywhere; }
.cable { font-size: 13pt; font-weight: bold; }
.here { font-weight: bold; }
.about { font-size: 7pt; }
@media screen { .label { outline: 1px dotted #999; } .sheet { margin: 8px auto; outline: 1px solid #999; } }
`;

/** The page, a sheet a piece. */
export function* sheetHtml(title: string, labels: Iterable<Label>): Generator<string> {
  yield `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Labels of ${escaped(title)}</title>\n<style>${style}</style>\n</head>\n<body>\n`;
  let sheet: string[] = [];
  for (const label of labels) {
    sheet.push(labelHtml(label));
    if (sheet.length < columns * rows) continue;
    yield sheetOf(sheet);
    sheet = [];
  }
  if (sheet.length > 0) yield sheetOf(sheet);
  yield "</body>\n</html>\n";
}

function sheetOf(labels: readonly string[]): string {
  return `<div class="sheet">\n${labels.join("")}</div>\n`;
}

function labelHtml({ cable, here, there, about }: Label): string {
  const far = there.map((each) => `<div>to ${escaped(each)}</div>`).join("");
  return `<div class="label"><div class="cable">${escaped(cable)}</div><div class="here">${escaped(here)}</div>${far}<div class="about">${escaped(about)}</div></div>\n`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
