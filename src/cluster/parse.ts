/** From the text of a cluster file to a {@link Cluster}. Pure: files are read by the caller. */

import { type Diagnostic, type Place, UserError } from "../base/diagnostics.ts";
import { checkEach, checkTogether } from "./checks.ts";
import { inFileOrder } from "./in-file-order.ts";
import { diagnosticsOf } from "./issues.ts";
import { isMapping, mended } from "./mend.ts";
import { catalogOf, type ReadPartsFile } from "./parts.ts";
import { resolveCluster } from "./resolve.ts";
import { clusterSchema } from "./schema.ts";
import { pathOf, placeOf, type Source, withPlaces } from "./source.ts";
import type { Cluster } from "./types.ts";
import { parseYaml } from "./yaml.ts";

export type { ReadPartsFile } from "./parts.ts";

/** A cluster with the way back from the paths of its settings to the lines of its file. */
export interface LocatedCluster {
  readonly cluster: Cluster;
  /** The place of a path (`plane.links.access`, `planes.0`, `servers.count`), or of the nearest thing above it. */
  readonly locate: (path: string) => Place;
  /** Diagnostics of later stages, such as the design's, with the places to which their paths lead. */
  readonly withPlaces: (diagnostics: readonly Diagnostic[]) => Diagnostic[];
}

/**
 * Parses a cluster file. `file` is its name, for messages; `readPartsFile` gives the text of its `partsFile`.
 * Throws a `UserError` that lists everything wrong with it, in the order of the file.
 */
export function parseCluster(text: string, file: string, readPartsFile?: ReadPartsFile): Cluster {
  return parseClusterFile(text, file, readPartsFile).cluster;
}

/** As {@link parseCluster}, with the places of the settings. */
export function parseClusterFile(text: string, file: string, readPartsFile?: ReadPartsFile): LocatedCluster {
  const source = parseYaml(text, file);
  const own = catalogOf(source, readPartsFile);
  const result = clusterSchema.safeParse(source.root);
  if (!result.success) {
    const issues = diagnosticsOf(result.error.issues, { source, schema: clusterSchema, at: [] });
    const rest = mended(source.root, issues, clusterSchema, withServers);
    const more = rest === undefined ? [] : checkEach(resolveCluster(rest, own.catalog), rest, source);
    throw failure(source, [...issues, ...more.filter(({ path }) => !known(path, issues))], own.diagnostics);
  }
  const cluster = resolveCluster(result.data, own.catalog);
  const found = [...checkTogether(cluster, result.data, source), ...checkEach(cluster, result.data, source)];
  if (found.length + own.diagnostics.length + source.diagnostics.length > 0)
    throw failure(source, found, own.diagnostics);
  const locate = (path: string) => placeOf(source, pathOf(source.root, path));
  return { cluster, locate, withPlaces: (found) => withPlaces(source, found) };
}

/** What a file must have at least. */
function withServers(file: Record<string, unknown>): unknown {
  const servers = isMapping(file.servers) ? file.servers : {};
  return { name: "unnamed", ...file, servers: { count: 1, ...servers } };
}

function known(path: string | undefined, issues: readonly Diagnostic[]): boolean {
  return issues.some((issue) => issue.path === path);
}

/** Everything that is wrong, in the order of the file; what stands in the parts file comes last. */
function failure(source: Source, found: readonly Diagnostic[], ofParts: readonly Diagnostic[]): UserError {
  const here = ofParts.filter(({ place }) => place?.file === source.file);
  const elsewhere = ofParts.filter(({ place }) => place?.file !== source.file);
  return new UserError([...inFileOrder([...source.diagnostics, ...found, ...here]), ...elsewhere]);
}
