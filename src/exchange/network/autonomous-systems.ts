/**
 * Numbers of autonomous systems, four octets, private (RFC 6996): cores of a plane share one, spines of a pod share one, every
 * leaf and every server has its own. Shared numbers keep routes from going down and up again (RFC 7938, section 5.2.1).
 *
 *   4200000000 + plane                             cores
 *   4201000000 + 100,000 x plane + pod             spines (aggregation switches) of a pod
 *   4210000000 + 100,000 x plane + ordinal         leaves (access switches)
 *   4220000000 + server                            servers
 */

import { userError } from "../../base/diagnostics.ts";
import type { Fabric } from "../../fabric/types.ts";

const coreBase = 4_200_000_000;
const spineBase = 4_201_000_000;
const leafBase = 4_210_000_000;
const serverBase = 4_220_000_000;
/** Pods, and leaves, of one plane; and planes. */
const numbersOfPlane = 100_000;
const planesMax = 64;

/** Of a switch, by its switch index. Throws `export/too-large` beyond 64 planes, or 100,000 leaves or pods of a plane. */
export function switchAutonomousSystem({ switches }: Fabric, index: number): number {
  const plane = switches.plane[index]!;
  const tier = switches.tier[index]!;
  const number = tier === 2 ? 0 : tier === 1 ? switches.pod[index]! : switches.ordinal[index]!;
  if (plane >= planesMax || number >= numbersOfPlane) {
    throw userError(
      "export/too-large",
      `plane ${plane + 1} with number ${number + 1} of a tier has no autonomous system left`,
      `Export at most ${planesMax} planes, of at most ${numbersOfPlane} leaves and pods.`,
    );
  }
  if (tier === 2) return coreBase + plane;
  return (tier === 1 ? spineBase : leafBase) + plane * numbersOfPlane + number;
}

/** Of a server, numbered from 0. */
export function serverAutonomousSystem(server: number): number {
  return serverBase + server;
}
