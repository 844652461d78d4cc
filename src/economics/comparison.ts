/** Two fabrics beside each other: what the dearer one costs more to buy and to power, and what it saves. */

import type { Evaluation, Prepared } from "./evaluate.ts";

export interface Comparison {
  /**
   * Whose extra purchase and savings the figures below are: those of this fabric against the baseline; or, where this
   * fabric has single links and the baseline dual ones, those of the baseline, so that it is always the second link that
   * pays for itself or does not.
   */
  readonly comparisonOf: "this fabric" | "baseline";
  /** US dollars that the subject costs more to buy than the baseline; negative when it is cheaper. */
  readonly extraPurchaseUsd: number;
  /** Watts that its network draws more. */
  readonly extraPowerW: number;
  /** US dollars a year for those watts. */
  readonly extraEnergyPerYear: number;
  /** US dollars a year less in lost GPU-hours. */
  readonly gpuHoursSavedUsdPerYear: number;
  readonly penaltiesSavedUsdPerYear: number;
  /** What is saved less what is spent on energy, US dollars a year, the purchase left out. */
  readonly savedPerYear: number;
  /** Months until the savings have paid for the extra purchase; 0 when there is none; null: never. */
  readonly paysBackMonths: number | null;
  /** The same in words. */
  readonly conclusion: string;
}

/** Compares this fabric with its baseline, seen from the one with the second link. */
export function compareSecondLink(
  own: Prepared,
  ownPrice: Evaluation,
  other: Prepared,
  otherPrice: Evaluation,
): Comparison {
  const { servers, economics } = own.assessed.cluster;
  const isReversed = servers.linksPerRail === 1 && other.assessed.cluster.servers.linksPerRail === 2;
  const { years } = economics;
  return isReversed
    ? { comparisonOf: "baseline", ...comparePrices(otherPrice, ownPrice, years) }
    : { comparisonOf: "this fabric", ...comparePrices(ownPrice, otherPrice, years) };
}

/** Compares `subject` (the two-link fabric) with `baseline`. `years` is the time over which the purchase is written off. */
export function comparePrices(
  subject: Evaluation,
  baseline: Evaluation,
  years: number,
): Omit<Comparison, "comparisonOf"> {
  const own = subject.money;
  const other = baseline.money;
  const extraPurchaseUsd = own.purchaseUsd - other.purchaseUsd;
  const extraEnergyPerYear = own.split.energy - other.split.energy;
  const gpuHoursSavedUsdPerYear = other.split.lostGpuHours - own.split.lostGpuHours;
  const penaltiesSavedUsdPerYear = other.split.penalties - own.split.penalties;
  const savedPerYear = gpuHoursSavedUsdPerYear + penaltiesSavedUsdPerYear - extraEnergyPerYear;
  const paysBackMonths = payBack(extraPurchaseUsd, savedPerYear);
  return {
    extraPurchaseUsd,
    extraPowerW: own.powerW - other.powerW,
    extraEnergyPerYear,
    gpuHoursSavedUsdPerYear,
    penaltiesSavedUsdPerYear,
    savedPerYear,
    paysBackMonths,
    conclusion: conclude(extraPurchaseUsd, savedPerYear, paysBackMonths, years),
  };
}

function payBack(extraPurchaseUsd: number, savedPerYear: number): number | null {
  if (savedPerYear < 0) return null;
  if (extraPurchaseUsd <= 0) return 0;
  return savedPerYear === 0 ? null : (12 * extraPurchaseUsd) / savedPerYear;
}

function conclude(extra: number, saved: number, months: number | null, years: number): string {
  if (months === 0)
    return extra === 0 && saved === 0
      ? "it costs and saves nothing"
      : "it costs no more to buy and less each year: it pays for itself at once";
  if (months === null) {
    if (extra < 0)
      return `it is cheaper to buy, but costs more each year: what was saved is spent after ${rounded((12 * extra) / saved)} months`;
    return saved < 0
      ? "it never pays for itself: it costs more each year"
      : "it never pays for itself: it saves nothing";
  }
  const text = `it pays for itself after ${rounded(months)} months`;
  return months > 12 * years ? `${text}, later than the ${years} years over which it is written off` : text;
}

function rounded(months: number): string {
  return months < 10 ? months.toFixed(1) : Math.round(months).toString();
}
