/** Arithmetic on the ports of one switch. */

import type { PortUse, TierWish } from "./types.ts";

/** Whether a switch can carry this many links down and up at once. */
export function portsSuffice(tier: TierWish, downlinks: number, uplinks: number): boolean {
  return portShortage(tier, downlinks, uplinks) === undefined;
}

/** Why the ports do not suffice, with numbers; undefined when they do. */
export function portShortage(tier: TierWish, downlinks: number, uplinks: number): string | undefined {
  const { model, down, up } = tier;
  const logical = downlinks + uplinks;
  const downCages = Math.ceil(downlinks / down.linksPerCage);
  const upCages = up === undefined ? 0 : Math.ceil(uplinks / up.linksPerCage);
  if (up === undefined || up.cage === down.cage) {
    if (downCages + upCages > down.cage.count) {
      return `${model.model} has ${down.cage.count} ${down.cage.formFactor} cages, but ${downlinks} downlinks (${down.linksPerCage} a cage) and ${uplinks} uplinks need ${downCages + upCages}`;
    }
  } else {
    if (downCages > down.cage.count)
      return `${model.model} has ${down.cage.count} ${down.cage.formFactor} cages for downlinks, but ${downlinks} need ${downCages}`;
    if (upCages > up.cage.count)
      return `${model.model} has ${up.cage.count} ${up.cage.formFactor} cages for uplinks, but ${uplinks} need ${upCages}`;
  }
  if (logical > model.logicalPortsMax)
    return `${model.model} has at most ${model.logicalPortsMax} logical ports, but ${logical} are needed`;
  return undefined;
}

/** The most downlinks a switch can carry beside this many uplinks; 0 when not even those fit. */
export function downlinksMax(tier: TierWish, uplinks: number): number {
  return largestFitting(tier, (links) => portsSuffice(tier, links, uplinks), tier.down);
}

/** The most uplinks a switch can carry beside this many downlinks. */
export function uplinksMax(tier: TierWish, downlinks: number): number {
  return tier.up === undefined ? 0 : largestFitting(tier, (links) => portsSuffice(tier, downlinks, links), tier.up);
}

function largestFitting(tier: TierWish, fits: (links: number) => boolean, use: PortUse): number {
  let links = Math.min(use.cage.count * use.linksPerCage, tier.model.logicalPortsMax);
  while (links > 0 && !fits(links)) links--;
  return links;
}

/** The fewest uplinks that keep the oversubscription for this many downlinks. */
export function uplinksNeeded(tier: TierWish, downlinks: number): number {
  if (tier.up === undefined) return 0;
  const needed = (downlinks * tier.down.speedGbps) / (tier.oversubscription * tier.up.speedGbps);
  return Math.max(1, Math.ceil(needed - 1e-9));
}

/** Divisors of a positive integer, ascending. */
export function divisorsOf(number: number): number[] {
  const low: number[] = [];
  const high: number[] = [];
  for (let divisor = 1; divisor * divisor <= number; divisor++) {
    if (number % divisor !== 0) continue;
    low.push(divisor);
    if (divisor * divisor !== number) high.push(number / divisor);
  }
  return [...low, ...high.reverse()];
}
