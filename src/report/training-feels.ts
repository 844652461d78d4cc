/** What training feels of the worst single failures that the audit has found: each simulated by itself. */

import { type AuditResult, type NMinusOne, verdicts } from "../audit/types.ts";
import { UserError } from "../base/diagnostics.ts";
import type { Cluster } from "../cluster/types.ts";
import type { PriceResult } from "../economics/index.ts";
import { costOfSimulation } from "../economics/simulated.ts";
import type { FailureClass } from "../economics/types.ts";
import type { Fabric, PartKind, Stage } from "../fabric/types.ts";
import type { FeltVerdict, TakeoverResult, TrainingResult } from "../simulate/result.ts";
import { timelineOf } from "../simulate/scenario/timeline.ts";
import { checkpointIntervalS, layJob, prepareSimulation } from "../simulate/training/index.ts";
import type { SwitchingMode } from "../switching/index.ts";
import { formatCount } from "./format.ts";
import { worstFirst } from "./summary.ts";

/** Largest cluster whose failures are simulated within the report; `twinspine simulate` does larger ones. */
export const feltGpusMax = 131_072;
const failuresMax = 3;
/** Failures begin no later than this, in seconds: where checkpoints are rarer, half an interval is not waited for. */
const beginMaxS = 86_400;
/** Training that is watched after the repair and one restart, in seconds. */
const afterS = 60;

/** One failure, and what the job goes through until its repair. */
export interface FeltFailure {
  /** Name of the part that fails. */
  readonly part: string;
  readonly kind: PartKind;
  readonly stage: Stage;
  /** Parts that fail alike. */
  readonly count: number;
  /** Failures of all of them in a year. */
  readonly failuresPerYear: number;
  /** What the simulation gave. */
  readonly verdict: FeltVerdict;
  readonly repairHours: number;
  /** The longest takeover that the switching core decided; null: none was needed or possible. */
  readonly takeover: Pick<
    TakeoverResult,
    "pairs" | "trigger" | "detectUs" | "decideUs" | "switchUs" | "replayUs" | "totalUs"
  > | null;
  /** How long the job did not train: pauses, timeouts, restarts, waiting. */
  readonly stoodStillS: number;
  readonly jobsLost: number;
  readonly stepTimeBeforeS: number;
  /** Until the repair; null: the job does not train before it. */
  readonly stepTimeAfterS: number | null;
  /** Gradient bandwidth after over before; 0 when the job is lost. */
  readonly bandwidthKept: number;
  /** Without what checkpoints cost anyway. */
  readonly gpuHoursLost: number;
  /** US dollars: these GPU-hours and contractual penalties. */
  readonly costUsd: number;
}

export interface TrainingFeels {
  /** GPUs of the job; 0 where nothing was simulated. */
  readonly gpus: number;
  readonly mode: SwitchingMode;
  /** When each part fails, in seconds of training after a checkpoint. */
  readonly failsAtS: number;
  /** Worst first; empty where nothing was simulated. */
  readonly failures: readonly FeltFailure[];
  /** Why nothing was simulated; null otherwise. */
  readonly omitted: string | null;
}

/** Undefined when no part of the network can fail. Never throws for what the user wrote: `omitted` says it. */
export function trainingFeels(
  cluster: Cluster,
  fabric: Fabric,
  audit: AuditResult,
  price: PriceResult,
  onProgress: (fraction: number) => void = () => {},
): TrainingFeels | undefined {
  const chosen = worstClasses(audit.nMinusOne, price.failures);
  if (chosen.length === 0) return undefined;
  const { mode } = cluster.switching;
  const none = (omitted: string): TrainingFeels => ({ gpus: 0, mode, failsAtS: 0, failures: [], omitted });
  const all = fabric.serverCount * fabric.gpusPerServer;
  if (all > feltGpusMax)
    return none(
      `Not simulated in this report: ${formatCount(all)} GPUs are more than ${formatCount(feltGpusMax)}. twinspine simulate does it.`,
    );
  try {
    const job = layJob(cluster, fabric);
    const failsAtS = Math.min(checkpointIntervalS(cluster, fabric, job) / 2, beginMaxS);
    const failures: FeltFailure[] = [];
    for (const { row, failure } of chosen) {
      onProgress(failures.length / chosen.length);
      const run = runOf(cluster, fabric, row.example, failsAtS, failure.repairHours * 3600);
      if (!Number.isFinite(run.healthy.stepTimeS)) return none("Not simulated: the job does not run on this fabric.");
      failures.push(feltOf(cluster, row, failure, run, failsAtS));
    }
    return { gpus: job.gpus, mode, failsAtS, failures, omitted: null };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return none(`Not simulated: ${error.diagnostics.map((each) => each.message).join("; ")}.`);
  }
}

