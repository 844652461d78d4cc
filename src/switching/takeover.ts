/** The record of each takeover: detect + decide + switch + replay, and their sum. */

import type { LinkIndex } from "./config.ts";
import type { FaultTrigger } from "./link-states.ts";
import type { LinkFault } from "./pair-inputs.ts";

export interface TakeoverRecord {
  /** Counts the takeovers of a session, from 1. */
  readonly number: number;
  /** The link that was blamed. */
  readonly link: LinkIndex;
  readonly trigger: FaultTrigger;
  /** From the last moment the link was known to be good to the first sign of the fault. */
  readonly detectUs: number;
  /** From the first sign to the blame: the confirming probe. */
  readonly decideUs: number;
  /** From the blame to the first frame on the survivor; 0 when nothing waited to be sent. */
  readonly switchUs: number;
  /** From there until everything the failed link owed was confirmed; 0 when it owed nothing. */
  readonly replayUs: number;
  readonly totalUs: number;
  /** Bytes sent again. */
  readonly replayedBytes: number;
  /** When the link was blamed. */
  readonly decidedUs: number;
}

/** A takeover whose replay is under way. */
export interface TakeoverInProgress {
  readonly number: number;
  readonly fault: LinkFault;
  /** When the survivor was first given something; undefined until then. */
  switchedUs: number | undefined;
  replayedBytes: number;
  /** Chunks handed back and not yet confirmed. */
  pendingChunks: number;
}

export function beginTakeover(number: number, fault: LinkFault): TakeoverInProgress {
  return { number, fault, switchedUs: undefined, replayedBytes: 0, pendingChunks: 0 };
}

/** The record, once nothing is pending any more. */
export function endTakeover(takeover: TakeoverInProgress, nowUs: number): TakeoverRecord {
  const { fault } = takeover;
  const switchedUs = takeover.switchedUs ?? fault.decidedUs;
  const replayUs = takeover.switchedUs === undefined ? 0 : nowUs - switchedUs;
  const detectUs = fault.noticedUs - fault.lastGoodUs;
  const decideUs = fault.decidedUs - fault.noticedUs;
  const switchUs = switchedUs - fault.decidedUs;
  return {
    number: takeover.number,
    link: fault.link,
    trigger: fault.trigger,
    detectUs,
    decideUs,
    switchUs,
    replayUs,
    totalUs: detectUs + decideUs + switchUs + replayUs,
    replayedBytes: takeover.replayedBytes,
    decidedUs: fault.decidedUs,
  };
}
