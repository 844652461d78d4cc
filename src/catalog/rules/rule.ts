/** What a rule of fitting is, and the two sides of a link as the rules see them. */

import type { DiagnosticCode } from "../../base/diagnostic-codes.ts";
import type { CableEnd, FibreModel, FormFactor, LinkAssembly, LinkEnd, LinkWish, ModuleModel } from "../types.ts";

/** What a rule has to say against an assembly. */
export interface Finding {
  /** Names the two parts and the numbers. */
  readonly message: string;
  /** What would fit. */
  readonly remedy: string;
}

/** One way in which parts can fail to fit. An error rejects the assembly; a warning is a caveat. */
export interface Rule {
  readonly code: DiagnosticCode;
  readonly severity: "error" | "warning";
  readonly find: (wish: LinkWish, assembly: LinkAssembly) => readonly Finding[];
}

/** A rule on the two cages alone, whatever is plugged in. */
export interface EndRule extends Rule {
  readonly find: (wish: LinkWish) => readonly Finding[];
}

/** One end of a link with what is plugged into its cage. */
export interface Side {
  readonly end: LinkEnd;
  readonly module: ModuleModel | undefined;
  readonly plug: CableEnd | undefined;
  /** All links of the cable share this side's plug or optical port. */
  readonly trunk: boolean;
}

export function sidesOf(wish: LinkWish, assembly: LinkAssembly): readonly [Side, Side] {
  const { trunkSide } = assembly;
  return [
    { end: wish.near, module: assembly.nearModule, plug: assembly.nearPlug, trunk: trunkSide !== "far" },
    { end: wish.far, module: assembly.farModule, plug: assembly.farPlug, trunk: trunkSide !== "near" },
  ];
}

/** The fibre of an assembly of modules; undefined for captive cables. */
export function fibreOf(assembly: LinkAssembly): FibreModel | undefined {
  return assembly.cable.kind === "fibre" ? assembly.cable : undefined;
}

/** Form factor and heat sink of what is in the cage of a side. */
export function occupant(side: Side): ModuleModel | CableEnd | undefined {
  return side.plug ?? side.module;
}

export function acceptedForms(end: LinkEnd): readonly FormFactor[] {
  return [end.cage.formFactor, ...end.cage.alsoAccepts];
}

/** Whether what is plugged in at this side fits into the cage by its form factor. */
export function fitsCage(side: Side): boolean {
  const form = occupant(side)?.formFactor;
  return form !== undefined && acceptedForms(side.end).includes(form);
}

/** How many lanes of light a link uses at this side. */
export function lanesOfLink(side: Side, branches: number, speedGbps: number): number {
  const { module } = side;
  if (module === undefined) return 0;
  const partial = branches > 1 && (side.trunk || module.portSpeedGbps !== speedGbps);
  return partial ? module.optics.lanes / branches : module.optics.lanes;
}

/** Largest power of what is plugged in at this side, in watts, as used in this assembly. */
export function occupantPowerW(side: Side, assembly: LinkAssembly): number {
  if (side.plug !== undefined) return side.plug.powerW.value;
  if (side.module === undefined) return 0;
  const branch = assembly.linksPerCable > 1 && !side.trunk && side.module.portSpeedGbps !== assembly.speedGbps;
  return (branch ? (side.module.powerPartialW ?? side.module.powerW) : side.module.powerW).value;
}

/** Name of what is plugged in at this side, for messages. */
export function occupantName(side: Side, assembly: LinkAssembly): string {
  if (side.plug !== undefined)
    return `the ${side.plug.speedGbps}G ${side.plug.formFactor} plug of ${assembly.cable.model}`;
  return side.module?.model ?? "nothing";
}

export const cageName = (end: LinkEnd): string => `the ${end.cage.formFactor} cage of ${end.device.model}`;

/** Runs a finder on both sides. */
export function onEachSide(
  wish: LinkWish,
  assembly: LinkAssembly,
  find: (side: Side) => Finding | undefined,
): readonly Finding[] {
  return sidesOf(wish, assembly).flatMap((side) => find(side) ?? []);
}
