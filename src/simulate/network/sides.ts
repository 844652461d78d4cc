/** Which links of a dual-linked pair of endpoints a connection uses: as the audit's ring does (src/audit/traffic.ts). */

import type { Cluster } from "../../cluster/types.ts";
import type { Router } from "./router.ts";

export type SwitchingMode = Cluster["switching"]["mode"];

/** Source side x 2 + destination side; {@link noSides} when nothing serves. */
export type Sides = number;
export const noSides = 4;

export interface SideRules {
  readonly mode: SwitchingMode;
  /** The link that carries in active-standby: 0 or 1. */
  readonly primary: number;
}

/** Ways that a connection has: 2 when both links carry, else 1. */
export function lanesOf(linksPerEndpoint: 1 | 2, rules: SideRules): 1 | 2 {
  return linksPerEndpoint === 2 && rules.mode !== "active-standby" ? 2 : 1;
}

/**
 * The sides that a lane of a connection uses. `usable` has a bit for each side of each endpoint that may carry. Where both
 * links carry and both reach the other's link of the same side, lane 0 takes side 0 and lane 1 side 1. Otherwise all
 * lanes take the first that serves of: the primary at both ends, the other at both ends, one of each.
 */
export function chooseSides(
  router: Router,
  rules: SideRules,
  usable: Uint8Array,
  source: number,
  destination: number,
  lane: number,
): Sides {
  const serves = (from: number, to: number) => isServed(router, usable, source, from, destination, to);
  if (router.state.network.fabric.linksPerEndpoint === 1) return serves(0, 0) ? 0 : noSides;
  if (
    rules.mode !== "active-standby" &&
    isServed(router, usable, source, 0, destination, 0) &&
    isServed(router, usable, source, 1, destination, 1)
  )
    return 3 * lane;
  const first = rules.mode === "active-standby" ? rules.primary : 0;
  const second = 1 - first;
  if (serves(first, first)) return 3 * first;
  if (serves(second, second)) return 3 * second;
  if (serves(first, second)) return 2 * first + second;
  if (serves(second, first)) return 2 * second + first;
  return noSides;
}

function isServed(
  router: Router,
  usable: Uint8Array,
  source: number,
  from: number,
  destination: number,
  to: number,
): boolean {
  return (
    ((usable[source]! >> from) & 1) === 1 &&
    ((usable[destination]! >> to) & 1) === 1 &&
    router.reaches(source, from, destination, to)
  );
}
