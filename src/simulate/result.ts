/** What `twinspine simulate --json` says of training through a scenario. Keys and units are a contract. */

import type { Verdict } from "../audit/types.ts";
import type { FaultTrigger, SwitchingMode } from "../switching/index.ts";
import type { AllocationRow } from "./training/allocation-study.ts";
import type { AllocationPolicy, StudiedClass } from "./training/link-sharing.ts";

/**
 * What training felt: the audit's words, and stalled: a GPU was cut off until its repair, nothing moved meanwhile, and the job went
 * on without being given up. fatal: the job was given up, or restarted without a server, because of it.
 */
export type FeltVerdict = Verdict | "stalled";

/** From mild to fatal. */
export const feltVerdicts: readonly FeltVerdict[] = ["transparent", "degraded", "rerouted", "stalled", "fatal"];

/** One collective on the healthy fabric, as nccl-tests counts it. */
export interface CollectiveResult {
  readonly kind: string;
  readonly algorithm: string;
  readonly ranks: number;
  readonly bytes: number;
  readonly timeS: number;
  readonly algbwGBps: number;
  readonly busbwGBps: number;
}

export interface HealthyResult {
  /** Length of one training step while nothing has failed. */
  readonly stepTimeS: number;
  /** The exchange of all gradients, were nothing hidden behind compute. */
  readonly exchangeS: number;
  /** Gradient bandwidth of each server over all its rails, GB (1e9 bytes) a second. */
  readonly serverGBps: number;
  readonly collectives: readonly CollectiveResult[];
}

/** Something that happened to a part, and what training felt of it. */
export interface EventResult {
  readonly atS: number;
  readonly event: "fail" | "heal" | "flap" | "degrade" | "drain" | "reboot";
  /** Name of the part. */
  readonly part: string;
  /** Kind of part; "gpu", "server" and "software" as well. */
  readonly kind: string;
  readonly cause: "scenario" | "random";
  /** The worst that it did. */
  readonly verdict: FeltVerdict;
  /** Gradient bandwidth after over before, once switching and routing had done their work, in [0, 1]; 0 when stalled or fatal. */
  readonly bandwidthKept: number;
  /** For how long collectives stood still because of it. */
  readonly stalledS: number;
  /** How often the job was given up because of it. */
  readonly aborts: number;
}

/** One takeover that the switching core decided; equal ones of one event are told once. */
export interface TakeoverResult {
  readonly atS: number;
  /** The part that had failed. */
  readonly part: string;
  /** The first pair that was affected: server and NIC. */
  readonly endpoint: string;
  /** Pairs that took over in the same way at the same moment. */
  readonly pairs: number;
  readonly trigger: FaultTrigger;
  readonly mode: SwitchingMode;
  readonly detectUs: number;
  readonly decideUs: number;
  readonly switchUs: number;
  readonly replayUs: number;
  /** The sum of the four. */
  readonly totalUs: number;
  readonly verdict: FeltVerdict;
}

export type TimelineState = "training" | "stalled" | "restart" | "waiting";

/** From one change to the next. */
export interface TimelineRow {
  readonly startS: number;
  readonly endS: number;
  readonly state: TimelineState;
  /** Length of a step at this pace; null while nothing moves. */
  readonly stepTimeS: number | null;
  /** The AllReduce of all gradients at this pace, with its latency, were nothing hidden behind compute; null while nothing moves. */
  readonly exchangeS: number | null;
  /** Gradient bandwidth of each server while it exchanges, in GB (1e9 bytes) a second. */
  readonly serverGBps: number;
  /** Gradients on the two links of the watched NIC while they flow, in GB a second. */
  readonly linkGBps: readonly number[];
  /**
   * Index into `sharings`: how the classes share the watched NIC; null while nothing trains, for single links, under duplication,
   * and where gradients have the links for themselves.
   */
  readonly sharing: number | null;
}

/** How the classes of traffic share the two links of the watched NIC by one policy, over a step at one pace. */
export interface LinkSharing {
  readonly policy: AllocationPolicy;
  /** Time of the exchange of all gradients, with its latency; null when gradients get nothing. */
  readonly exchangeS: number | null;
  readonly stepTimeS: number | null;
  /** Share of what bulk wants in a step that it gets, in [0, 1]. */
  readonly bulkKept: number;
  /** GB (1e9 bytes) a second of each class on link 1 and link 2, on average over the step. */
  readonly linkGBps: Readonly<Record<StudiedClass, readonly [number, number]>>;
}

/** Where the GPU-hours went that did not train at full pace. They add up to `totals.gpuHoursLost`. */
export interface LossSplit {
  /** Nothing moved, but the job was not given up. */
  readonly standstill: number;
  readonly restart: number;
  /** Waiting for a repair without which the job cannot run. */
  readonly waiting: number;
  /** Work done again since the last checkpoint. */
  readonly rework: number;
  readonly checkpoints: number;
  /** Steps that took longer than healthy ones. */
  readonly slowRunning: number;
  /** Kept steps that take longer in this mode than in the best of those compared, even while nothing has failed; 0 for a run by itself. */
  readonly healthyPace: number;
  /** GPUs of servers that were left out, until they took part again. */
  readonly serversOut: number;
}

export interface TotalsResult {
  readonly simulatedS: number;
  /** Steps finished and kept. */
  readonly stepsDone: number;
  /** Steps finished and lost with an abort. */
  readonly stepsLost: number;
  readonly aborts: number;
  /** What the lost GPU-hours are counted against: the healthy step of this run, or the shortest of all modes compared, in seconds. */
  readonly referenceStepS: number;
  readonly gpuHoursLost: number;
  readonly split: LossSplit;
  /** Standstills of the job, in seconds each, for contracts that fine them. */
  readonly standstillsS: readonly number[];
}

/** How busy switches are while gradients flow: share of the capacity of their links, both directions. */
export interface Utilisation {
  readonly switches: readonly string[];
  /** Beginnings of equally long pieces of the run, each looked at in its middle. */
  readonly atS: readonly number[];
  /** For each moment, for each switch, in [0, 1]. */
  readonly share: readonly (readonly number[])[];
}

/** One run in one switching mode. */
export interface TrainingResult {
  readonly mode: SwitchingMode;
  /** False when the run was interrupted: everything is true up to `totals.simulatedS`. */
  readonly complete: boolean;
  readonly gpus: number;
  readonly healthy: HealthyResult;
  readonly events: readonly EventResult[];
  readonly takeovers: readonly TakeoverResult[];
  readonly timeline: readonly TimelineRow[];
  /** The NIC whose links the timeline shows. */
  readonly watched: string;
  /** The distinct ways in which the classes share the watched NIC's links; each by the three policies, the core's allocation first. */
  readonly sharings: readonly (readonly LinkSharing[])[];
  readonly utilisation: Utilisation;
  /** How the classes of traffic share the two links of a NIC by three policies; empty for single links. */
  readonly allocation: readonly AllocationRow[];
  readonly totals: TotalsResult;
}
