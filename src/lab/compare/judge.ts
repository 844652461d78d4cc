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
/** Linux waits at least so long for an acknowledgement, in ms, on top of the smoothed round trip, and then twice as long each time (TCP_RTO_MIN). */
const retransmissionMsMin = 200;
const retransmissionsMax = 5;
/** A receiver puts off the acknowledgement of a single segment, as the first retransmission is, by so much (TCP_DELACK_MIN). */
const delayedAckMs = 40;
/** What the core lets a link hold: this at its rate in ms, and twice the longest pause (src/switching/link-sender.ts). */
const queueTargetMs = 5;

export interface Bench {
  readonly heartbeatMs: number;
  /** Time that a link takes for what its queue and a connection hold at most: replay sends it again. */
  readonly heldMs: number;
}

/**
 * The measured gap may be shorter by a heartbeat, the phase of which is chance, and longer by
 * - a heartbeat, in which silence begins, and a switch's carriers go one after the other, some 10 ms each;
 * - what the failed link held: its queue, and as much in its connection;
 * - in load-balancing what the surviving link holds already, behind which replay waits;
 * - the silence that the machine shows without a fault;
 * - between switches, where the path heals under the connection: until TCP has sent again.
 */
export function gapBoundsMs(
  { what, mode }: Pick<Case, "what" | "mode">,
  { gapMs }: Pick<Prediction, "gapMs">,
  { undisturbedGapMs }: Pick<Measured, "undisturbedGapMs">,
  { heartbeatMs, heldMs }: Bench,
): readonly [number, number] {
  const beginMs = Math.max(0, gapMs - heartbeatMs);
  const healedMs = gapMs + heartbeatMs;
  const resumedMs = what === "access link" ? healedMs + heldMs : sentAgainMs(healedMs, heldMs);
  const waitingMs = mode === "load-balancing" ? queueTargetMs + 2 * undisturbedGapMs : 0;
  // A gap that was hidden altogether (both links carry, or the flow was elsewhere) is no shorter than the machine's own.
  return [what === "access link" ? beginMs : 0, resumedMs + waitingMs + undisturbedGapMs];
}

/**
 * When what was lost has been sent again at the latest, if the path is healed at `healedMs`. Connections of a lab have a round trip
 * between nothing and what a queue and a connection hold. As Linux does it:
 * - with several segments on their way a probe (RFC 8985, section 7) goes out two round trips after the last acknowledgement, and the
 *   timer of 200 ms and a round trip starts there; with a single one the probe goes out when that timer would end;
 * - what finds the path healed is one segment; its acknowledgement may be put off; the rest follows a round trip later;
 * - the last acknowledgement before and the first segment after take half a round trip each.
 */
function sentAgainMs(healedMs: number, roundTripMs: number): number {
  const doubling = Array.from({ length: retransmissionsMax }, (_, count) => 2 ** count);
  /** The latest of the first try that comes too late to be lost, however short the round trip is. */
  const latest = (timersBefore: (doubled: number) => number, probeMs: number) => {
    const timers = doubling.map(timersBefore).find((each) => each * retransmissionMsMin >= healedMs);
    return timers === undefined ? 2 * healedMs : probeMs + timers * (retransmissionMsMin + roundTripMs);
  };
  const several = latest((doubled) => 2 * doubled - 1, 2 * roundTripMs);
  const single = latest((doubled) => doubled, 0);
  return Math.max(several, single) + delayedAckMs + 2 * roundTripMs;
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
