/** What the page asks of its workers, and what comes back. Everything is plain data. */

import type { PartVerdicts } from "../../../src/audit/part-verdicts.ts";
import type { Diagnostic } from "../../../src/base/diagnostics.ts";
import type { Cluster } from "../../../src/cluster/types.ts";
import type { PriceResult } from "../../../src/economics/index.ts";
import type { Fabric } from "../../../src/fabric/types.ts";
import type { Action } from "../../../src/simulate/rehearsal/actions.ts";
import type { TrainingResult } from "../../../src/simulate/result.ts";
import type { SwitchingMode } from "../../../src/switching/index.ts";

/** A cluster file as text. `beside`: texts of files that it names, by name. */
export interface ClusterSource {
  readonly path: string;
  readonly text: string;
  readonly beside: Readonly<Record<string, string>>;
}

export interface Opened {
  readonly cluster: Cluster;
  readonly fabric: Fabric;
  readonly warnings: readonly Diagnostic[];
}

export interface Rehearsed {
  readonly result: TrainingResult;
  /** Links on which something is wrong once all actions are done: link index and state, as in {@link linkStates}. */
  readonly links: Int32Array;
  readonly states: Uint8Array;
  /** What the answer took in the worker, in milliseconds. */
  readonly tookMs: number;
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
  adopt: { ask: { cluster: Cluster; fabric: Fabric }; answer: null };
  rehearse: { ask: { actions: readonly Action[]; mode: SwitchingMode }; answer: Rehearsed };
  /** Prepares for the next rehearsal in this mode, so that it is answered sooner. */
  prepare: { ask: { mode: SwitchingMode }; answer: null };
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
