/** What nccl-tests would print: time, algorithm bandwidth and bus bandwidth of a collective by size. */

import type { LiveNetwork } from "../network/index.ts";
import { busFactor, type CollectiveAlgorithm, type CollectiveKind } from "./kinds.ts";
import { lowLatencyMax, type Protocol, protocols } from "./protocols.ts";
import { secondsPerByte } from "./run.ts";
import { latencyS, protocolShare, type Schedule, type ScheduleScene, scheduleCollective } from "./schedule.ts";

export interface CollectiveResult {
  readonly kind: CollectiveKind;
  readonly algorithm: CollectiveAlgorithm;
  /** The protocol of the slowest group. */
  readonly protocol: Protocol;
  readonly ranks: number;
  /** Groups that ran at once. */
  readonly groups: number;
  /** As nccl-tests counts them: the whole buffer of one rank. */
  readonly bytes: number;
  /** Of the slowest group; infinite when it stalls. */
  readonly timeS: number;
  readonly fastestTimeS: number;
  readonly algbwGBps: number;
  readonly busbwGBps: number;
}

/** The schedules of groups, with the pace at which each moves bytes while all run. */
export interface Measured {
  readonly schedules: readonly Schedule[];
  readonly secondsPerByte: Float64Array;
}

/** Starts the same collective for every group at once. */
export function measureGroups(
  live: LiveNetwork,
  scene: ScheduleScene,
  groups: readonly ArrayLike<number>[],
  kind: CollectiveKind,
  algorithm: CollectiveAlgorithm,
): Measured {
  const schedules = groups.map((ranks) => scheduleCollective(scene, ranks, kind, algorithm));
  return { schedules, secondsPerByte: secondsPerByte(live, schedules) };
}

/** Time of one group for a size under the protocol that is fastest, as NCCL's tuner picks it. */
export function timeOf(schedule: Schedule, perByteS: number, bytes: number): { timeS: number; protocol: Protocol } {
  let best: { timeS: number; protocol: Protocol } = { timeS: Number.POSITIVE_INFINITY, protocol: "Simple" };
  for (const protocol of protocols) {
    if (!canUse(schedule, protocol)) continue;
    const timeS = latencyS(schedule, protocol, bytes) + movingS(schedule, protocol, perByteS, bytes);
    if (timeS < best.timeS) best = { timeS, protocol };
  }
  return best;
}

function movingS(schedule: Schedule, protocol: Protocol, perByteS: number, bytes: number): number {
  const { layout, kind } = schedule;
  const flowingS = (bytes * perByteS) / protocolShare(schedule, protocol);
  if (protocol !== "LL") return flowingS;
  const busBytes = bytes * busFactor(kind, layout.ranks.length);
  return Math.max(flowingS, busBytes / lowLatencyMax(layout.servers.length));
}

/** LL128 needs stores of 128 bytes that arrive whole: NVLink between the GPUs of a server, or one GPU on each. */
function canUse({ inServerKind, layout }: Schedule, protocol: Protocol): boolean {
  return protocol !== "LL128" || inServerKind === "scaleUp" || layout.fullest.gpus.length === 1;
}

/** The row of one size. */
export function resultOf({ schedules, secondsPerByte }: Measured, bytes: number): CollectiveResult {
  const times = schedules.map((schedule, group) => timeOf(schedule, secondsPerByte[group]!, bytes));
  const slowest = times.reduce((worst, each) => (each.timeS > worst.timeS ? each : worst));
  const fastestTimeS = times.reduce((best, each) => Math.min(best, each.timeS), Number.POSITIVE_INFINITY);
  const { kind, algorithm, layout } = schedules[0]!;
  const ranks = layout.ranks.length;
  const algbwGBps = bytes / slowest.timeS / 1e9;
  return {
    kind,
    algorithm,
    protocol: slowest.protocol,
    ranks,
    groups: schedules.length,
    bytes,
    timeS: slowest.timeS,
    fastestTimeS,
    algbwGBps,
    busbwGBps: algbwGBps * busFactor(kind, ranks),
  };
}
