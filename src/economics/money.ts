/** From lost GPU-hours, standstill, power and purchase to money a year. */

import type { Cluster } from "../cluster/types.ts";
import type { BillOfMaterials } from "../fabric/bill-of-materials.ts";
import type { Losses } from "./losses.ts";
import { type FailureClass, hoursPerYear, type Variation } from "./types.ts";

/** US dollars a year. */
export interface CostSplit {
  /** Lost GPU-hours at their price. */
  readonly lostGpuHours: number;
  /** Contractual penalties. */
  readonly penalties: number;
  /** Electricity of the network with its share of cooling. */
  readonly energy: number;
  /** The network's purchase, in equal parts over the years. */
  readonly purchase: number;
}

export interface Money {
  readonly costPerYear: number;
  readonly split: CostSplit;
  /** US dollars for the network: switches, NICs, modules, cables. */
  readonly purchaseUsd: number;
  /** Watts of the network without cooling. */
  readonly powerW: number;
}

export function moneyOf(
  cluster: Cluster,
  bill: Pick<BillOfMaterials, "totals">,
  classes: readonly FailureClass[],
  losses: Losses,
  variation: Variation,
): Money {
  const { economics } = cluster;
  const { priceUsd, powerW } = bill.totals;
  const split: CostSplit = {
    lostGpuHours: losses.gpuHoursLostPerYear * economics.gpuHour * variation.gpuHour,
    penalties: penaltiesPerYear(cluster, classes),
    energy: (powerW / 1000) * economics.powerUsageEffectiveness * hoursPerYear * economics.energy,
    purchase: priceUsd / economics.years,
  };
  const costPerYear = split.lostGpuHours + split.penalties + split.energy + split.purchase;
  return { costPerYear, split, purchaseUsd: priceUsd, powerW };
}

/** Penalty in US dollars for one standstill of this many hours. */
export function penaltyUsd(cluster: Cluster, standstillHours: number): number {
  const { penaltyPerHour, penaltyAfter } = cluster.economics;
  return penaltyPerHour * Math.max(0, standstillHours - penaltyAfter / 3600);
}

function penaltiesPerYear(cluster: Cluster, classes: readonly FailureClass[]): number {
  return classes.reduce((sum, failure) => {
    if (failure.verdict !== "fatal") return sum;
    const events = failure.failuresPerHour * failure.jobsTouched * hoursPerYear;
    return sum + events * penaltyUsd(cluster, failure.standstillHours);
  }, 0);
}
