/** From the text of a cluster file to a {@link Cluster}. Pure: files are read by the caller. */

import { type Document, isAlias, LineCounter, parseDocument, visit } from "yaml";
import { type Diagnostic, throwOnErrors, UserError } from "../base/diagnostics.ts";
import { diagnosticsOf, placeAt, type Source } from "./issues.ts";
import { resolveCluster } from "./resolve.ts";
import { clusterSchema } from "./schema.ts";
import type { Cluster } from "./types.ts";

/** Limits of a cluster file; a file beyond them is rejected before it can hurt. */
export const clusterFileLimits = {
  /** Characters. */
  lengthMax: 1_048_576,
  /** Nodes of the YAML document. */
  nodesMax: 100_000,
  /** Nesting. */
  depthMax: 32,
  /** Uses of YAML aliases. */
  aliasesMax: 100,
} as const;

/** Parses a cluster file. Throws a `UserError` that lists everything wrong with it. `partsText` is the text of `partsFile`. */
export function parseCluster(text: string, file: string, readPartsFile?: (name: string) => string): Cluster {
  const source = parseYaml(text, file);
  const result = clusterSchema.safeParse(toPlain(source));
  if (!result.success) throw new UserError(diagnosticsOf(result.error.issues, source));
  const { cluster, diagnostics } = resolveCluster(result.data, source, readPartsFile);
  throwOnErrors(diagnostics);
  return cluster;
}

/** Parses YAML with positions, within the limits. Throws a `UserError`. */
export function parseYaml(text: string, file: string): Source {
  const fail = (code: "cluster/binary" | "cluster/too-large", message: string, remedy: string): never => {
    throw new UserError([{ code, severity: "error", message: `${file}: ${message}`, remedy }]);
  };
  if (text.length > clusterFileLimits.lengthMax) {
    fail(
      "cluster/too-large",
      `${text.length} characters`,
      `A cluster file has at most ${clusterFileLimits.lengthMax} characters.`,
    );
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are what makes a file binary
  if (/[\u0000-\u0008\u000e-\u001f\ufffd]/.test(text)) {
    fail("cluster/binary", "this is not a text file", "Give a cluster file in YAML, encoded as UTF-8.");
  }
  if (deepFlow(text))
    fail("cluster/too-large", "nested too deeply", `At most ${clusterFileLimits.depthMax} levels are allowed.`);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    merge: true,
    stringKeys: true,
  });
  const source: Source = { file, text, document, lines };
  throwOnErrors(document.errors.map((error) => yamlDiagnostic(error, source)));
  checkSize(document, fail);
  return source;
}

/** Brackets nested beyond the limit, found before the parser recurses into them. */
function deepFlow(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (character === 91 || character === 123) depth++;
    else if (character === 93 || character === 125) depth = Math.max(0, depth - 1);
    if (depth > 4 * clusterFileLimits.depthMax) return true;
  }
  return false;
}

function yamlDiagnostic(error: { message: string; pos: [number, number] }, source: Source): Diagnostic {
  const aliases = error.message.startsWith("Unresolved alias");
  return {
    code: "cluster/syntax",
    severity: "error",
    message: `not valid YAML: ${error.message.split("\n")[0]}`,
    remedy: aliases ? "Define the anchor (&name) above its use." : "Check indentation, colons and quotes here.",
    place: placeAt(source, error.pos[0], error.pos[1]),
  };
}

function checkSize(
  document: Document,
  fail: (code: "cluster/too-large", message: string, remedy: string) => never,
): void {
  let nodes = 0;
  let aliases = 0;
  visit(document, (_key, node, path) => {
    nodes++;
    if (isAlias(node)) aliases++;
    if (nodes > clusterFileLimits.nodesMax)
      fail(
        "cluster/too-large",
        `more than ${clusterFileLimits.nodesMax} values`,
        "Use patterns and counts instead of lists.",
      );
    if (path.length > 2 * clusterFileLimits.depthMax)
      fail("cluster/too-large", "nested too deeply", `At most ${clusterFileLimits.depthMax} levels are allowed.`);
    if (aliases > clusterFileLimits.aliasesMax)
      fail("cluster/too-large", `more than ${clusterFileLimits.aliasesMax} YAML aliases`, "Write the values out.");
  });
}

function toPlain(source: Source): unknown {
  try {
    return source.document.toJS({ maxAliasCount: clusterFileLimits.aliasesMax });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new UserError([
      {
        code: "cluster/too-large",
        severity: "error",
        message: `${source.file}: ${error.message}`,
        remedy: "Write the values out instead of using YAML aliases.",
      },
    ]);
  }
}
