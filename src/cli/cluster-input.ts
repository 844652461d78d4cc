/** The cluster file that every command starts from. */

import { type LocatedCluster, parseClusterFile } from "../cluster/parse.ts";
import { readBeside, readText } from "./files.ts";

/** Reads and parses a cluster file with its parts file. Throws a `UserError`. */
export function readCluster(path: string): LocatedCluster {
  return parseClusterFile(readText(path), path, (name) => readBeside(path, name));
}
