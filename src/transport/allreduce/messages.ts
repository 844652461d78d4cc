/** What the processes of an AllReduce run say to each other. */

import type { LinkIndex, LinkState, TakeoverRecord } from "../../switching/index.ts";
import type { SessionOptions } from "../options.ts";

/** What the sessions between the ranks are set to; anything else by default. */
export type RankSession = Pick<
  SessionOptions,
  | "mode"
  | "primary"
  | "revertive"
  | "heartbeatIntervalMs"
  | "missesMax"
  | "holdDownMs"
  | "damping"
  | "rateHintsBytesPerSecond"
>;

export interface RankSetup {
  readonly kind: "setup";
  readonly rank: number;
  readonly ranks: number;
  readonly elements: number;
  readonly seed: number;
  readonly session: RankSession;
  /** Local addresses of the two links. */
  readonly hosts: readonly [string, string];
  /** Interfaces that the links are bound to, and whose carrier is watched; by the addresses otherwise. */
  readonly interfaces: readonly [string, string] | undefined;
  /** In the middle of this iteration this rank takes its link 0 to the next rank away; undefined: never. */
  readonly cutIteration: number | undefined;
}

export type ToRank =
  | RankSetup
  /** Where the next rank listens. */
  | { readonly kind: "connect"; readonly hosts: readonly [string, string]; readonly ports: readonly [number, number] }
  /** Iterations up to this one may begin; after the last grant a rank finishes. */
  | { readonly kind: "go"; readonly through: number; readonly last: boolean };

export type FromRank =
  | { readonly kind: "listening"; readonly ports: readonly [number, number] }
  | { readonly kind: "ready" }
  | {
      readonly kind: "iteration";
      readonly iteration: number;
      readonly durationMs: number;
      /** The longest time between two pieces received. */
      readonly longestGapMs: number;
      readonly fingerprint: string;
    }
  | { readonly kind: "takeover"; readonly record: TakeoverRecord }
  /** A link to the next rank is in another state; by the machine's monotonic clock. */
  | {
      readonly kind: "link";
      readonly link: LinkIndex;
      readonly to: LinkState;
      readonly event: string;
      readonly atMs: number;
    }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string };
