/**
 * The hash that spreads flows over equal-cost links. Every switch gives each of its candidate links a score from the
 * flow's identity and the link, and the highest wins (rendezvous hashing). So a flow keeps its link while that link is a
 * candidate, and when a link goes only its own flows move: what switches call resilient hashing.
 */

import { mix } from "../../base/random.ts";

/** The identity of a flow: what the header fields that switches hash over would differ in. */
export function flowIdentity(source: number, destination: number, connection = 0, seed = 0): number {
  return mix(mix(mix(source, seed), destination), connection);
}

/** Score of a link for a flow, an integer in [0, 2^32). */
export function linkScore(identity: number, link: number): number {
  return mix(identity, link) >>> 0;
}
