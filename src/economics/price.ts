/** The price of what can fail: one fabric, the baseline beside it, one incident. */

import type { Diagnostic } from "../base/diagnostics.ts";
import type { Cluster } from "../cluster/types.ts";
import { type Assumption, assumptionsOf } from "./assumptions.ts";
import { type Comparison, compareSecondLink } from "./comparison.ts";
import { type AssessedCounterpart, type Auditor, assessBaseline, assessDerived } from "./counterpart/assess.ts";
import { type BaselineKind, dualLinkCluster } from "./counterpart/derive.ts";
import { type Evaluation, evaluate, type Prepared, prepare } from "./evaluate.ts";
import { type Incident, priceIncident } from "./incident.ts";
import type { Interruptions, InterruptionsOfKind } from "./interruptions.ts";
import type { LossSplit } from "./losses.ts";
import type { CostSplit } from "./money.ts";
import { type SensitivityRow, sensitivityOf } from "./sensitivity.ts";
import { type Assessed, asGiven, type FailureClass, type Variation } from "./types.ts";

export interface PriceInput extends Assessed {
  /** What to compare with; undefined: nothing. */
  readonly baseline?: BaselineKind | Cluster | undefined;
  /** Factor on every failure rate, of the baseline too. Default 1. */
  readonly rates?: number;
  /** Audits the baseline and the fabric that the incident is compared with. */
  readonly auditor: Auditor;
}

/** The figures that a fabric and its baseline are compared by. */
export interface Price {
  /** Interruptions of a job in a month of 730.5 h, over all jobs. */
  readonly interruptionsPerMonth: number;
  /** Effective training time ratio of a job, in [0, 1]. */
  readonly ettr: number;
  /** GPU-hours that did not train at full pace. */
  readonly gpuHoursLostPerYear: number;
  /** US dollars: lost GPU-hours, penalties, energy and purchase of the network. */
  readonly costPerYear: number;
  readonly interruptionsByKind: readonly InterruptionsOfKind[];
  /** Failures of parts in a month, by verdict. */
  readonly eventsPerMonth: Interruptions["eventsPerMonth"];
  readonly gpuHoursLostSplit: LossSplit;
  readonly costSplit: CostSplit;
  /** Share of all GPU-hours that trains at full pace, in [0, 1]. */
  readonly effectiveShare: number;
  /** US dollars for the network. */
  readonly purchaseUsd: number;
  /** Watts of the network without cooling. */
  readonly powerW: number;
  /** Healthy ring AllReduce bus bandwidth of each GPU, in Gbps. */
  readonly healthyGbpsPerGpu: number;
}

interface Baseline extends Price, Comparison {
  readonly name: string;
}

export interface PriceResult extends Price {
  readonly baseline: Baseline | null;
  /** Seconds; null: no checkpoint is ever needed, nothing interrupts. */
  readonly checkpointIntervalS: number | null;
  /** sqrt(2 w / (N r_f)), seconds. */
  readonly bestCheckpointIntervalS: number | null;
  /** The exact optimum of the same formula, seconds; null also when training makes no progress at any interval. */
  readonly exactCheckpointIntervalS: number | null;
  /** Every class of failure with its rate and effect. */
  readonly failures: readonly FailureClass[];
  readonly sensitivity: readonly SensitivityRow[];
  readonly incident: Incident | null;
  readonly assumptions: readonly Assumption[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Prices an audited fabric. Pure; a baseline that cannot be designed is a diagnostic and leaves `baseline` null. */
export function priceFabric(input: PriceInput): PriceResult {
  const { cluster } = input;
  const variation: Variation = { ...asGiven, rates: input.rates ?? 1 };
  const subject = prepare(input);
  const own = evaluate(subject, variation);
  const compared = comparedWith(input);
  const other = compared.assessed === undefined ? undefined : prepare(compared.assessed);
  const incident = incidentOf(input, compared.assessed);
  const { losses } = own;
  const finite = (seconds: number | undefined) => (seconds !== undefined && Number.isFinite(seconds) ? seconds : null);
  return {
    ...priceOf(input, own),
    baseline: other === undefined ? null : baselineOf(subject, own, other, variation),
    checkpointIntervalS: finite(losses.checkpointIntervalS),
    bestCheckpointIntervalS: finite(losses.bestCheckpointIntervalS),
    exactCheckpointIntervalS: finite(losses.exactCheckpointIntervalS),
    failures: own.failures.classes,
    sensitivity: sensitivityOf(subject, other),
    incident: incident.incident ?? null,
    assumptions: assumptionsOf(cluster, own.failures.sources, subject.bill),
    diagnostics: [...noProgress(own), ...compared.diagnostics, ...incident.diagnostics],
  };
}

function comparedWith(input: PriceInput): AssessedCounterpart {
  if (input.baseline === undefined) return { assessed: undefined, diagnostics: [] };
  return assessBaseline(input.cluster, input.baseline, input.auditor);
}

function priceOf(assessed: Assessed, { interruptions, losses, money }: Evaluation): Price {
  return {
    interruptionsPerMonth: interruptions.perMonth,
    ettr: losses.ettr,
    gpuHoursLostPerYear: losses.gpuHoursLostPerYear,
    costPerYear: money.costPerYear,
    interruptionsByKind: interruptions.byKind,
    eventsPerMonth: interruptions.eventsPerMonth,
    gpuHoursLostSplit: losses.split,
    costSplit: money.split,
    effectiveShare: losses.effectiveShare,
    purchaseUsd: money.purchaseUsd,
    powerW: money.powerW,
    healthyGbpsPerGpu: assessed.audit.healthyGbpsPerGpu.placed,
  };
}

function baselineOf(subject: Prepared, own: Evaluation, other: Prepared, variation: Variation): Baseline {
  const evaluation = evaluate(other, variation);
  return {
    name: other.assessed.cluster.name,
    ...priceOf(other.assessed, evaluation),
    ...compareSecondLink(subject, own, other, evaluation),
  };
}

/** A single-link cluster's incident is compared with its dual-link fabric, a dual-link one's with its baseline. */
function incidentOf(input: PriceInput, baseline: Assessed | undefined) {
  if (input.cluster.economics.incident === undefined) return priceIncident(input, undefined);
  const counterpart: AssessedCounterpart =
    input.cluster.servers.linksPerRail === 1
      ? assessDerived(dualLinkCluster(input.cluster), input.auditor)
      : baseline === undefined
        ? assessBaseline(input.cluster, "single", input.auditor)
        : { assessed: baseline, diagnostics: [] };
  const priced = priceIncident(input, counterpart.assessed);
  return { incident: priced.incident, diagnostics: [...counterpart.diagnostics, ...priced.diagnostics] };
}

function noProgress(own: Evaluation): Diagnostic[] {
  if (own.losses.progress) return [];
  return [
    {
      code: "price/no-progress",
      severity: "warning",
      message: `a job is interrupted ${own.interruptions.perMonth.toPrecision(3)} times a month, more often than it recovers: it makes no progress`,
      remedy: "Shorten training.restart and the checkpoint interval, make jobs smaller, or remove what is fatal.",
      path: "training",
    },
  ];
}
