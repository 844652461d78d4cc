/** The dual-link transport's AllReduce across a lab: one process on each server, over the addresses of the single links. */

import { setTimeout as sleep } from "node:timers/promises";
import { userError } from "../../base/diagnostics.ts";
import type { SwitchingSettings } from "../../cluster/types.ts";
import type { RankSession } from "../../transport/allreduce/messages.ts";
import { type AllReduceResult, type RankPlace, runAllReduce } from "../../transport/allreduce/run.ts";
import type { SwitchingMode } from "../../transport/index.ts";
import {
  type Course,
  type Felt,
  feltOf,
  isMeasured,
  isWarm,
  steadyTimeMs,
  type TimedIteration,
  undisturbedGapMs,
  usualTimeMs,
} from "../allreduce/course.ts";
import type { LabPlan } from "../plan.ts";
import { inNamespace } from "./shell.ts";

export interface LabAllReduceOptions {
  readonly elements: number;
  /** Without a fault so many; with one as many as its course takes. */
  readonly iterations: number;
  readonly seed: number;
  readonly session: RankSession;
  /** Made in the middle of an iteration once they are steady. */
  readonly fault?: { readonly course: Course; readonly make: () => Promise<void> };
  /** Called when the first iteration, which warms up, has ended. */
  readonly onWarm?: () => void;
  readonly signal: AbortSignal;
}

export interface LabAllReduceResult extends AllReduceResult {
  readonly ranks: number;
  /** Median of the last four iterations before the fault, or of all without one. */
  readonly usualMs: number;
  /** Longest silence of an iteration before the fault, or of all without one; the first, which warms up, left out. */
  readonly undisturbedGapMs: number;
  /** Of a fault; undefined without one. Times of `linkChanges` count from the moment it had been made. */
  readonly felt: Felt | undefined;
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

/** A link that is dialled again in vain takes so long until the next attempt; then its connection grows. */
const dialMs = 1_000;
const growMs = 500;

/** Until the ranks' code has been compiled and connections have grown: on two cores iterations become faster for some 5 s. */
export const warmMs = 5_000;

/** How long after a fault links and routing have settled, in ms: noticed, routed around, connected again, held down. */
export function settleMsOf({ heartbeat, holdDown, routing }: SwitchingSettings): number {
  const noticedS = heartbeat.interval * heartbeat.misses + Math.max(routing.localRepair, routing.convergence);
  return (noticedS + holdDown) * 1_000 + dialMs + growMs;
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

const iterationsMax = 10_000;

/** Runs it and works out what the fault did. */
export async function allReduceAcross(
  plan: LabPlan,
  rail: number,
  options: LabAllReduceOptions,
): Promise<LabAllReduceResult> {
  const { elements, iterations, seed, session, fault, onWarm = () => {}, signal } = options;
  const places = ranksOf(plan, rail);
  const done: TimedIteration[] = [];
  let warmCount: number | undefined;
  let faultMs: number | undefined;
  let faulty: Promise<void> | undefined;
  let isBroken = false;
  const result = await runAllReduce({
    places,
    elements,
    iterations: fault === undefined ? iterations : iterationsMax,
    seed,
    session,
    cut: false,
    signal,
    onIteration: (report) => {
      done.push({ ...report, endedMs: nowMs() });
      if (done.length === 1) onWarm();
      if (fault === undefined) return false;
      if (warmCount === undefined && isWarm(done, fault.course)) {
        warmCount = done.length;
        faulty = sleep(report.durationMs / 2)
          .then(fault.make)
          .then(() => {
            faultMs = nowMs();
          });
        faulty.catch(() => {
          isBroken = true;
        });
      }
      return isBroken || (faultMs !== undefined && isMeasured(done, faultMs, fault.course));
    },
  });
  await faulty;
  const before = done.slice(0, warmCount);
  const usualMs = fault === undefined ? usualTimeMs(before) : steadyTimeMs(before);
  const sinceMs = faultMs ?? 0;
  return {
    ...result,
    linkChanges: result.linkChanges.map((each) => ({ ...each, atMs: each.atMs - sinceMs })),
    ranks: places.length,
    usualMs,
    undisturbedGapMs: undisturbedGapMs(before),
    felt:
      fault === undefined || faultMs === undefined
        ? undefined
        : feltOf(done, { warmCount: before.length, faultMs, usualMs }, fault.course),
  };
}

/** The machine's monotonic clock, which the ranks use too. */
const nowMs = () => Number(process.hrtime.bigint()) / 1e6;
