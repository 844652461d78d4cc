/**
 * How wide a text is without a browser. Widths of common sans-serif letters in thousandths of the font size, taken
 * generously (the widest of the usual system fonts), so that a text that fits here fits on every screen.
 */

const narrow = "iljI|!.,:;'`()[]{} ";
const thin = 'ftr-/\\*"';
const wide = "mwMW@%";

function widthOf(character: string): number {
  if (narrow.includes(character)) return 0.36;
  if (thin.includes(character)) return 0.44;
  if (wide.includes(character)) return 0.98;
  if (character >= "0" && character <= "9") return 0.63;
  if (character >= "a" && character <= "z") return 0.61;
  if (character >= "A" && character <= "Z") return 0.74;
  return character.codePointAt(0)! < 0x2000 ? 0.7 : 1;
}

/** Width of a text in pixels at a font size in pixels. */
export function textWidth(text: string, fontSize: number, bold = false): number {
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width * fontSize * (bold ? 1.1 : 1);
}

/** The text cut to fit a width, with an ellipsis where something was cut. */
export function fitText(text: string, widthMax: number, fontSize: number, bold = false): string {
  if (textWidth(text, fontSize, bold) <= widthMax) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join("")}…`, fontSize, bold) > widthMax) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}

/** The text in lines that fit a width, at most `linesMax`; the last is cut when more would be needed. */
export function wrapText(text: string, widthMax: number, fontSize: number, linesMax: number): string[] {
  const lines: string[] = [];
  let line = "";
  const words = text.split(/\s+/).filter((word) => word !== "");
  for (const [index, word] of words.entries()) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (textWidth(longer, fontSize) <= widthMax || line === "") {
      line = longer;
      continue;
    }
    if (lines.length === linesMax - 1) {
      return [...lines, fitText([line, ...words.slice(index)].join(" "), widthMax, fontSize)];
    }
    lines.push(fitText(line, widthMax, fontSize));
    line = word;
  }
  return line === "" ? lines : [...lines, fitText(line, widthMax, fontSize)];
}
