/** The corpus of broken cluster files, and what a parser says to a text. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError, userError } from "../../base/diagnostics.ts";
import { parseClusterFile } from "../parse.ts";

const folder = join(import.meta.dirname, "corpus");

export interface CorpusFile {
  readonly name: string;
  readonly text: string;
}

/** All files of the corpus, by name. */
export const corpus: readonly CorpusFile[] = readdirSync(folder)
  .sort()
  .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));

/** Parses as the command line would; gives the error, or undefined when the file is good. Lets every other error through. */
export function errorOf(text: string, file: string): UserError | undefined {
  try {
    parseClusterFile(text, file, (name) => {
      if (name === "nowhere.yaml") throw userError("file/not-found", `there is no file ${name}`, "Check the name.");
      return readFileSync(join(folder, name), "utf8");
    });
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