interface Chosen {
  readonly row: NMinusOne;
  readonly failure: FailureClass;
}

/** The worst class of each stage, of equally bad ones the most frequent; further classes only where stages do not suffice. */
function worstClasses(rows: readonly NMinusOne[], failures: readonly FailureClass[]): Chosen[] {
  const rated = worstFirst(rows).flatMap((row): Chosen[] => {
    const failure = failures.find(
      ({ kind, stage, count, verdict, bandwidthKept }) =>
        kind === row.kind &&
        stage === row.stage &&
        count === row.count &&
        verdict === row.verdict &&
        (verdict === "fatal" || bandwidthKept === row.bandwidthKept),
    );
    return failure === undefined ? [] : [{ row, failure }];
  });
  const kept = ({ row }: Chosen) => Math.round(row.bandwidthKept * 1e6);
  const ordered = rated.toSorted(
    (left, right) =>
      verdicts.indexOf(right.row.verdict) - verdicts.indexOf(left.row.verdict) ||
      kept(left) - kept(right) ||
      right.failure.failuresPerHour - left.failure.failuresPerHour,
  );
  const first = (each: Chosen) => ordered.find(({ row }) => row.stage === each.row.stage) === each;
  const leading = ordered.filter(first);
  return [...leading, ...ordered.filter((each) => !first(each))].slice(0, failuresMax);
}

function runOf(cluster: Cluster, fabric: Fabric, part: string, atS: number, repairS: number): TrainingResult {
  const duration = atS + repairS + cluster.training.restart + afterS;
  const event = { at: atS, event: "fail", part, for: repairS } as const;
  const scenario = { name: part, duration, seed: 1, events: [event] };
  const timeline = timelineOf(fabric, cluster, { scenario, placeOfKey: () => undefined });
  const wish = { mode: cluster.switching.mode, policy: { kind: "spray" }, seed: 1, tables: false } as const;
  const simulation = prepareSimulation(cluster, fabric, timeline, wish);
  for (const _ of simulation.run());
  return simulation.result();
}

function feltOf(
  cluster: Cluster,
  row: NMinusOne,
  failure: FailureClass,
  run: TrainingResult,
  atS: number,
): FeltFailure {
  const { totals, timeline, healthy } = run;
  const event = run.events[0]!;
  const repairedS = atS + failure.repairHours * 3600;
  const longest = run.takeovers
    .filter((each) => each.atS < repairedS)
    .toSorted((left, right) => right.totalUs - left.totalUs)[0];
  const settled = timeline.findLast((each) => each.startS < repairedS && each.endS > atS);
  const gpuHoursLost = Math.max(0, totals.gpuHoursLost - totals.split.checkpoints);
  return {
    part: row.example,
    kind: row.kind,
    stage: row.stage,
    count: row.count,
    failuresPerYear: failure.failuresPerHour * 8766,
    verdict: event.verdict,
    repairHours: failure.repairHours,
    takeover: longest === undefined ? null : takeoverOf(longest),
    stoodStillS: timeline.reduce((sum, each) => sum + (each.state === "training" ? 0 : each.endS - each.startS), 0),
    jobsLost: totals.aborts,
    stepTimeBeforeS: healthy.stepTimeS,
    stepTimeAfterS: settled?.stepTimeS ?? null,
    bandwidthKept: event.bandwidthKept,
    gpuHoursLost,
    costUsd: costOfSimulation(cluster, { ...totals, gpuHoursLost }),
  };
}

function takeoverOf({ pairs, trigger, detectUs, decideUs, switchUs, replayUs, totalUs }: TakeoverResult) {
  return { pairs, trigger, detectUs, decideUs, switchUs, replayUs, totalUs };
}
