/** The words for codes: kinds, stages, verdicts, grades of sources. One place, so that report and terminal agree. */

import type { Verdict } from "../audit/types.ts";
import type { FigureSource } from "../economics/index.ts";
import type { FeltVerdict } from "../simulate/result.ts";

/** `nic-port` as `NIC port`, `gpu` as `GPU`. */
export function kindWord(kind: string): string {
  return kind
    .replaceAll("-", " ")
    .replace(/\bnic\b/, "NIC")
    .replace(/\bgpu\b/, "GPU");
}

/** `access-link` as `access link`, `nic` as `NIC`. */
export function stageWord(stage: string): string {
  return kindWord(stage).replace("leaf spine", "leaf-spine").replace("spine core", "spine-core");
}

/** Names of parts along a path, each without what it shares with the one before it: `srv-0001/nic-1 > port-1 > module`. */
export function shortPath(path: readonly string[]): string {
  return path
    .map((name, index) => {
      const before = path[index - 1]?.split("/") ?? [];
      const own = name.split("/");
      let shared = 0;
      while (shared < own.length - 1 && own[shared] === before[shared]) shared++;
      return own.slice(shared).join("/");
    })
    .join(" > ");
}

/** A kind of part at its stage, for sentences: `cable of the access link`, `leaf switch`, `NIC`. */
export function partWords(kind: string, stage: string): string {
  if (stage.startsWith(kind) || stage.endsWith(kind) || stage === "shared" || stage === "endpoint") {
    return stage === "shared" || stage === "endpoint" ? kindWord(kind) : stageWord(stage);
  }
  return `${kindWord(kind)} of the ${stageWord(stage)}`;
}

/** Any part of a stage: `part of the access link`, `leaf switch`, `NIC`. */
export function partOfStage(stage: string): string {
  return stage.endsWith("-link") ? `part of the ${stageWord(stage)}` : stageWord(stage);
}

export const verdictMeanings: Readonly<Record<Verdict, string>> = {
  transparent: "the other link takes over; no collective fails, bandwidth stays",
  degraded: "the other link takes over; less bandwidth until repair",
  rerouted: "this NIC is cut off; its data leaves over another NIC of its server",
  fatal: "a GPU is cut off; the job restarts from its last checkpoint",
};

/** What a simulated failure did. */
export const feltMeanings: Readonly<Record<FeltVerdict, string>> = {
  ...verdictMeanings,
  stalled: "a GPU is cut off until the repair, nothing moves; the job goes on without being given up",
  fatal: "the job is given up, or restarts without a server",
};

export const gradeMeanings: Readonly<Record<FigureSource["grade"], string>> = {
  primary: "read in the primary text",
  secondary: "read second-hand",
  computed: "computed from primary figures",
  assumption: "nobody published it; put your own figure into the cluster file",
  "cluster file": "set in your cluster file",
};

/** Keys of the price's splits in words. */
export const splitWords: Readonly<Record<string, string>> = {
  standstill: "standing still",
  rework: "work done again since the last checkpoint",
  checkpoints: "writing checkpoints",
  awaitingRepair: "servers waiting for repair",
  slowRunning: "running slower until repair",
  restart: "restart",
  lostGpuHours: "lost GPU-hours",
  penalties: "penalties",
  energy: "energy",
  purchase: "purchase, a year's share",
};
