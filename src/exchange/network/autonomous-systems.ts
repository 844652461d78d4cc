/**
 * Numbers of autonomous systems, four octets, private (RFC 6996): cores of a plane share one, spines of a pod share one, every
 * leaf and every server has its own. Shared numbers keep routes from going down and up again (RFC 7938, section 5.2.1).
 *
 *   4200000000 + plane                             cores
 *   4201000000 + 4,000,000 x plane + pod           spines (aggregation switches) of a pod
 *   4210000000 + 5,000,000 x plane + ordinal       leaves (access switches)
 *   4220000000 + server                            servers
 */

import { assert } from "../../base/assert.ts";
import type { Fabric } from "../../fabric/types.ts";

const coreBase = 4_200_000_000;
const spineBase = 4_201_000_000;
const spinesOfPlane = 4_000_000;
const leafBase = 4_210_000_000;
const leavesOfPlane = 5_000_000;
const serverBase = 4_220_000_000;

/** Of a switch, by its switch index. */
export function switchAutonomousSystem({ switches }: Fabric, index: number): number {
  const plane = switches.plane[index]!;
  assert(plane < 2, "two planes at most");
  switch (switches.tier[index]!) {
    case 2:
      return coreBase + plane;
    case 1:
      assert(switches.pod[index]! < spinesOfPlane, "pods have numbers");
      return spineBase + plane * spinesOfPlane + switches.pod[index]!;
    default:
      assert(switches.ordinal[index]! < leavesOfPlane, "leaves have numbers");
      return leafBase + plane * leavesOfPlane + switches.ordinal[index]!;
  }
}

/** Of a server, numbered from 0. */
export function serverAutonomousSystem(server: number): number {
  return serverBase + server;
}
