/** What the audit answers. Every result that speaks of a failure carries one verdict. */

import type { Diagnostic } from "../base/diagnostics.ts";
import type { PartKind, Stage } from "../fabric/types.ts";

/**
 * transparent: the link pair takes over, only a pause. degraded: transparent, but with less bandwidth until repair.
 * rerouted: this NIC is cut off, the GPU's data leaves over another NIC of its server. fatal: a GPU is cut off.
 */
export type Verdict = "transparent" | "degraded" | "rerouted" | "fatal";

/** From mild to fatal. */
export const verdicts: readonly Verdict[] = ["transparent", "degraded", "rerouted", "fatal"];

/** A part whose failure alone cuts a GPU off from its collective (fatal), or off its own NIC (rerouted). */
export interface SinglePointOfFailure {
  readonly kind: PartKind;
  readonly stage: Stage;
  /** Parts of this kind, stage and verdict. */
  readonly count: number;
  /** Name of one of them. */
  readonly example: string;
  readonly verdict: "rerouted" | "fatal";
  /** GPUs cut off (from their own NIC, when rerouted) by the failure of the worst of them. */
  readonly gpusCutOff: number;
}

/** The parts in which the two links of a pair meet. */
export interface SharedRiskFinding {
  /** Kind of the shared part. */
  readonly kind: PartKind;
  readonly stage: Stage;
  /** Endpoints (server and rail) whose two links both depend on one such part. */
  readonly endpoints: number;
  /** Distinct shared parts. */
  readonly count: number;
  /** Name of one shared part. */
  readonly example: string;
  /** The two paths of an endpoint up to the shared part, as names of parts: what proves it. */
  readonly paths: readonly [readonly string[], readonly string[]];
  readonly verdict: Verdict;
}

/** Parts that fail alike: same kind, stage and effect. */
export interface NMinusOne {
  readonly kind: PartKind;
  readonly stage: Stage;
  readonly count: number;
  readonly example: string;
  /** GPUs that lose their collective, or their own NIC when rerouted. */
  readonly gpusCutOff: number;
  /** AllReduce ring bandwidth after over before, in [0, 1], under the routing and the placement in force; 0 when fatal. */
  readonly bandwidthKept: number;
  /** The same for a ring whose neighbours stay under one leaf where they can. */
  readonly bandwidthKeptPacked: number;
  readonly verdict: Verdict;
}

/** Pairs of network parts that fail alike. */
export interface NMinusTwo {
  readonly kinds: readonly [PartKind, PartKind];
  readonly stages: readonly [Stage, Stage];
  /** How the two lie to each other, such as "both links of one NIC", "same leaf", "different servers". */
  readonly relation: string;
  /** Unordered pairs. */
  readonly count: number;
  readonly example: readonly [string, string];
  readonly gpusCutOff: number;
  readonly bandwidthKept: number;
  readonly verdict: Verdict;
}

export interface AuditResult {
  readonly singlePointsOfFailure: readonly SinglePointOfFailure[];
  readonly sharedRisks: readonly SharedRiskFinding[];
  readonly nMinusOne: readonly NMinusOne[];
  readonly nMinusTwo: readonly NMinusTwo[];
  /** Healthy ring AllReduce bus bandwidth of each GPU, in Gbps, under the placement in force and packed. */
  readonly healthyGbpsPerGpu: { readonly placed: number; readonly packed: number };
  /**
   * The plain graph of all parts (servers and NICs forward in it, unlike in every other answer): its cuts in the sense of
   * graph theory, for comparison with graph tools.
   */
  readonly partGraph: {
    readonly nodes: number;
    readonly edges: number;
    readonly articulationPoints: number;
    readonly bridges: number;
  };
  /** Parts and pairs looked at. */
  readonly examined: { readonly parts: number; readonly pairs: number };
  /** Findings in words, such as a fabric already disconnected. */
  readonly diagnostics: readonly Diagnostic[];
}
