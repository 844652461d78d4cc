/** Looks parts up by name, and adds the user's own to a catalog. */

import { type Diagnostic, UserError } from "../base/diagnostics.ts";
import { closest } from "../base/suggest.ts";
import type { Catalog, PartModel, PartModelKind } from "./types.ts";

/**
 * A catalog with the user's own parts besides; a part with a known name replaces the built-in one.
 * Throws `catalog/duplicate-part` when two of `parts` have the same name.
 */
export function extendCatalog(base: Catalog, parts: readonly PartModel[]): Catalog {
  const seen = new Set<string>();
  const duplicates: Diagnostic[] = [];
  for (const { model } of parts) {
    if (seen.has(model))
      duplicates.push({
        code: "catalog/duplicate-part",
        severity: "error",
        message: `the part "${model}" is defined twice`,
        remedy: "Give every part of your own a model name of its own.",
      });
    seen.add(model);
  }
  if (duplicates.length > 0) throw new UserError(duplicates);
  return new Map([...base, ...parts.map((part) => [part.model, part] as const)]);
}

const kindNames: Record<PartModelKind, string> = {
  switch: "a switch",
  nic: "a NIC",
  module: "an optical module",
  "captive-cable": "an AOC, DAC or ACC cable",
  fibre: "a fibre",
};

/** The part of this model name and kind. Throws `catalog/unknown-part`, with a did-you-mean, when there is none. */
export function findPart<Kind extends PartModelKind>(
  catalog: Catalog,
  model: string,
  kind: Kind,
): Extract<PartModel, { kind: Kind }> {
  const found = catalog.get(model);
  if (found?.kind === kind) return found as Extract<PartModel, { kind: Kind }>;
  throw new UserError([unknownPart(catalog, model, [kind])]);
}

/** Says that no part of these kinds has this name, what it is instead, and which name comes nearest. */
export function unknownPart(catalog: Catalog, model: string, kinds: readonly PartModelKind[]): Diagnostic {
  const wanted = kinds.map((kind) => kindNames[kind]).join(" or ");
  const names = [...catalog.values()].filter((part) => kinds.includes(part.kind)).map((part) => part.model);
  const guess = closest(model, names);
  const other = catalog.get(model);
  return {
    code: "catalog/unknown-part",
    severity: "error",
    message:
      other === undefined
        ? `"${model}" is not in the catalog; wanted here: ${wanted}`
        : `"${model}" is ${kindNames[other.kind]}; wanted here: ${wanted}`,
    remedy:
      guess === undefined ? `Known: ${names.join(", ")}; or define a part of your own.` : `Did you mean ${guess}?`,
  };
}
