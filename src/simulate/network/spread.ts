/**
 * Packet spraying and adaptive routing as idealisations: a leaf's traffic to another leaf as shares of every link on its
 * equal-cost paths. Spraying gives every link of a switch an equal share; adaptive routing gives each what it can carry, as
 * the switch itself sees it, so that a dead or slow link of its own gets nothing or little at once.
 */

import { assert } from "../../base/assert.ts";
import { type HopTable, unreachableHops } from "./hop-tables.ts";
import { downwards, upwards } from "./network.ts";
import type { NetworkState } from "./network-state.ts";

/** Shares of one unit of traffic on resources; a resource may stand twice. */
export interface Spread {
  readonly resources: Int32Array;
  readonly shares: Float64Array;
}

/** Share of the unit that has come to each switch. */
type Front = Map<number, number>;

/** The spread from a leaf to the leaf of the table, which routing must reach: over up-down paths, or any where none is left. */
export function spreadTo(state: NetworkState, table: HopTable, from: number, adaptive: boolean): Spread {
  const isUpDown = table.hops(from) < unreachableHops;
  const anyway = isUpDown ? undefined : table.anyway();
  const start = anyway === undefined ? table.hops(from) : anyway[from]!;
  assert(start < unreachableHops, "routing reaches the leaf");
  const { offsets, split, linksOf, fabric } = state.network;
  const { lowerSwitch, upperSwitch } = fabric.links;
  const resources: number[] = [];
  const shares: number[] = [];
  let rising: Front = new Map([[from, 1]]);
  let falling: Front = new Map();
  const candidates: number[] = [];
  const above = (node: number) => (anyway === undefined ? table.hops(node) : anyway[node]!);
  const below = anyway ?? table.down;
  const gather = (node: number, hops: number, mayRise: boolean) => {
    candidates.length = 0;
    for (let at = offsets[node]!; mayRise && at < split[node]!; at++)
      if (!state.isAvoidedEverywhere(linksOf[at]!) && above(upperSwitch[linksOf[at]!]!) === hops - 1)
        candidates.push(upwards(linksOf[at]!));
    for (let at = split[node]!; below[node] === hops && at < offsets[node + 1]!; at++)
      if (!state.isAvoidedEverywhere(linksOf[at]!) && below[lowerSwitch[linksOf[at]!]!] === hops - 1)
        candidates.push(downwards(linksOf[at]!));
  };
  for (let hops = start; hops > 0; hops--) {
    const nextRising: Front = new Map();
    const nextFalling: Front = new Map();
    for (const [front, mayRise] of [
      [rising, true],
      [falling, false],
    ] as const)
      for (const [node, share] of front) {
        gather(node, hops, mayRise);
        for (const [resource, part] of divide(state, candidates, adaptive)) {
          resources.push(resource);
          shares.push(share * part);
          const up = resource % 2 === 0;
          const next = up ? upperSwitch[resource >> 1]! : lowerSwitch[resource >> 1]!;
          const target = up || anyway !== undefined ? nextRising : nextFalling;
          target.set(next, (target.get(next) ?? 0) + share * part);
        }
      }
    rising = nextRising;
    falling = nextFalling;
  }
  return { resources: Int32Array.from(resources), shares: Float64Array.from(shares) };
}

/** How a switch divides its traffic over its candidates. */
function divide(state: NetworkState, candidates: readonly number[], adaptive: boolean): [number, number][] {
  const inUse = candidates.filter((resource) => !state.isAvoidedNearby(resource >> 1));
  const chosen = inUse.length > 0 ? inUse : candidates;
  if (adaptive) {
    const sum = chosen.reduce((total, resource) => total + state.capacity(resource), 0);
    if (sum > 0)
      return chosen.flatMap((resource): [number, number][] =>
        state.capacity(resource) > 0 ? [[resource, state.capacity(resource) / sum]] : [],
      );
  }
  return chosen.map((resource) => [resource, 1 / chosen.length]);
}
