/** What the parser says to a text, for tests. */

import { UserError } from "../../base/diagnostics.ts";
import { parseClusterFile, type ReadPartsFile } from "../parse.ts";

/** The error, or undefined when the file is good. Lets every error that is not the user's through. */
export function errorOf(text: string, file: string, readPartsFile?: ReadPartsFile): UserError | undefined {
  try {
    parseClusterFile(text, file, readPartsFile);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
