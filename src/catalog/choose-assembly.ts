/** Chooses the parts of a link: the cheapest that fit, or the ones that the user named. */

import type { Diagnostic } from "../base/diagnostics.ts";
import { costOfLink, describeAssembly } from "./assembly.ts";
import { candidateAssemblies, type SettledParts } from "./candidates.ts";
import { checkAssembly } from "./check-assembly.ts";
import { unknownPart } from "./lookup.ts";
import { endRules } from "./rules/ends.ts";
import type { Catalog, LinkAssembly, LinkEnd, LinkWish, NicModel, PartModelKind, SwitchModel } from "./types.ts";

/** Parts of a link by model name; what is left out is chosen. `cable` may name a captive cable or a fibre. */
export interface NamedParts {
  readonly cable?: string;
  readonly fibre?: string;
  readonly nearModule?: string;
  readonly farModule?: string;
}

interface ChosenAssembly {
  /** The parts, also when errors speak against them; undefined when nothing can be put together at all. */
  readonly assembly: LinkAssembly | undefined;
  /** Errors and caveats; empty when everything fits. */
  readonly diagnostics: readonly Diagnostic[];
}

interface Ranked {
  readonly assembly: LinkAssembly;
  readonly diagnostics: readonly Diagnostic[];
  readonly errors: number;
  readonly priceUsd: number;
  readonly powerW: number;
  readonly name: string;
}

/**
 * The assembly that passes every rule at the lowest price for each link, then the lowest power, then by name; one
 * without caveats is preferred to one with. When there is none: errors that say which came nearest and what was wrong.
 */
export function proposeAssembly(catalog: Catalog, wish: LinkWish): LinkAssembly | readonly Diagnostic[] {
  const ranked = rank(catalog, wish, {});
  const best = ranked[0];
  if (best !== undefined && best.errors === 0) return best.assembly;
  const impossible = endErrors(wish);
  return impossible.length > 0 ? impossible : [noAssembly(wish, ranked)];
}

/** Whether a result of {@link proposeAssembly} is an assembly. */
export function isAssembly(result: LinkAssembly | readonly Diagnostic[]): result is LinkAssembly {
  return "cable" in result;
}

/** Builds the link from the parts that the user named and the cheapest that fit to them. */
export function assembleFrom(catalog: Catalog, wish: LinkWish, named: NamedParts): ChosenAssembly {
  const { settled, unknown } = settle(catalog, named);
  if (unknown.length > 0) return { assembly: undefined, diagnostics: unknown };
  const best = rank(catalog, wish, settled)[0];
  if (best === undefined) return { assembly: undefined, diagnostics: [noAssembly(wish, [])] };
  if (best.errors === 0) return { assembly: best.assembly, diagnostics: best.diagnostics };
  const hint = whatFits(catalog, wish);
  return {
    assembly: best.assembly,
    diagnostics: best.diagnostics.map((each) =>
      each.severity === "error" ? { ...each, remedy: [each.remedy, hint].filter(Boolean).join(" ") } : each,
    ),
  };
}

/** The ends that a device offers for links of this speed: every cage group and breakout, most links a cage first. */
export function linkEnds(device: SwitchModel | NicModel, speedGbps: number): readonly LinkEnd[] {
  const groups = device.kind === "switch" ? device.cages : [device.cage];
  return groups
    .flatMap((cage) =>
      cage.breakouts
        .filter((breakout) => breakout.speedGbps === speedGbps)
        .map((breakout): LinkEnd => ({ device, cage, linksPerCage: breakout.links })),
    )
    .sort((one, other) => other.linksPerCage - one.linksPerCage);
}

/** A sentence on the cheapest parts that fit, if need be with other breakouts; empty when nothing does. */
function whatFits(catalog: Catalog, wish: LinkWish): string {
  const same = proposeAssembly(catalog, wish);
  if (isAssembly(same)) return `What fits: ${describeAssembly(same)}.`;
  for (const far of linkEnds(wish.far.device, wish.speedGbps))
    for (const near of linkEnds(wish.near.device, wish.speedGbps)) {
      const other = proposeAssembly(catalog, { ...wish, near, far });
      if (isAssembly(other))
        return `At ${near.linksPerCage} x ${wish.speedGbps}G a cage of ${near.device.model} and ${far.linksPerCage} x ${wish.speedGbps}G of ${far.device.model} fits: ${describeAssembly(other)}.`;
    }
  return "";
}

function settle(catalog: Catalog, named: NamedParts): { settled: SettledParts; unknown: readonly Diagnostic[] } {
  const unknown: Diagnostic[] = [];
  function find<Kind extends PartModelKind>(model: string | undefined, kinds: readonly Kind[]) {
    if (model === undefined) return undefined;
    const part = catalog.get(model);
    if (part !== undefined && kinds.includes(part.kind as Kind)) return part as Extract<typeof part, { kind: Kind }>;
    unknown.push(unknownPart(catalog, model, kinds));
    return undefined;
  }
  const cable = find(named.cable, ["captive-cable", "fibre"]) ?? find(named.fibre, ["fibre"]);
  const nearModule = find(named.nearModule, ["module"]);
  const farModule = find(named.farModule, ["module"]);
  return {
    settled: { ...(cable && { cable }), ...(nearModule && { nearModule }), ...(farModule && { farModule }) },
    unknown,
  };
}

function rank(catalog: Catalog, wish: LinkWish, settled: SettledParts): readonly Ranked[] {
  const ranked = [...candidateAssemblies(catalog, wish, settled)].map((assembly): Ranked => {
    const diagnostics = checkAssembly(wish, assembly);
    const { priceUsd, powerW } = costOfLink(wish, assembly);
    return {
      assembly,
      diagnostics,
      errors: diagnostics.filter(({ severity }) => severity === "error").length,
      priceUsd: priceUsd ?? Number.POSITIVE_INFINITY,
      powerW,
      name: describeAssembly(assembly),
    };
  });
  return ranked.sort(
    (one, other) =>
      one.errors - other.errors ||
      (one.errors > 0 ? other.assembly.lengthM - one.assembly.lengthM : 0) ||
      one.diagnostics.length - other.diagnostics.length ||
      compare(one.priceUsd, other.priceUsd) ||
      compare(one.powerW, other.powerW) ||
      compare(one.name, other.name),
  );
}

function compare<T extends number | string>(one: T, other: T): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** What is wrong with the wish itself, whatever the parts. */
function endErrors(wish: LinkWish): readonly Diagnostic[] {
  return endRules.flatMap(({ code, severity, find }) => find(wish).map((finding) => ({ code, severity, ...finding })));
}

function noAssembly(wish: LinkWish, ranked: readonly Ranked[]): Diagnostic {
  const shown = ranked
    .filter(({ name }, index) => ranked.findIndex((each) => each.name === name) === index)
    .slice(0, 3);
  const nearest = shown.map(
    ({ name, diagnostics }) => `${name}: ${diagnostics.map(({ message }) => message).join("; ")}`,
  );
  const { near, far } = wish;
  return {
    code: "catalog/no-assembly",
    severity: "error",
    message: `no cable and modules make a ${wish.speedGbps}G ${wish.network} link of ${wish.lengthM} m from ${near.device.model} (${near.linksPerCage} a cage) to ${far.device.model} (${far.linksPerCage} a cage)`,
    remedy:
      nearest.length === 0
        ? "Add the parts to the catalog of the cluster file."
        : `Nearest: ${nearest.join(". ")}. Change the length, speed, breakout or devices, or add parts of your own.`,
  };
}
