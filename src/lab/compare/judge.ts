/** Predicted beside measured, and whether they agree within what is stated here and in docs/physics.md. Pure. */

import type { SwitchingMode } from "../../switching/index.ts";
import type { Prediction } from "./predict.ts";

/** What the lab's AllReduce showed of one fault. */
export interface Measured {
  readonly allSumsRight: boolean;
  readonly gapMs: number;
  /** Longest silence before the fault. */
  readonly undisturbedGapMs: number;
  readonly bandwidthKept: number;
}

export type ComparedPart = "access link" | "leaf-spine link" | "spine";

export interface Case {
  readonly what: ComparedPart;
  readonly part: string;
  readonly silent: boolean;
  readonly mode: SwitchingMode;
}

export interface Row extends Case {
  readonly predicted: Prediction;
  readonly measured: Measured & { readonly verdict: Prediction["verdict"] };
  /** Within which the measured gap must lie. */
  readonly gapBoundsMs: readonly [number, number];
  readonly verdictAgrees: boolean;
  readonly gapAgrees: boolean;
  readonly bandwidthAgrees: boolean;
}

/** The bandwidth that is kept may differ by this share of all of it. */
export const bandwidthTolerance = 0.1;
/** From this share on a fault counts as transparent. */
const transparentFrom = 1 - bandwidthTolerance;
/** Linux sends again what a path has lost after the smoothed round trip and this, in ms, and then after twice as long each time. */
const retransmissionMsMin = 200;
const retransmissionsMax = 5;
/** What the core lets a link hold: this at its rate in ms, and twice the longest pause (src/switching/link-sender.ts). */
const queueTargetMs = 5;

export interface Bench {
  readonly heartbeatMs: number;
  /** Time that a link takes for what its queue and a connection hold at most: replay sends it again. */
  readonly heldMs: number;
}

/**
 * The measured gap may be shorter by a heartbeat, the phase of which is chance, and longer by
 * - a heartbeat, within which carrier loss is noticed where Linux puts its event off, and in which silence begins;
 * - what the failed link held: its queue, and as much in its connection;
 * - in load-balancing what the surviving link holds already, behind which replay waits;
 * - the silence that the machine shows without a fault;
 * - between switches, where the path heals under the connection: until TCP sends again.
 */
export function gapBoundsMs(
  { what, mode }: Pick<Case, "what" | "mode">,
  { gapMs }: Pick<Prediction, "gapMs">,
  { undisturbedGapMs }: Pick<Measured, "undisturbedGapMs">,
  { heartbeatMs, heldMs }: Bench,
): readonly [number, number] {
  const beginMs = Math.max(0, gapMs - heartbeatMs);
  const healedMs = gapMs + heartbeatMs;
  const resumedMs = what === "access link" ? healedMs : Math.max(healedMs, sentAgainMs(healedMs, heldMs));
  const waitingMs = mode === "load-balancing" ? queueTargetMs + 2 * undisturbedGapMs : 0;
  // A gap that was hidden altogether (both links carry, or the flow was elsewhere) is no shorter than the machine's own.
  return [what === "access link" ? beginMs : 0, resumedMs + heldMs + waitingMs + undisturbedGapMs];
}

/**
 * When the first retransmission that finds the path healed comes at the latest. The timer runs for 200 ms and a round trip, which lies
 * between nothing and what a queue and a connection hold.
 */
function sentAgainMs(healedMs: number, heldMs: number): number {
  const counts = Array.from({ length: retransmissionsMax }, (_, index) => 2 ** (index + 1) - 1);
  const count = counts.find((each) => each * retransmissionMsMin >= healedMs);
  return count === undefined ? healedMs * 2 : count * (retransmissionMsMin + heldMs);
}

export function judge(one: Case, predicted: Prediction, measured: Measured, bench: Bench): Row {
  const bounds = gapBoundsMs(one, predicted, measured, bench);
  const verdict = !measured.allSumsRight
    ? "fatal"
    : measured.bandwidthKept >= transparentFrom
      ? "transparent"
      : "degraded";
  return {
    ...one,
    predicted,
    measured: { ...measured, verdict },
    gapBoundsMs: bounds,
    verdictAgrees: verdict === predicted.verdict,
    gapAgrees: measured.gapMs >= bounds[0] && measured.gapMs <= bounds[1],
    bandwidthAgrees: Math.abs(measured.bandwidthKept - predicted.bandwidthKept) <= bandwidthTolerance,
  };
}
