/** What the page asks of its workers, and what comes back. Everything is plain data. */

import type { PartVerdicts } from "../../../src/audit/part-verdicts.ts";
import type { Diagnostic } from "../../../src/base/diagnostics.ts";
import type { Cluster } from "../../../src/cluster/types.ts";
import type { PriceResult } from "../../../src/economics/index.ts";
import type { Fabric } from "../../../src/fabric/types.ts";
import type { RoutingPolicy } from "../../../src/simulate/network/index.ts";
import type { Action } from "../../../src/simulate/rehearsal/actions.ts";
import type { TrainingResult } from "../../../src/simulate/result.ts";
import type { SwitchingMode } from "../../../src/switching/index.ts";

/**
 * A cluster file as text, or an imported fabric with the cluster file of its settings.
 * `beside`: texts of files that the cluster file names, by name.
 */
export interface ClusterSource {
  readonly path: string;
  readonly text: string;
  readonly settings?: { readonly path: string; readonly text: string } | undefined;
  readonly beside: Readonly<Record<string, string>>;
}

export interface Adopted {
  readonly cluster: Cluster;
  readonly fabric: Fabric;
  /** Whether the fabric was read from a file of its own and not built from the cluster. */
  readonly isImported: boolean;
}

export interface Opened extends Adopted {
  readonly warnings: readonly Diagnostic[];
}

/** What is broken. */
export interface Wrong {
  /** Links on which something is wrong: link index and state, as in {@link linkStates}. */
  readonly links: Int32Array;
  readonly states: Uint8Array;
  /** Parts that are at fault. */
  readonly parts: Int32Array;
}

/** What is broken once all actions are done. */
export interface Rehearsed extends Wrong {
  readonly result: TrainingResult;
  /** What the answer took in the worker, in milliseconds. */
  readonly tookMs: number;
}

/** What is simulated. */
export interface RehearsalWish {
  readonly actions: readonly Action[];
  readonly mode: SwitchingMode;
  readonly policy: RoutingPolicy;
  readonly seed: number;
}

/** A scenario to be looked at moment by moment, as it was simulated. */
export interface ReplayWish {
  readonly mode: SwitchingMode;
  readonly policy: RoutingPolicy;
  readonly scenario:
    | { readonly text: string; readonly path: string }
    | { readonly days: number; readonly seed: number }
    | { readonly actions: readonly Action[]; readonly seed: number };
}

/** A moment, within the row of the result's time line that it lies in. */
export interface MomentWish {
  readonly atS: number;
  readonly rowStartS: number;
  readonly rowEndS: number;
}

/** The fabric at a moment: true from `fromS` until before `untilS`. */
export interface Moment extends Wrong {
  readonly fromS: number;
  readonly untilS: number;
  /** Share of its capacity that each link would carry of gradients, in its busier direction. */
  readonly linkLoad: Float32Array;
  /** The same of each switch, over all its links and both directions. */
  readonly switchLoad: Float32Array;
}

/** States of a link, in the order of their codes; 0: healthy. */
export const linkStates = ["healthy", "degraded", "one direction dead", "dead"] as const;

/** What a part shares its fate with. */
export interface Fate {
  /** Links that need the part. */
  readonly links: Int32Array;
  /** Servers and switches that die with a shared thing. */
  readonly devices: Int32Array;
}

export interface PriceWish {
  /** Default: the cluster file's. */
  readonly mode?: SwitchingMode;
  readonly baseline: "single" | "dual" | "tree" | "none";
  /** Factor on every failure rate. */
  readonly rates: number;
  /** US dollars. */
  readonly gpuHour: number;
  readonly penaltyPerHour: number;
  /** Seconds; best: the interval that wastes least. */
  readonly checkpointInterval: number | "best";
  readonly years: number;
}

/** What a design comes to. */
export interface Checked {
  readonly problems: readonly Diagnostic[];
  /** Undefined where nothing can be built. */
  readonly design: DesignFacts | undefined;
}

export interface DesignFacts {
  readonly description: string;
  readonly gpus: number;
  readonly switches: number;
  readonly links: number;
  readonly parts: number;
  readonly purchaseUsd: number;
  readonly powerW: number;
  /** Healthy AllReduce bandwidth of each GPU in Gbps, and how many parts stop or reroute a job; undefined above the size up to which it is worked out at once. */
  readonly audit: { readonly gbpsPerGpu: number; readonly fatal: number; readonly rerouted: number } | undefined;
}

export type ReadActions =
  | {
      readonly kind: "actions";
      readonly name: string;
      readonly actions: readonly Action[];
      readonly parts: readonly number[];
    }
  | { readonly kind: "more"; readonly why: string };

export interface MadeFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Every question with its answer. */
export interface Questions {
  /** Parses and builds; keeps the fabric for the questions that follow. */
  open: { ask: ClusterSource; answer: Opened };
  /** Takes over a fabric that another worker has built. */
  adopt: { ask: Adopted; answer: null };
  rehearse: { ask: RehearsalWish; answer: Rehearsed };
  /** Prepares for the next rehearsal of this kind, so that it is answered sooner. */
  prepare: { ask: Omit<RehearsalWish, "actions">; answer: null };
  /** Takes a scenario to be looked at. */
  replay: { ask: ReplayWish; answer: null };
  /** Undefined when a later question asked for another moment. */
  moment: { ask: MomentWish; answer: Moment | undefined };
  verdicts: { ask: null; answer: PartVerdicts };
  /** Money under settings moved by hand; the audit that it needs is done once. */
  price: { ask: PriceWish; answer: PriceResult };
  /** What a text comes to, without opening it. */
  check: { ask: ClusterSource; answer: Checked };
  /** The actions of a scenario file, with the index of each part; or why it cannot be taken as actions. */
  readActions: { ask: { path: string; text: string }; answer: ReadActions };
  /** A file to take away. */
  make: { ask: { what: string; version: string }; answer: MadeFile };
  fate: { ask: { part: number }; answer: Fate };
}

export type QuestionKind = keyof Questions;

export interface Asked<Kind extends QuestionKind = QuestionKind> {
  readonly id: number;
  readonly kind: Kind;
  readonly ask: Questions[Kind]["ask"];
}

export type Answered =
  | { readonly id: number; readonly ok: true; readonly answer: unknown }
  /** What the user wrote is wrong. */
  | { readonly id: number; readonly ok: false; readonly diagnostics: readonly Diagnostic[] }
  /** A file beside the cluster file is needed first. */
  | { readonly id: number; readonly ok: false; readonly needs: string }
  /** Our bug. */
  | { readonly id: number; readonly ok: false; readonly bug: string };
