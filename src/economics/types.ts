/** What the economics room takes in, and the words and units that its files share. */

import type { AuditResult, Verdict } from "../audit/types.ts";
import type { ReliabilityKind } from "../catalog/reliability.ts";
import type { Cluster } from "../cluster/types.ts";
import type { Fabric, Stage } from "../fabric/types.ts";

/** Hours of a mean year (365.25 days) and of a twelfth of it. */
export const hoursPerYear = 8766;
export const hoursPerMonth = hoursPerYear / 12;

/** A fabric with its audit: what can be priced. */
export interface Assessed {
  readonly cluster: Cluster;
  readonly fabric: Fabric;
  readonly audit: Pick<AuditResult, "nMinusOne" | "healthyGbpsPerGpu">;
}

/** What is varied to see how the answer depends on it. */
export interface Variation {
  /** Factor on every failure rate. */
  readonly rates: number;
  /** Factor on the flaps of links, besides that on all rates. */
  readonly flaps: number;
  /** Factor on the price of a GPU-hour. */
  readonly gpuHour: number;
  /** The communication library cannot send a GPU's data over another NIC: what is rerouted becomes fatal. */
  readonly reroutedIsFatal: boolean;
  /** There are no spare servers for GPUs that the network cuts off: the job waits for the repair. */
  readonly waitsForRepair: boolean;
}

export const asGiven: Variation = { rates: 1, flaps: 1, gpuHour: 1, reroutedIsFatal: false, waitsForRepair: false };

/** Parts that fail alike, with how often they do and what it does. */
export interface FailureClass {
  readonly kind: ReliabilityKind;
  /** Stage on the path; "endpoint" for GPUs, servers and software. */
  readonly stage: Stage | "endpoint";
  readonly count: number;
  /** Failures per 1e9 hours of one piece. */
  readonly failureFit: number;
  readonly repairHours: number;
  readonly verdict: Verdict;
  /** GPUs of the servers that the failure takes out of the job until repair: 0 unless fatal. */
  readonly gpusLost: number;
  /** AllReduce bandwidth after over before, while the job runs on; 1 when fatal: it then runs on other GPUs. */
  readonly bandwidthKept: number;
  /** Jobs that one failure touches; at least 1. */
  readonly jobsTouched: number;
  /** Hours that a touched job stands still; 0 unless fatal. */
  readonly standstillHours: number;
  /** Failures of the whole class in an hour. */
  readonly failuresPerHour: number;
}
