/** The dual-link transport's AllReduce across a lab: one process on each server, over the addresses of the single links. */

import { userError } from "../../base/diagnostics.ts";
import type { SwitchingSettings } from "../../cluster/types.ts";
import type { RankSession } from "../../transport/allreduce/messages.ts";
import { type AllReduceResult, type RankPlace, runAllReduce } from "../../transport/allreduce/run.ts";
import type { SwitchingMode } from "../../transport/index.ts";
import type { LabPlan } from "../plan.ts";
import { inNamespace } from "./shell.ts";

export interface LabAllReduceOptions {
  readonly elements: number;
  readonly iterations: number;
  readonly seed: number;
  readonly session: RankSession;
  /** In the middle of the iteration after `faultAfter` iterations. */
  readonly faultAfter?: number;
  readonly fault?: () => Promise<void>;
  /** Called when the first iteration, which warms up, has ended. */
  readonly onWarm?: () => void;
  readonly signal: AbortSignal;
}

export interface LabAllReduceResult extends AllReduceResult {
  readonly ranks: number;
  /** Median of the iterations before the fault (the first, which warms up, left out); of all without one. */
  readonly usualMs: number;
  /** Longest silence of an iteration before the fault: what ring steps and the machine cost. */
  readonly undisturbedGapMs: number;
  /** Of a fault; undefined without one. */
  readonly felt:
    | {
        readonly iteration: number;
        /** Longest silence in that iteration and the next. */
        readonly gapMs: number;
        /** What the iteration of the fault took more than usual. */
        readonly pauseMs: number;
        /** Median of the iterations from the second after the fault on. */
        readonly afterMs: number;
        /** usualMs / afterMs. */
        readonly bandwidthKept: number;
      }
    | undefined;
}

/** The settings of a cluster file as sessions take them; `holdDown` and damping stay theirs too. */
export function sessionOf(settings: SwitchingSettings, mode: SwitchingMode): RankSession {
  const { heartbeat, flapDamping: damping } = settings;
  return {
    mode,
    primary: settings.primary === 2 ? 1 : 0,
    revertive: settings.revertive,
    heartbeatIntervalMs: heartbeat.interval * 1_000,
    missesMax: Math.max(2, heartbeat.misses),
    holdDownMs: settings.holdDown * 1_000,
    damping: {
      flapPenalty: damping.enabled ? damping.penalty : 0,
      suppressThreshold: damping.suppress,
      reuseThreshold: damping.reuse,
      halfLifeUs: Math.round(damping.halfLife * 1e6),
      maxSuppressUs: Math.round(damping.maxSuppress * 1e6),
    },
  };
}

/** The servers of a lab with an address on each of the two links of a rail. Throws `lab/allreduce`. */
export function ranksOf(plan: LabPlan, rail: number): RankPlace[] {
  const places = plan.nodes.flatMap(({ namespace, addresses }): RankPlace[] => {
    const on = (scope: number) => addresses.find((each) => each.rail === rail && each.scope === scope);
    const [first, second] = [on(1), on(2)];
    if (first?.interface === undefined || second?.interface === undefined) return [];
    return [
      {
        hosts: [first.address, second.address],
        interfaces: [first.interface, second.interface],
        prefix: inNamespace(namespace, []),
      },
    ];
  });
  if (places.length >= 2) return places;
  throw userError(
    "lab/allreduce",
    `${places.length} servers of the lab have two links on rail ${rail + 1}`,
    "The dual-link transport needs two servers with two links each; twinspine lab probe runs on any.",
  );
}

/** Runs it and works out what the fault did. */
export async function allReduceAcross(
  plan: LabPlan,
  rail: number,
  options: LabAllReduceOptions,
): Promise<LabAllReduceResult> {
  const { elements, iterations, seed, session, fault, faultAfter = 0, onWarm = () => {}, signal } = options;
  const places = ranksOf(plan, rail);
  const endedMs: number[] = [];
  let faulty: Promise<void> | undefined;
  const result = await runAllReduce({
    places,
    elements,
    iterations,
    seed,
    session,
    cut: false,
    signal,
    onIteration: (iteration) => {
      endedMs[iteration] = performance.now();
      if (iteration === 0) onWarm();
      if (fault === undefined || iteration !== faultAfter - 1) return;
      const usualMs = iteration === 0 ? 0 : endedMs[iteration]! - endedMs[iteration - 1]!;
      faulty = new Promise((resolve, reject) => {
        setTimeout(() => fault().then(resolve, reject), usualMs / 2);
      });
      faulty.catch(() => {});
    },
  });
  await faulty;
  const before = result.durationsMs.slice(1, fault === undefined ? undefined : faultAfter);
  const usualMs = median(before);
  const undisturbedGapMs = Math.max(...result.longestGapsMs.slice(1, fault === undefined ? undefined : faultAfter));
  const afterMs = median(result.durationsMs.slice(faultAfter + 2));
  return {
    ...result,
    ranks: places.length,
    usualMs,
    undisturbedGapMs,
    felt:
      fault === undefined
        ? undefined
        : {
            iteration: faultAfter,
            gapMs: Math.max(...result.longestGapsMs.slice(faultAfter, faultAfter + 2)),
            pauseMs: Math.max(0, result.durationsMs[faultAfter]! - usualMs),
            afterMs,
            bandwidthKept: usualMs / afterMs,
          },
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
