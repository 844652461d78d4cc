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
  const into = linksInto(state, table.destination);
  const gather = (node: number, hops: number, mayRise: boolean) => {
    candidates.length = 0;
    for (let at = offsets[node]!; mayRise && at < split[node]!; at++)
      if (!state.isAvoidedEverywhere(linksOf[at]!) && above(upperSwitch[linksOf[at]!]!) === hops - 1)
        candidates.push(upwards(linksOf[at]!));
    if (below[node] !== hops) return;
    // The last hop: the leaf has fewer links up than a spine has down.
    if (hops === 1 && anyway === undefined) {
      for (const link of into.get(node) ?? []) if (!state.isAvoidedEverywhere(link)) candidates.push(downwards(link));
      return;
    }
    for (let at = split[node]!; at < offsets[node + 1]!; at++)
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
        const parts = divide(state, candidates, adaptive);
        for (let at = 0; at < candidates.length; at++) {
          if (parts[at] === 0) continue;
          const resource = candidates[at]!;
          const carried = share * parts[at]!;
          resources.push(resource);
          shares.push(carried);
          const up = resource % 2 === 0;
          const next = up ? upperSwitch[resource >> 1]! : lowerSwitch[resource >> 1]!;
          const target = up || anyway !== undefined ? nextRising : nextFalling;
          target.set(next, (target.get(next) ?? 0) + carried);
        }
      }
    rising = nextRising;
    falling = nextFalling;
  }
  return { resources: Int32Array.from(resources), shares: Float64Array.from(shares) };
}

const undivided = [1];

/** The share of each candidate when a switch divides its traffic over them. */
function divide(state: NetworkState, candidates: readonly number[], adaptive: boolean): readonly number[] {
  if (candidates.length === 1) return undivided;
  const isInUse = (resource: number) => !state.isAvoidedNearby(resource >> 1);
  const inUse = candidates.filter(isInUse).length;
  const counts = (resource: number) => inUse === 0 || isInUse(resource);
  if (adaptive) {
    const weights = candidates.map((resource) => (counts(resource) ? state.capacity(resource) : 0));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (sum > 0) return weights.map((weight) => weight / sum);
  }
  const each = 1 / (inUse === 0 ? candidates.length : inUse);
  return candidates.map((resource) => (counts(resource) ? each : 0));
}

/** The links between a leaf and each switch above it. */
function linksInto({ network }: NetworkState, leaf: number): Map<number, number[]> {
  const { offsets, split, linksOf, fabric } = network;
  const into = new Map<number, number[]>();
  for (let at = offsets[leaf]!; at < split[leaf]!; at++) {
    const link = linksOf[at]!;
    const above = fabric.links.upperSwitch[link]!;
    const found = into.get(above);
    if (found === undefined) into.set(above, [link]);
    else found.push(link);
  }
  return into;
}
