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
  const zero = text.indexOf("\0");
  let start = text.startsWith("\uFEFF") ? 1 : 0;
  for (let line = 1; start <= text.length; line++) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    if (end - start > importLimits.fieldLengthMax)
      refuseAt(
        "import/too-large",
        { file: name, line },
        `the line has more than ${importLimits.fieldLengthMax} characters`,
      );
    if (zero >= start && zero < end)
      refuseAt("import/syntax", { file: name, line }, "the file is not text", "Save the output as text in UTF-8.");
    const isWindows = end > start && text.charCodeAt(end - 1) === 13;
    yield { file: name, line, text: text.slice(start, isWindows ? end - 1 : end) };
    start = end + 1;
  }
}

/** Throws for a text beyond the limit. */
export function checkLength({ name, text }: ImportFile): void {
  if (text.length > importLimits.lengthMax)
    refuseAt("import/too-large", { file: name, line: 1 }, `more than ${importLimits.lengthMax} characters`);
}
