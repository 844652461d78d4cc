/** Every way to put parts of a catalog together into a link, whether they fit or not. */

import type {
  CableModel,
  CaptiveCableModel,
  Catalog,
  FibreModel,
  LinkAssembly,
  LinkEnd,
  LinkWish,
  ModuleModel,
} from "./types.ts";

/** Parts that the user has settled; the rest is free. */
export interface SettledParts {
  readonly cable?: CableModel;
  readonly nearModule?: ModuleModel;
  readonly farModule?: ModuleModel;
}

/**
 * All assemblies of a catalog that keep to the settled parts. Modules that do not go into the cage or take the fibre
 * are tried only when settled: they would fail for certain.
 */
export function* candidateAssemblies(
  catalog: Catalog,
  wish: LinkWish,
  settled: SettledParts = {},
): Generator<LinkAssembly> {
  const parts = [...catalog.values()];
  const cables = settled.cable
    ? [settled.cable]
    : parts.filter((part) => part.kind === "captive-cable" || part.kind === "fibre");
  const modules = parts.filter((part) => part.kind === "module");
  const nearModules = settled.nearModule ? [settled.nearModule] : modules.filter((each) => enters(each, wish.near));
  const farModules = settled.farModule ? [settled.farModule] : modules.filter((each) => enters(each, wish.far));
  const withModules = settled.nearModule !== undefined || settled.farModule !== undefined;
  for (const cable of cables) {
    if (cable.kind === "captive-cable" && (settled.cable !== undefined || !withModules))
      yield* captive(cable, wish, settled);
    if (cable.kind !== "fibre") continue;
    const joins = (module: ModuleModel) =>
      module === settled.nearModule ||
      module === settled.farModule ||
      (module.connector === cable.connector && module.fibre === cable.fibre);
    for (const nearModule of nearModules.filter(joins))
      for (const farModule of farModules.filter(joins)) yield* fibre(cable, nearModule, farModule, wish);
  }
}

const enters = (module: ModuleModel, { cage }: LinkEnd): boolean =>
  module.formFactor === cage.formFactor || cage.alsoAccepts.includes(module.formFactor);

/** The shortest sold length that is enough; the longest where none is. */
function boughtLengthM(cable: CableModel, lengthM: number): number {
  return cable.lengthsM.find((each) => each >= lengthM) ?? cable.lengthsM.at(-1) ?? lengthM;
}

/** Modules beside a captive cable are wrong; they are kept so that the rules can say so. */
function* captive(cable: CaptiveCableModel, wish: LinkWish, settled: SettledParts): Generator<LinkAssembly> {
  const split = cable.branch.count > 1;
  const uses = cable.carries.filter(({ speedGbps }) => speedGbps === wish.speedGbps);
  const linkCounts = uses.length > 0 ? uses.map(({ links }) => links) : [cable.branch.count];
  for (const linksPerCable of new Set(linkCounts))
    for (const trunkSide of ["far", "near"] as const)
      yield {
        ...common(wish, cable),
        nearModule: settled.nearModule,
        farModule: settled.farModule,
        nearPlug: trunkSide === "near" ? cable.trunk : cable.branch,
        farPlug: trunkSide === "far" ? cable.trunk : cable.branch,
        linksPerCable,
        trunkSide: split ? trunkSide : "both",
      };
}

function* fibre(
  cable: FibreModel,
  nearModule: ModuleModel,
  farModule: ModuleModel,
  wish: LinkWish,
): Generator<LinkAssembly> {
  const trunkSides = cable.branches === 1 ? (["both"] as const) : (["far", "near"] as const);
  for (const trunkSide of trunkSides)
    yield {
      ...common(wish, cable),
      nearModule,
      farModule,
      nearPlug: undefined,
      farPlug: undefined,
      linksPerCable: cable.branches,
      trunkSide,
    };
}

function common<Cable extends CableModel>({ speedGbps, lengthM, near, far }: LinkWish, cable: Cable) {
  return {
    speedGbps,
    lengthM: boughtLengthM(cable, lengthM),
    cable,
    nearLinksPerCage: near.linksPerCage,
    farLinksPerCage: far.linksPerCage,
  };
}
