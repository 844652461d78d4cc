/** Everything that can fail, in classes of equal rate and effect: what the audit found, and the endpoints themselves. */

import type { NMinusOne, Verdict } from "../audit/types.ts";
import type { ReliabilityKind } from "../catalog/reliability.ts";
import type { Cluster } from "../cluster/types.ts";
import { type FigureSource, kindRate, type ModelMix, type PartRate, partRate } from "../fabric/failure-rates.ts";
import type { Fabric } from "../fabric/index.ts";
import type { Assessed, FailureClass, Variation } from "./types.ts";

/** GPUs of the cluster and of one job, and how many such jobs there are (a fraction where it does not divide). */
export interface Jobs {
  readonly gpus: number;
  readonly jobGpus: number;
  readonly jobs: number;
}

export function jobsOf(cluster: Cluster): Jobs {
  const gpus = cluster.servers.count * cluster.servers.gpus;
  const wanted = cluster.economics.jobGpus;
  const jobGpus = wanted === "all" ? gpus : Math.min(wanted, gpus);
  return { gpus, jobGpus, jobs: gpus / jobGpus };
}

/** The classes, and the sources of their rates by kind for the list of assumptions. */
export interface Failures {
  readonly classes: readonly FailureClass[];
  readonly sources: readonly RateSource[];
}

export interface RateSource {
  readonly kind: ReliabilityKind;
  readonly failureFit: number;
  readonly fitSource: FigureSource;
  readonly repairHours: number;
  readonly repairSource: FigureSource;
}

const endpointKinds = ["gpu", "server", "software"] as const;

/**
 * All classes of failure under a variation. Servers come from the endpoints below and not from the audit's rows, so
 * that they count once; racks have no failure rate of their own (their feeds have).
 */
export function failuresOf(assessed: Assessed, mix: ModelMix, variation: Variation): Failures {
  const { cluster, audit } = assessed;
  const found: { failure: FailureClass; rate: PartRate }[] = endpointKinds.map((kind) =>
    endpointClass(cluster, kind, variation),
  );
  for (const row of audit.nMinusOne) {
    const failure = networkClass(assessed, mix, row, variation);
    if (failure !== undefined) found.push(failure);
  }
  const sources = new Map<string, RateSource>();
  for (const { failure, rate } of found)
    sources.set(`${failure.kind} ${rate.failureFit} ${rate.repairHours}`, { kind: failure.kind, ...rate });
  return { classes: found.map((each) => each.failure), sources: [...sources.values()] };
}

function endpointClass(cluster: Cluster, kind: (typeof endpointKinds)[number], variation: Variation) {
  const rate = kindRate(cluster.economics, kind);
  const count = kind === "gpu" ? cluster.servers.count * cluster.servers.gpus : cluster.servers.count;
  const gpusLost = kind === "software" ? 0 : cluster.servers.gpus;
  const whole = jobsOf(cluster).jobGpus <= gpusLost;
  const failure: FailureClass = {
    kind,
    stage: "endpoint",
    count,
    ...scaled(rate, count, variation),
    verdict: "fatal",
    gpusLost,
    bandwidthKept: 1,
    jobsTouched: 1,
    standstillHours: cluster.training.restart / 3600 + (whole ? rate.repairHours : 0),
  };
  return { failure, rate };
}

function networkClass({ cluster, fabric }: Assessed, mix: ModelMix, row: NMinusOne, variation: Variation) {
  if (row.kind === "server" || row.kind === "rack") return undefined;
  const rate = partRate(fabric, mix, cluster.economics, row.kind, row.stage);
  const verdict: Verdict = variation.reroutedIsFatal && row.verdict === "rerouted" ? "fatal" : row.verdict;
  const fatal = verdict === "fatal";
  const { gpus, jobGpus, jobs } = jobsOf(cluster);
  const gpusLost = fatal ? serversGpus(cluster, fabric, row) : 0;
  const oneServer = row.stage === "nic" || row.stage === "access-link";
  const jobsTouched = fatal
    ? Math.min(jobs, Math.max(1, gpusLost / jobGpus))
    : Math.min(jobs, oneServer ? Math.max(1, cluster.servers.gpus / jobGpus) : jobs);
  const waits = gpusLost >= Math.min(jobGpus, gpus) || variation.waitsForRepair;
  const failure: FailureClass = {
    kind: row.kind,
    stage: row.stage,
    count: row.count,
    ...scaled(rate, row.count, variation),
    verdict,
    gpusLost,
    bandwidthKept: fatal ? 1 : row.bandwidthKept,
    jobsTouched,
    standstillHours: fatal ? cluster.training.restart / 3600 + (waits ? rate.repairHours : 0) : 0,
  };
  return { failure, rate };
}

/**
 * GPUs of the servers that hold the cut-off GPUs: a server that has lost one GPU is of no use to the job. Under
 * rail-optimised leaves the cut-off GPUs sit one rail in each server; else, and behind a feed of servers, they fill servers.
 */
function serversGpus(cluster: Cluster, fabric: Fabric, row: NMinusOne): number {
  const { count, gpus, rails } = cluster.servers;
  const railOptimized = cluster.planes.some((plane) => plane.topology === "leaf-spine" && plane.railOptimized);
  const cutInEach = railOptimized && !feedsServers(fabric, row) ? Math.ceil(gpus / rails) : gpus;
  return Math.min(count, Math.ceil(row.gpusCutOff / cutInEach)) * gpus;
}

function feedsServers(fabric: Fabric, { kind }: NMinusOne): boolean {
  return fabric.sharedRisks.some(
    (risk) => risk.kind === kind && risk.members.some((part) => part < fabric.serverCount),
  );
}

function scaled(rate: PartRate, count: number, variation: Variation) {
  const failureFit = rate.failureFit * variation.rates;
  return { failureFit, repairHours: rate.repairHours, failuresPerHour: (count * failureFit) / 1e9 };
}
