/** Chooses breakout, speed and parts of the links of one tier: what the user named, else the densest that fits. */

import type { Diagnostic } from "../../base/diagnostics.ts";
import { assembleFrom, checkAssembly, isAssembly, linkEnds, proposeAssembly } from "../../catalog/index.ts";
import type {
  CageGroup,
  Catalog,
  LinkAssembly,
  LinkEnd,
  LinkWish,
  Network,
  NicModel,
  SwitchModel,
} from "../../catalog/types.ts";
import type { LinkSettings } from "../../cluster/types.ts";
import type { PortUse } from "../sizing/types.ts";

export interface LinkChoice {
  readonly assembly: LinkAssembly;
  readonly lower: PortUse;
  readonly upper: PortUse;
  /** Caveats of the parts chosen. */
  readonly warnings: readonly Diagnostic[];
}

export interface LinkQuestion {
  readonly catalog: Catalog;
  readonly network: Network;
  readonly settings: LinkSettings;
  /** Path of the settings in the cluster file, for diagnostics. */
  readonly path: string;
  readonly lower: SwitchModel | NicModel;
  readonly upper: SwitchModel;
  /** Wanted speed when the cluster file leaves it open; undefined: every speed that both ends have. */
  readonly speedGbps: number | undefined;
}

/** One choice for each possible speed, fastest first; or why there is none. */
export function chooseLinks(question: LinkQuestion): LinkChoice[] | Diagnostic[] {
  const wanted = question.settings.speed ?? question.speedGbps;
  const speeds = wanted === undefined ? commonSpeeds(question.lower, question.upper) : [wanted];
  const choices: LinkChoice[] = [];
  let refusal: Diagnostic[] = [];
  for (const speedGbps of speeds) {
    const choice = chooseAtSpeed(question, speedGbps);
    if (isChoice(choice)) choices.push(choice);
    else if (refusal.length === 0) refusal = choice;
  }
  if (choices.length > 0) return choices;
  if (refusal.length > 0) return refusal.map((each) => ({ ...each, path: each.path ?? question.path }));
  return [noCommonSpeed(question, wanted)];
}

export function isChoices(result: LinkChoice[] | Diagnostic[]): result is LinkChoice[] {
  return result.length > 0 && "assembly" in result[0]!;
}

function isChoice(result: LinkChoice | Diagnostic[]): result is LinkChoice {
  return "assembly" in result;
}

function chooseAtSpeed(question: LinkQuestion, speedGbps: number): LinkChoice | Diagnostic[] {
  const lowers = ends(question.lower, question.settings.lowerLinksPerCage, speedGbps);
  const uppers = ends(question.upper, question.settings.upperLinksPerCage, speedGbps);
  let first: Diagnostic[] | undefined;
  for (const upper of uppers) {
    for (const lower of lowers) {
      const wish: LinkWish = {
        network: question.network,
        speedGbps,
        lengthM: question.settings.length,
        near: lower,
        far: upper,
      };
      const result = assemble(question, wish);
      if ("assembly" in result) return result;
      first ??= result;
    }
  }
  return first ?? [];
}

function assemble(question: LinkQuestion, wish: LinkWish): LinkChoice | Diagnostic[] {
  const { cable, lowerModule, upperModule } = question.settings;
  const use = (end: LinkEnd): PortUse => ({
    cage: end.cage,
    linksPerCage: end.linksPerCage,
    speedGbps: wish.speedGbps,
  });
  const uses = { lower: use(wish.near), upper: use(wish.far) };
  if (cable === undefined && lowerModule === undefined && upperModule === undefined) {
    const proposed = proposeAssembly(question.catalog, wish);
    return isAssembly(proposed)
      ? { assembly: proposed, ...uses, warnings: checkAssembly(wish, proposed) }
      : [...proposed];
  }
  const named = {
    ...(cable === undefined ? {} : { cable }),
    ...(lowerModule === undefined ? {} : { nearModule: lowerModule }),
    ...(upperModule === undefined ? {} : { farModule: upperModule }),
  };
  const { assembly, diagnostics } = assembleFrom(question.catalog, wish, named);
  const errors = diagnostics.filter((each) => each.severity === "error");
  if (assembly === undefined || errors.length > 0) return errors;
  return { assembly, ...uses, warnings: diagnostics };
}

/** Ways to take links of this speed from a device's cages: switches densest first, NICs the plainest first. */
function ends(device: SwitchModel | NicModel, wanted: number | "auto", speedGbps: number): LinkEnd[] {
  const found = linkEnds(device, speedGbps).filter((end) => wanted === "auto" || end.linksPerCage === wanted);
  return device.kind === "nic" ? found.reverse() : [...found];
}

function cagesOf(device: SwitchModel | NicModel): readonly CageGroup[] {
  return device.kind === "nic" ? [device.cage] : device.cages;
}

function speedsOf(device: SwitchModel | NicModel): number[] {
  return cagesOf(device).flatMap((cage) => cage.breakouts.map((breakout) => breakout.speedGbps));
}

function commonSpeeds(lower: SwitchModel | NicModel, upper: SwitchModel): number[] {
  const uppers = new Set(speedsOf(upper));
  const common = [...new Set(speedsOf(lower))].filter((speed) => uppers.has(speed));
  const fastest = Math.max(...common);
  return common.filter((speed) => speed >= fastest / 2).sort((left, right) => right - left);
}

function noCommonSpeed(question: LinkQuestion, wanted: number | undefined): Diagnostic {
  const { lower, upper, settings } = question;
  const list = (device: SwitchModel | NicModel) =>
    cagesOf(device)
      .flatMap((cage) => cage.breakouts.map((breakout) => `${breakout.links}x${breakout.speedGbps}G`))
      .join(", ");
  const breakouts = [settings.lowerLinksPerCage, settings.upperLinksPerCage].some((each) => each !== "auto")
    ? ` with ${settings.lowerLinksPerCage} and ${settings.upperLinksPerCage} links per cage`
    : "";
  return {
    code: "design/speed",
    severity: "error",
    message: `no link ${wanted === undefined ? "" : `of ${wanted} Gbps `}is possible between ${lower.model} (a cage gives ${list(lower)}) and ${upper.model} (${list(upper)})${breakouts}`,
    remedy: "Choose a speed and links per cage that both ends offer, or another switch model.",
    path: question.path,
  };
}
