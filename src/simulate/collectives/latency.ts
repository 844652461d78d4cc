/** The part of a collective's time that does not depend on bandwidth, as NCCL's tuner counts it, with our own paths added. */

import type { Steps } from "./plan.ts";
import { hopLatencyS, networkTrips, type Protocol, postOverheadS, postsPerStep } from "./protocols.ts";

/** What the GPUs of a server exchange data over. */
export type InServerKind = "scaleUp" | "pci";

/**
 * Seconds that the steps of a phase take besides moving bytes:
 *
 *   inServer x max(step inside, posts x 1 us where a ring crosses servers) + network x step over the network + trips x path
 *
 * The path (fibre at 5 ns/m and switches) comes on top of NCCL's constant for a network step, twice for Simple, which
 * flushes: there it is the latency that the network plug-in reports.
 */
export function stepsLatencyS(steps: Steps, protocol: Protocol, kind: InServerKind): number {
  const { pace, inServer, network, exposed, pathS, extraPosts } = steps;
  const insideS = hopLatencyS[kind][pace][protocol];
  const postsS = network > 0 && pace === "ring" ? postOverheadS * postsPerStep[protocol] : 0;
  const acrossS = hopLatencyS.network[exposed ? "tree" : pace][protocol];
  return (
    inServer * Math.max(insideS, postsS) +
    network * acrossS +
    networkTrips[protocol] * pathS +
    extraPosts * postOverheadS
  );
}
