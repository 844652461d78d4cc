/** Paragraphs, weight and colour of terminal text. */

import { harmless } from "../../base/display-text.ts";
import type { Tone } from "../summary.ts";
import type { TextOptions } from "../table.ts";

export interface Section {
  readonly title: string;
  /** Without a newline at the end. */
  readonly text: string;
}

const reset = "\u001b[0m";
const tints: Readonly<Record<Tone, string>> = { good: "\u001b[32m", caution: "\u001b[33m", bad: "\u001b[31m" };

export function bold(text: string, { colour }: TextOptions): string {
  return colour ? `\u001b[1m${harmless(text)}${reset}` : harmless(text);
}

/** A finding in its colour; the words say it as well. */
export function tinted(text: string, tone: Tone, { colour }: TextOptions): string {
  return colour ? `\u001b[1m${tints[tone]}${harmless(text)}${reset}` : harmless(text);
}

/** A text broken at spaces to the width of the terminal. */
export function paragraph(text: string, { width }: TextOptions, indent = ""): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of harmless(text).split(" ")) {
    if (line !== indent && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent;
    }
    line = line === indent ? indent + word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}
