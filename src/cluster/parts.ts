/** Parts of one's own: from the cluster file and from its parts file, checked one by one and added to the catalog. */

import type { DiagnosticCode } from "../base/diagnostic-codes.ts";
import { type Diagnostic, UserError } from "../base/diagnostics.ts";
import { closest } from "../base/suggest.ts";
import { builtInCatalog, extendCatalog } from "../catalog/index.ts";
import type { Catalog, PartModel, PartModelKind } from "../catalog/types.ts";
import { diagnosticsOf } from "./issues.ts";
import { contradictionsOf, deriveModel, wholeModel } from "./part-models.ts";
import { derivedParts, partsFileSchema, wholeParts } from "./parts-schema.ts";
import { shown } from "./remedies.ts";
import { type Path, placeOf, type Source, valueAt } from "./source.ts";
import { parseYaml } from "./yaml.ts";

/**
 * Reads the text of the parts file, named as in the cluster file. Throws a `UserError` (`file/not-found`,
 * `file/not-readable`) when it cannot; parts.ts adds the place where the file is named.
 */
export type ReadPartsFile = (name: string) => string;

/** The built-in catalog with the parts of a cluster file and of its parts file, and what is wrong with those. */
export function catalogOf(
  source: Source,
  readPartsFile?: ReadPartsFile,
): { readonly catalog: Catalog; readonly diagnostics: readonly Diagnostic[] } {
  const collector = new PartCollector();
  const name = valueAt(source.root, ["partsFile"]);
  if (typeof name === "string") {
    const second = openPartsFile(name, source, readPartsFile);
    if ("root" in second) collector.addFile(second);
    else collector.diagnostics.push(...second);
  }
  collector.addAll(source);
  return { catalog: extendCatalog(builtInCatalog, [...collector.parts.values()]), diagnostics: collector.diagnostics };
}

function openPartsFile(name: string, source: Source, read?: ReadPartsFile): Source | readonly Diagnostic[] {
  const place = placeOf(source, ["partsFile"]);
  if (read === undefined) {
    const message = "a parts file cannot be read here";
    const remedy = "Put the parts into the cluster file, below parts.";
    return [{ code: "file/not-readable", severity: "error", message, remedy, path: "partsFile", place }];
  }
  const folder = source.file.replace(/[^/\\]*$/, "");
  try {
    return parseYaml(read(name), /^(?:[/\\]|[A-Za-z]:)/.test(name) ? name : `${folder}${name}`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.diagnostics.map((each) => ({ place, ...each }));
  }
}

class PartCollector {
  readonly parts = new Map<string, PartModel>();
  readonly diagnostics: Diagnostic[] = [];

  addFile(source: Source): void {
    this.diagnostics.push(...source.diagnostics);
    const result = partsFileSchema.safeParse(source.root);
    if (result.success) this.addAll(source);
    else this.diagnostics.push(...diagnosticsOf(result.error.issues, { source, schema: partsFileSchema, at: [] }));
  }

  /** Every entry of the list `parts` of a file. */
  addAll(source: Source): void {
    const list = valueAt(source.root, ["parts"]);
    for (const [index, raw] of (Array.isArray(list) ? list : []).entries()) this.#add(source, ["parts", index], raw);
  }

  #add(source: Source, at: Path, raw: unknown): void {
    const report = (code: DiagnosticCode, below: Path, message: string, remedy: string) => {
      const path = [...at, ...below];
      const where = { path: path.join("."), place: placeOf(source, path) };
      this.diagnostics.push({ code, severity: "error", message: `${where.path}: ${message}`, remedy, ...where });
    };
    if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
      report("cluster/value", [], `expected a part (key: value), got ${shown(raw)}`, partHint);
      return;
    }
    const part = "basedOn" in raw ? this.#derived(source, at, raw, report) : whole(source, at, raw, report);
    if (part === undefined) return;
    if (Array.isArray(part)) {
      this.diagnostics.push(...part);
      return;
    }
    const problems = contradictionsOf(part);
    for (const { below, message, remedy } of problems) report("cluster/contradiction", below, message, remedy);
    if (this.parts.has(part.model)) {
      const message = `the part "${part.model}" is defined twice`;
      report("catalog/duplicate-part", ["model"], message, "Give every part of your own a model name of its own.");
    } else if (problems.length === 0) this.parts.set(part.model, part);
  }

  #derived(source: Source, at: Path, raw: object, report: Report): PartModel | Diagnostic[] | undefined {
    const { basedOn } = raw as { basedOn: unknown };
    const base = typeof basedOn === "string" ? (this.parts.get(basedOn) ?? builtInCatalog.get(basedOn)) : undefined;
    if (base === undefined) {
      const known = [...this.parts.keys(), ...builtInCatalog.keys()];
      const meant = typeof basedOn === "string" ? closest(basedOn, known) : undefined;
      const remedy =
        meant === undefined
          ? "Name a part of the catalog (twinspine catalog), or one defined above."
          : `Did you mean ${meant}?`;
      report("catalog/unknown-part", ["basedOn"], `expected the model of a known part, got ${shown(basedOn)}`, remedy);
      return undefined;
    }
    const result = derivedParts[base.kind].safeParse(raw);
    if (!result.success) return diagnosticsOf(result.error.issues, { source, schema: derivedParts[base.kind], at });
    const given = Object.fromEntries(Object.entries(result.data).filter(([key]) => Object.hasOwn(raw, key)));
    return deriveModel(base, given);
  }
}

type Report = (code: DiagnosticCode, below: Path, message: string, remedy: string) => void;

const kinds = Object.keys(wholeParts) as PartModelKind[];
const partHint = `Give a part its kind (${kinds.join(", ")}) or basedOn: another part's model.`;

function whole(source: Source, at: Path, raw: object, report: Report): PartModel | Diagnostic[] | undefined {
  const { kind } = raw as { kind?: unknown };
  const known = kinds.find((each) => each === kind);
  if (known === undefined) {
    if (kind === undefined) report("cluster/missing", ["kind"], "the part has neither kind nor basedOn", partHint);
    else {
      const meant = typeof kind === "string" ? closest(kind, kinds) : undefined;
      const message = `expected ${kinds.join(" or ")}, got ${shown(kind)}`;
      report("cluster/value", ["kind"], message, meant === undefined ? partHint : `Did you mean ${meant}?`);
    }
    return undefined;
  }
  const result = wholeParts[known].safeParse(raw);
  if (!result.success) return diagnosticsOf(result.error.issues, { source, schema: wholeParts[known], at });
  return wholeModel(result.data);
}
