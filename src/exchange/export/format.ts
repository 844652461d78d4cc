/** What an export format is. One file a format; registry.ts lists them. */

import type { Diagnostic } from "../../base/diagnostics.ts";
import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/types.ts";

/** What is exported: the built fabric and the cluster that it was built from. */
export interface ExportInput {
  readonly cluster: Cluster;
  readonly fabric: Fabric;
}

export interface ExportedFile {
  /** Path below the output folder, with `/` between folders. */
  readonly name: string;
  /** The content in pieces; made only while it is written, the same every time. */
  readonly content: Iterable<string>;
}

export interface Exported {
  readonly files: readonly ExportedFile[];
  /** What the format cannot say and how it was said instead; warnings and notes. */
  readonly remarks: readonly Diagnostic[];
}

export interface ExportFormat {
  /** Value of `--to`. */
  readonly name: string;
  /** What it writes, in a few words. */
  readonly writes: string;
  /** What checks its files that is not ours. */
  readonly checkedBy: string;
  /** The files. Pure and deterministic. Throws a `UserError` with an `export/` code where the fabric does not fit the format. */
  readonly make: (input: ExportInput) => Exported;
}

/** A text that is made only when it is read. */
export function lazy(make: () => string): Iterable<string> {
  return lazyPieces(function* () {
    yield make();
  });
}

/** Pieces that are made only when they are read, each time anew. */
export function lazyPieces(make: () => Iterable<string>): Iterable<string> {
  return { [Symbol.iterator]: () => make()[Symbol.iterator]() };
}
