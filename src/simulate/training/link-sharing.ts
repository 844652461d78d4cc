/**
 * How the classes of traffic share the two links of a NIC by three policies. Rates are in bytes a second. The core's
 * allocation is `allocate` of src/switching itself; the other two are what it is compared with.
 */

import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/types.ts";
import { allocate, type ClassDemand, type LinkCapacity, type TrafficClass } from "../../switching/index.ts";
import { classTableOf } from "../takeover/pair-config.ts";

export const sharingPolicies = ["allocation", "fixed split", "equal striping"] as const;
export type AllocationPolicy = (typeof sharingPolicies)[number];
export const studiedClasses = ["gradient", "activation", "bulk"] as const satisfies readonly TrafficClass[];
export type StudiedClass = (typeof studiedClasses)[number];

/** What each class wants, in bytes a second; may be infinite. */
export type Wishes = Readonly<Record<StudiedClass, number>>;
/** Rates of each class on each link, in bytes a second. */
export type Rates = Readonly<Record<StudiedClass, readonly [number, number]>>;

/** What is to be shared. */
export interface Share {
  /** What each link carried when the fixed split was set: nothing where it stood by. */
  readonly lines: readonly [number, number];
  /** What each link carries now. */
  readonly capacities: readonly [number, number];
  readonly wishes: Wishes;
  /** What was wanted when the fixed split was set. */
  readonly planned: Wishes;
}

/** Typical messages, in bytes: they decide which link a class prefers (src/switching/allocation.ts). */
const messageBytes: Wishes = { gradient: 1 << 20, activation: 1 << 16, bulk: 1 << 20 };

/** Checkpoints and data loading of one NIC's GPUs, in bytes a second (`training.background`). */
export function bulkBytesPerSecond({ training }: Cluster, fabric: Fabric): number {
  const { checkpointBytes, checkpointDrain, dataLoading } = training.background;
  const checkpoint = checkpointDrain === 0 ? 0 : checkpointBytes / checkpointDrain;
  return ((checkpoint + dataLoading * 125e6) * fabric.gpusPerServer) / fabric.railsPerServer;
}

/** Rates of each class on each link. */
export function shareLinks(cluster: Cluster, policy: AllocationPolicy, share: Share): Rates {
  if (policy === "allocation") return byAllocation(cluster, share);
  return policy === "fixed split" ? bySplit(share) : byStriping(share);
}

function byAllocation(cluster: Cluster, { capacities, wishes }: Share): Rates {
  const classes = classTableOf(cluster.switching);
  const links = capacities.map((rate): LinkCapacity => ({ rate, roundTrip: 0 }));
  const demands = studiedClasses.map(
    (name): ClassDemand => ({ config: classes[name], rate: wishes[name], messageSize: messageBytes[name] }),
  );
  const rates = allocate(links, demands);
  return byClass((index) => [rates[index]![0]!, rates[index]![1]!]);
}

/** Every class has shares of both links that were set when all was well: what the urgent ones then wanted, the rest to gradients. */
function bySplit({ lines, capacities, wishes, planned }: Share): Rates {
  const whole = lines[0] + lines[1];
  const bulk = Math.min(0.5, planned.bulk / whole);
  const activation = Math.min(1 - bulk, planned.activation / whole);
  const shares: Wishes = { bulk, activation, gradient: 1 - bulk - activation };
  return byClass((index) => {
    const name = studiedClasses[index]!;
    const offered = capacities.map((capacity) => capacity * shares[name]);
    const used = Math.min(1, wishes[name] / Math.max(1e-9, offered[0]! + offered[1]!));
    return [offered[0]! * used, offered[1]! * used];
  });
}

/** Everything is cut in halves for the two links, and what a class has on the slower one holds up the other: nobody goes first. */
function byStriping({ capacities, wishes }: Share): Rates {
  const dead = capacities[0] === 0 || capacities[1] === 0;
  const each = dead ? Math.max(...capacities) : Math.min(...capacities);
  const total = dead ? each : 2 * each;
  // Without priorities each class takes a share like any other, and what it does not want goes to the others.
  const order = [...studiedClasses].sort((left, right) => wishes[left] - wishes[right]);
  const taken = new Map<StudiedClass, number>();
  let left = total;
  for (const [at, name] of order.entries()) {
    const rate = Math.min(wishes[name], left / (order.length - at));
    taken.set(name, rate);
    left -= rate;
  }
  return byClass((index) => {
    const rate = taken.get(studiedClasses[index]!)!;
    if (!dead) return [rate / 2, rate / 2];
    return capacities[0] === 0 ? [0, rate] : [rate, 0];
  });
}

function byClass(rateOf: (index: number) => readonly [number, number]): Rates {
  return { gradient: rateOf(0), activation: rateOf(1), bulk: rateOf(2) };
}
