/** Prices one failure that happened: what it cost with one link, and what it would have cost with two. */

import type { NMinusOne, Verdict } from "../audit/types.ts";
import { verdicts } from "../audit/types.ts";
import type { Diagnostic } from "../base/diagnostics.ts";
import type { EconomicsSettings } from "../cluster/types.ts";
import type { Stage } from "../fabric/types.ts";
import { evaluate, prepare } from "./evaluate.ts";
import { jobsOf } from "./failures.ts";
import { penaltyUsd } from "./money.ts";
import { paceLost, stepTimes } from "./slow-running.ts";
import type { Assessed, FailureClass } from "./types.ts";

type IncidentSettings = NonNullable<EconomicsSettings["incident"]>;

/** What the failure does to one fabric. */
interface IncidentCost {
  readonly name: string;
  readonly linksPerNic: 1 | 2;
  /** Stage of the failed part in this fabric; undefined when it has no such part. */
  readonly stage: string | undefined;
  readonly verdict: Verdict | undefined;
  /** GPUs of the jobs that it touches. */
  readonly gpusTouched: number;
  /** GPU-hours. */
  readonly gpuHoursLost: number;
  readonly split: {
    readonly standstill: number;
    readonly restart: number;
    readonly rework: number;
    readonly slowRunning: number;
  };
  readonly penaltyUsd: number;
  /** Lost GPU-hours at their price, and the penalty. */
  readonly costUsd: number;
}

export interface Incident {
  readonly description: string;
  readonly kind: string;
  readonly stage: string;
  readonly standstillS: number;
  /** The cluster as it is. */
  readonly subject: IncidentCost;
  /** The same servers with the other number of links, where that fabric can be designed. */
  readonly counterpart: IncidentCost | null;
  /** US dollars that two links would have saved over one, or have saved; null without a counterpart of the other kind. */
  readonly savedUsd: number | null;
}

/** The stages of the tree and of the leaf-spine fabric that stand at the same place of the path. */
const samePlace: readonly (readonly Stage[])[] = [
  ["leaf-switch", "access-switch"],
  ["leaf-spine-link", "aggregation-link"],
  ["spine-switch", "aggregation-switch"],
  ["spine-core-link", "core-link"],
];

export function priceIncident(
  subject: Assessed,
  counterpart: Assessed | undefined,
): { incident: Incident | undefined; diagnostics: Diagnostic[] } {
  const settings = subject.cluster.economics.incident;
  if (settings === undefined) return { incident: undefined, diagnostics: [] };
  const own = costOf(subject, settings);
  if (own.stage === undefined) return { incident: undefined, diagnostics: [unknownPart(subject, settings)] };
  const other = counterpart === undefined ? null : costOf(counterpart, settings);
  const incident: Incident = {
    description: settings.description ?? `a ${settings.kind} of the ${settings.stage} failed`,
    kind: settings.kind,
    stage: settings.stage,
    standstillS: settings.standstill,
    subject: own,
    counterpart: other,
    savedUsd: other === null || own.linksPerNic === other.linksPerNic ? null : saved(own, other),
  };
  return { incident, diagnostics: [] };
}

function saved(own: IncidentCost, other: IncidentCost): number {
  return own.linksPerNic === 1 ? own.costUsd - other.costUsd : other.costUsd - own.costUsd;
}

function costOf(assessed: Assessed, settings: IncidentSettings): IncidentCost {
  const { cluster } = assessed;
  const { gpus, jobGpus, jobs } = jobsOf(cluster);
  const base = { name: cluster.name, linksPerNic: cluster.servers.linksPerRail };
  const none = { standstill: 0, restart: 0, rework: 0, slowRunning: 0 };
  const { failures, losses } = evaluate(prepare(assessed));
  const failure = worstOf(failures.classes, settings);
  if (failure === undefined)
    return {
      ...base,
      stage: undefined,
      verdict: undefined,
      gpusTouched: 0,
      gpuHoursLost: 0,
      split: none,
      penaltyUsd: 0,
      costUsd: 0,
    };
  const gpusTouched = Math.min(gpus, failure.jobsTouched * jobGpus);
  const hours = settings.standstill / 3600;
  const fatal = failure.verdict === "fatal";
  const times = stepTimes(cluster, assessed.audit.healthyGbpsPerGpu.placed);
  const intervalS = Number.isFinite(losses.checkpointIntervalS) ? losses.checkpointIntervalS : 0;
  const split = fatal
    ? {
        standstill: gpusTouched * hours,
        restart: (gpusTouched * cluster.training.restart) / 3600,
        rework: (gpusTouched * intervalS) / 2 / 3600,
        slowRunning: 0,
      }
    : { ...none, slowRunning: gpusTouched * hours * paceLost(times, failure.bandwidthKept) };
  const gpuHoursLost = split.standstill + split.restart + split.rework + split.slowRunning;
  const penalty = fatal ? penaltyUsd(cluster, hours) * Math.min(jobs, failure.jobsTouched) : 0;
  const costUsd = gpuHoursLost * cluster.economics.gpuHour + penalty;
  return {
    ...base,
    stage: failure.stage,
    verdict: failure.verdict,
    gpusTouched,
    gpuHoursLost,
    split,
    penaltyUsd: penalty,
    costUsd,
  };
}

/** The class of this kind and place with the worst verdict. */
function worstOf(classes: readonly FailureClass[], { kind, stage }: IncidentSettings): FailureClass | undefined {
  const places: readonly string[] = samePlace.find((group) => group.some((each) => each === stage)) ?? [stage];
  const found = classes.filter((failure) => failure.kind === kind && places.includes(failure.stage));
  const badness = (failure: FailureClass) => verdicts.indexOf(failure.verdict) * 2 - failure.bandwidthKept;
  return found.sort((left, right) => badness(right) - badness(left))[0];
}

function unknownPart(subject: Assessed, { kind, stage }: IncidentSettings): Diagnostic {
  const known = (row: NMinusOne) => `${row.kind} of ${row.stage}`;
  return {
    code: "price/incident",
    severity: "error",
    message: `the fabric has no ${kind} at the stage "${stage}"`,
    remedy: `It has: ${[...new Set(subject.audit.nMinusOne.map(known))].join(", ")}.`,
    path: "economics.incident",
  };
}
