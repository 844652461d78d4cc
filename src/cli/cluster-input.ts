/** The cluster file that every command starts from. */

import type { Place } from "../base/diagnostics.ts";
import { parseClusterFile } from "../cluster/parse.ts";
import type { Cluster } from "../cluster/types.ts";
import { readBeside, readText } from "./files.ts";

export interface ClusterInput {
  readonly cluster: Cluster;
  /** Place in the file of a path such as `plane.leaf.model`. */
  readonly locate: (path: string) => Place | undefined;
}

/** Reads and parses a cluster file with its parts file. Throws a `UserError`. */
export function readCluster(path: string): ClusterInput {
  return parseClusterFile(readText(path), path, (name) => readBeside(path, name));
}
