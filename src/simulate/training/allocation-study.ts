/**
 * How the traffic of one NIC shares its two links: by the allocation of the switching core, by a fixed split and by equal
 * striping, as load and link health change. Rates are those of a GPU's NIC while gradients are exchanged.
 */

import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/types.ts";
import { allocate, type ClassDemand, type LinkCapacity, type TrafficClass } from "../../switching/index.ts";
import { classTableOf } from "../takeover/pair-config.ts";
import type { Job } from "./job.ts";
import { stepSeconds } from "./step.ts";

export type AllocationPolicy = "allocation" | "fixed split" | "equal striping";
export const studiedClasses = ["gradient", "activation", "bulk"] as const satisfies readonly TrafficClass[];
type StudiedClass = (typeof studiedClasses)[number];

export interface AllocationRow {
  readonly state: string;
  readonly policy: AllocationPolicy;
  /** GB (1e9 bytes) a second of each class on link 1 and link 2. */
  readonly linkGBps: Readonly<Record<StudiedClass, readonly [number, number]>>;
  /** Time of the exchange of all gradients, without latency; null when gradients get nothing. */
  readonly exchangeS: number | null;
  readonly stepTimeS: number | null;
}

/** What each class wants, in bytes a second; gradients take all they get. */
type Wishes = Readonly<Record<StudiedClass, number>>;
/** Rates of each class on each link, in bytes a second. */
type Rates = Readonly<Record<StudiedClass, readonly [number, number]>>;

interface State {
  readonly name: string;
  /** Share of each link that is left. */
  readonly links: readonly [number, number];
  /** Factor on the bulk traffic. */
  readonly bulk: number;
}

const states: readonly State[] = [
  { name: "healthy", links: [1, 1], bulk: 1 },
  { name: "healthy, twice the bulk", links: [1, 1], bulk: 2 },
  { name: "link 1 at half its rate", links: [0.5, 1], bulk: 1 },
  { name: "link 1 failed", links: [0, 1], bulk: 1 },
  { name: "link 2 failed", links: [1, 0], bulk: 1 },
];

/** Typical messages, in bytes: they decide which link a class prefers (src/switching/allocation.ts). */
const messageBytes: Wishes = { gradient: 1 << 20, activation: 1 << 16, bulk: 1 << 20 };

/** Rows for every state and policy; none for single links. */
export function studyAllocation(cluster: Cluster, fabric: Fabric, job: Job, payloadShare: number): AllocationRow[] {
  if (fabric.linksPerEndpoint === 1 || fabric.accessLink[0]! < 0 || fabric.accessLink[1]! < 0) return [];
  const { training } = cluster;
  const lines = [0, 1].map((side) => fabric.links.speedGbps[fabric.accessLink[side]!]! * 125e6 * payloadShare);
  const gpusPerRail = fabric.gpusPerServer / fabric.railsPerServer;
  const { checkpointBytes, checkpointDrain, dataLoading } = training.background;
  const checkpoint = checkpointDrain === 0 ? 0 : checkpointBytes / checkpointDrain;
  const wishes: Wishes = {
    gradient: Number.POSITIVE_INFINITY,
    activation: job.activationBytes / fabric.railsPerServer / training.computePerStep,
    bulk: (checkpoint + dataLoading * 125e6) * gpusPerRail,
  };
  return states.flatMap((state) => {
    const capacities = [lines[0]! * state.links[0], lines[1]! * state.links[1]] as const;
    const wanted = { ...wishes, bulk: wishes.bulk * state.bulk };
    const divisions: Readonly<Record<AllocationPolicy, Rates>> = {
      allocation: byAllocation(cluster, capacities, wanted),
      "fixed split": bySplit([lines[0]!, lines[1]!], capacities, wanted, wishes),
      "equal striping": byStriping(capacities, wanted),
    };
    return Object.entries(divisions).map(([policy, rates]) =>
      rowOf(cluster, job, fabric.railsPerServer, state.name, policy as AllocationPolicy, rates),
    );
  });
}

function byAllocation(cluster: Cluster, capacities: readonly [number, number], wishes: Wishes): Rates {
  const classes = classTableOf(cluster.switching);
  const links = capacities.map((rate): LinkCapacity => ({ rate, roundTrip: 0 }));
  const demands = studiedClasses.map(
    (name): ClassDemand => ({ config: classes[name], rate: wishes[name], messageSize: messageBytes[name] }),
  );
  const rates = allocate(links, demands);
  return byClass((index) => [rates[index]![0]!, rates[index]![1]!]);
}

/** Every class has shares of both links that were set when all was well: what the urgent ones then wanted, the rest to gradients. */
function bySplit(
  lines: readonly [number, number],
  capacities: readonly [number, number],
  wishes: Wishes,
  planned: Wishes,
): Rates {
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
function byStriping(capacities: readonly [number, number], wishes: Wishes): Rates {
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

function rowOf(
  cluster: Cluster,
  job: Job,
  rails: number,
  state: string,
  policy: AllocationPolicy,
  rates: Rates,
): AllocationRow {
  const { computePerStep: computeS, overlap, buckets } = cluster.training;
  const gradient = rates.gradient[0] + rates.gradient[1];
  const exchangeS = gradient === 0 ? null : job.exchangeBytes / rails / gradient;
  const gigabytes = ([first, second]: readonly [number, number]) => [first / 1e9, second / 1e9] as const;
  return {
    state,
    policy,
    linkGBps: {
      gradient: gigabytes(rates.gradient),
      activation: gigabytes(rates.activation),
      bulk: gigabytes(rates.bulk),
    },
    exchangeS,
    stepTimeS: exchangeS === null ? null : stepSeconds({ computeS, overlap, buckets }, { exchangeS, activationS: 0 }),
  };
}
