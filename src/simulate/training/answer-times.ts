/** How long collectives may stand still until the network itself has found another way. */

import type { Cluster } from "../../cluster/types.ts";

/** Microseconds. */
export interface AnswerTimes {
  /** Takeover and routing. */
  readonly networkUs: number;
  /** Until the library has moved a GPU's data to another NIC. */
  readonly rerouteUs: number;
}

/** Until a communication library has moved a GPU's data to another NIC: about 10 s (ICCL/VCCL, published figures). */
const rerouteUs = 10_000_000;
/** Beyond detection and routing: a standstill that is longer is no takeover any more. In seconds; a choice. */
const graceS = 1;

export function answerTimesOf({ carrierDelay, heartbeat, routing }: Cluster["switching"]): AnswerTimes {
  const detectS = Math.max(carrierDelay, heartbeat.interval * heartbeat.misses);
  const routingS = Math.max(routing.localRepair, routing.convergence);
  return { networkUs: Math.round((detectS + routingS + graceS) * 1e6), rerouteUs };
}
