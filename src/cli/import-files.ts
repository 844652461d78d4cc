/** Files to import: named one by one, or all of a folder. */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { userError } from "../base/diagnostics.ts";
import { importLimits } from "../exchange/import/limits.ts";
import type { ImportFile } from "../exchange/import/wiring.ts";
import { readText } from "./files.ts";

/** The texts of all paths, those of a folder in the order of their names. Throws a `UserError`. */
export function readImportFiles(paths: readonly string[], endings: readonly string[]): ImportFile[] {
  const names = paths.flatMap((path) => filesOf(path, endings));
  if (names.length > importLimits.filesMax)
    throw userError("import/too-large", `${names.length} files, more than ${importLimits.filesMax}`);
  let left = importLimits.lengthMax;
  return names.map((name) => {
    const text = readText(name, left, "A file to import");
    left -= text.length;
    return { name, text };
  });
}

function filesOf(path: string, endings: readonly string[]): string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  const names = readdirSync(path)
    .filter((name) => !name.startsWith(".") && (endings.length === 0 || endings.some((each) => name.endsWith(each))))
    .map((name) => join(path, name))
    .filter((name) => statSync(name, { throwIfNoEntry: false })?.isFile() === true)
    .sort();
  if (names.length === 0) {
    const wanted = endings.length === 0 ? "files" : `files that end in ${endings.join(" or ")}`;
    throw userError("import/nothing", `there are no ${wanted} in ${path}`, "Name the files themselves.");
  }
  return names;
}
