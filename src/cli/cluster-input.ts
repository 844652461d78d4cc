/** What every command starts from: a cluster file, or a fabric that was imported. */

import { userError } from "../base/diagnostics.ts";
import { type LocatedCluster, parseClusterFile } from "../cluster/parse.ts";
import { isFabricFile } from "../exchange/import/fabric-json.ts";
import { importLimits } from "../exchange/import/limits.ts";
import { readFabric } from "../exchange/import/read-fabric.ts";
import type { Design } from "../fabric/index.ts";
import { readBeside, readStart, readText } from "./files.ts";

/** A cluster and the way to its fabric. */
export interface Input extends Pick<LocatedCluster, "cluster" | "withPlaces"> {
  /** The fabric that was read in; undefined: it is built from the cluster. */
  readonly imported: Design | undefined;
}

/** Reads and parses a cluster file with its parts file. Throws a `UserError`. */
export function readCluster(path: string): LocatedCluster {
  return parseClusterFile(readText(path), path, (name) => readBeside(path, name));
}

/**
 * Reads a cluster file, or a fabric file with the settings of the cluster file `settings` (default: the default ones).
 * Throws a `UserError`.
 */
export function readInput(path: string, settings?: string): Input {
  if (!isFabricFile(readStart(path))) {
    if (settings === undefined) return { ...readCluster(path), imported: undefined };
    throw userError(
      "command/value",
      `--settings is for an imported fabric, and ${path} is none`,
      "A cluster file has its own settings: leave --settings out.",
    );
  }
  const located = settings === undefined ? undefined : readCluster(settings);
  const text = readText(path, importLimits.lengthMax, "A fabric file");
  const { cluster, withPlaces, design } = readFabric(text, path, located);
  return { cluster, withPlaces, imported: design };
}
