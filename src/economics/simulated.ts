/** What a simulated run cost. */

import type { Cluster } from "../cluster/types.ts";
import type { TotalsResult } from "../simulate/result.ts";
import { penaltyUsd } from "./money.ts";

/** US dollars: lost GPU-hours at their price, and contractual penalties for each standstill. */
export function costOfSimulation(cluster: Cluster, totals: TotalsResult): number {
  const penalties = totals.standstillsS.reduce((sum, seconds) => sum + penaltyUsd(cluster, seconds / 3600), 0);
  return totals.gpuHoursLost * cluster.economics.gpuHour + penalties;
}
