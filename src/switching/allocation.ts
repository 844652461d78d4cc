/**
 * Who gets how much of which link: pure functions that the endpoint's pacing and the simulation share. Rates are in any one
 * unit, the same for links and demands.
 */

import type { ClassConfig } from "./traffic-classes.ts";

export interface LinkCapacity {
  /** What the link carries, in the unit of the demands. */
  readonly rate: number;
  /** The link's round trip in the time unit of `rate`; 0 when it does not matter. */
  readonly roundTrip: number;
}

export interface ClassDemand {
  readonly config: ClassConfig;
  /** What the class would use if it had the links alone; may be infinite. */
  readonly rate: number;
  /** A typical message, in the size unit of `rate`: small ones prefer the near link, large ones the wide one. */
  readonly messageSize: number;
}

/**
 * The rate of each class on each link. First every class gets its floor (a share of all capacity, or its demand if that is
 * less); the rest goes by priority, and among equals to the least served first. So no other division gives a more urgent
 * class more without taking from a floor, and nothing is left over while anybody wants it. Each class, the most urgent
 * first, takes its rate from the link it prefers, and what does not fit there from the others.
 */
export function allocate(
  links: readonly LinkCapacity[],
  demands: readonly ClassDemand[],
): readonly (readonly number[])[] {
  const capacity = links.reduce((sum, link) => sum + link.rate, 0);
  const totals = divide(capacity, demands);
  const free = links.map((link) => link.rate);
  const rates = demands.map(() => links.map(() => 0));
  for (const index of byPriority(demands)) {
    let wanted = totals[index]!;
    for (const link of byPreference(links, demands[index]!)) {
      const taken = Math.min(wanted, free[link]!);
      rates[index]![link] = taken;
      free[link] = free[link]! - taken;
      wanted -= taken;
    }
  }
  return rates;
}

/** The rate of each class when all share `capacity`. */
export function divide(capacity: number, demands: readonly ClassDemand[]): readonly number[] {
  const totals = demands.map(({ rate, config }) => Math.min(rate, config.floor * capacity));
  let rest = capacity - totals.reduce((sum, each) => sum + each, 0);
  const order = byPriority(demands);
  for (let at = 0; at < order.length && rest > 0; ) {
    const { priority } = demands[order[at]!]!.config;
    const equals: number[] = [];
    for (; at < order.length && demands[order[at]!]!.config.priority === priority; at++) equals.push(order[at]!);
    rest = raiseTogether(totals, equals, demands, rest);
  }
  return totals;
}

/** Raises the lowest totals among equals until the rest is used up or every demand is met; returns what is left. */
function raiseTogether(totals: number[], equals: number[], demands: readonly ClassDemand[], rest: number): number {
  let left = rest;
  for (;;) {
    const hungry = equals.filter((index) => totals[index]! < demands[index]!.rate);
    if (hungry.length === 0 || left <= 0) return Math.max(left, 0);
    const level = Math.min(...hungry.map((index) => totals[index]!));
    const lowest = hungry.filter((index) => totals[index] === level);
    const nextTotal = Math.min(
      ...hungry.map((index) => (totals[index]! > level ? totals[index]! : Number.POSITIVE_INFINITY)),
    );
    const nextDemand = Math.min(...lowest.map((index) => demands[index]!.rate));
    const target = Math.min(nextTotal, nextDemand, level + left / lowest.length);
    if (target <= level) return 0;
    for (const index of lowest) totals[index] = target;
    left -= (target - level) * lowest.length;
  }
}

function byPriority(demands: readonly ClassDemand[]): number[] {
  return demands
    .map((_, index) => index)
    .sort((left, right) => demands[left]!.config.priority - demands[right]!.config.priority);
}

/** Links in the order in which a class wants them: by its wish, else where a typical message arrives first. */
function byPreference(links: readonly LinkCapacity[], { config, messageSize }: ClassDemand): number[] {
  const arrival = links.map(({ rate, roundTrip }) =>
    rate > 0 ? messageSize / rate + roundTrip / 2 : Number.POSITIVE_INFINITY,
  );
  const order = links.map((_, index) => index);
  if (config.preferredLink !== "auto") {
    const { preferredLink } = config;
    return order.sort((left, right) => Number(right === preferredLink) - Number(left === preferredLink));
  }
  return order.sort((left, right) =>
    arrival[left] === arrival[right] ? left - right : arrival[left]! - arrival[right]!,
  );
}
