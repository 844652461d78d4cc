/** The lines of a text one by one, without a list of them all. */

import { importLimits } from "./limits.ts";
import type { FileLine, ImportFile } from "./wiring.ts";
import { refuseAt } from "./wiring-builder.ts";

export interface Line extends FileLine {
  readonly text: string;
}

/** Lines without their ends. Throws for a line that is longer than any real one, and for what is not text. */
export function* linesOf({ name, text }: ImportFile): Generator<Line> {
  checkLength({ name, text });
  let start = text.startsWith("\uFEFF") ? 1 : 0;
  for (let line = 1; start <= text.length; line++) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    const origin = { file: name, line };
    if (end - start > importLimits.fieldLengthMax)
      refuseAt("import/too-large", origin, `the line has more than ${importLimits.fieldLengthMax} characters`);
    const content = text.slice(start, text.charCodeAt(end - 1) === 13 && end > start ? end - 1 : end);
    if (content.includes("\0"))
      refuseAt("import/syntax", origin, "the file is not text", "Save the output as text in UTF-8.");
    yield { ...origin, text: content };
    start = end + 1;
  }
}

/** Throws for a text beyond the limit. */
export function checkLength({ name, text }: ImportFile): void {
  if (text.length > importLimits.lengthMax)
    refuseAt("import/too-large", { file: name, line: 1 }, `more than ${importLimits.lengthMax} characters`);
}
