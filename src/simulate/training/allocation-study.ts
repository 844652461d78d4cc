/**
 * How the traffic of one NIC shares its two links: by the allocation of the switching core, by a fixed split and by equal
 * striping, as load and link health change. Rates are those of a GPU's NIC while gradients are exchanged.
 */

import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Job } from "./job.ts";
import {
  type AllocationPolicy,
  bulkBytesPerSecond,
  type Rates,
  type StudiedClass,
  shareLinks,
  sharingPolicies,
  type Wishes,
} from "./link-sharing.ts";
import { stepSeconds } from "./step.ts";

export interface AllocationRow {
  readonly state: string;
  readonly policy: AllocationPolicy;
  /** GB (1e9 bytes) a second of each class on link 1 and link 2. */
  readonly linkGBps: Readonly<Record<StudiedClass, readonly [number, number]>>;
  /** Time of the exchange of all gradients, without latency; null when gradients get nothing. */
  readonly exchangeS: number | null;
  readonly stepTimeS: number | null;
}

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

/** Rows for every state and policy; none for single links. */
export function studyAllocation(cluster: Cluster, fabric: Fabric, job: Job, payloadShare: number): AllocationRow[] {
  if (fabric.linksPerEndpoint === 1 || fabric.accessLink[0]! < 0 || fabric.accessLink[1]! < 0) return [];
  const { training } = cluster;
  const lines = [0, 1].map((side) => fabric.links.speedGbps[fabric.accessLink[side]!]! * 125e6 * payloadShare);
  const wishes: Wishes = {
    gradient: Number.POSITIVE_INFINITY,
    activation: job.activationBytes / fabric.railsPerServer / training.computePerStep,
    bulk: bulkBytesPerSecond(cluster, fabric),
  };
  return states.flatMap((state) => {
    const capacities = [lines[0]! * state.links[0], lines[1]! * state.links[1]] as const;
    const wanted = { ...wishes, bulk: wishes.bulk * state.bulk };
    const share = { lines: [lines[0]!, lines[1]!] as const, capacities, wishes: wanted, planned: wishes };
    return sharingPolicies.map((policy) =>
      rowOf(cluster, job, fabric.railsPerServer, state.name, policy, shareLinks(cluster, policy, share)),
    );
  });
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
