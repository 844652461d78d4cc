/** What an assembly costs and draws, and its name in words. */

import { occupantPowerW, sidesOf } from "./rules/rule.ts";
import type { CableModel, LinkAssembly, LinkWish } from "./types.ts";

/** US dollars for a cable or fibre of this length; undefined where no price is known. */
export function cablePriceUsd(cable: CableModel, lengthM: number): number | undefined {
  return cable.priceUsd === undefined ? undefined : cable.priceUsd.value + (cable.pricePerMUsd?.value ?? 0) * lengthM;
}

/** What one link costs and draws; modules and cables that several links share are shared out. */
interface LinkCost {
  /** US dollars; undefined where the price of a part is unknown. */
  readonly priceUsd: number | undefined;
  /** Watts of modules and captive plugs at both ends. */
  readonly powerW: number;
}

export function costOfLink(wish: LinkWish, assembly: LinkAssembly): LinkCost {
  const cableUsd = cablePriceUsd(assembly.cable, assembly.lengthM);
  let priceUsd = cableUsd === undefined ? undefined : cableUsd / assembly.linksPerCable;
  let powerW = 0;
  for (const side of sidesOf(wish, assembly)) {
    const { linksPerCage } = side.end;
    powerW += occupantPowerW(side, assembly) / linksPerCage;
    if (side.module === undefined) continue;
    const moduleUsd = side.module.priceUsd?.value;
    priceUsd = priceUsd === undefined || moduleUsd === undefined ? undefined : priceUsd + moduleUsd / linksPerCage;
  }
  return { priceUsd, powerW };
}

/** The parts in words, from the near end to the far end: `MMA1Z00-NS400 + MFP7E20 30 m + MMA4Z00-NS`. */
export function describeAssembly({ nearModule, cable, lengthM, farModule }: LinkAssembly): string {
  return [nearModule?.model, `${cable.model} ${lengthM} m`, farModule?.model]
    .filter((part) => part !== undefined)
    .join(" + ");
}
