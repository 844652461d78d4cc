/**
 * How gradients, activations and bulk share the watched NIC's two links over a step, at every pace of the run. While gradients flow
 * they and bulk share the links; in the rest of the step bulk goes on with activations and makes up for what it was held
 * back. So after a failure gradients take what they can and bulk is paced.
 */

import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/types.ts";
import { type NetworkState, upwards } from "../network/index.ts";
import type { LinkSharing } from "../result.ts";
import type { Job } from "./job.ts";
import {
  bulkBytesPerSecond,
  type Rates,
  type Share,
  shareLinks,
  sharingPolicies,
  type Wishes,
} from "./link-sharing.ts";
import { type StepPace, type StepShape, stepSeconds } from "./step.ts";

/** The watched NIC while gradients flow, in bytes a second. */
export interface WatchedNic {
  /** What each link carries now of data that the switching core sends over it. */
  readonly capacities: readonly [number, number];
  /** Gradients on both links, as fast as their rings go. */
  readonly gradients: number;
}

/** A NIC as it is now. `gradients`: on each of its links; undefined when it has not two links. */
export function watchedNic(
  state: NetworkState,
  endpoint: number,
  carries: readonly [boolean, boolean],
  payloadShare: number,
  gradients: readonly number[],
): WatchedNic | undefined {
  const { accessLink, linksPerEndpoint, links } = state.network.fabric;
  const own = ([0, 1] as const).map((side) => ({ link: accessLink[endpoint * linksPerEndpoint + side]!, side }));
  if (linksPerEndpoint === 1 || own.some(({ link }) => link < 0)) return undefined;
  const lines = own.map(({ link }) => links.speedGbps[link]! * 125e6 * payloadShare);
  const now = own.map(({ link, side }) => (carries[side] ? lines[side]! * state.share(upwards(link)) : 0));
  return {
    capacities: [now[0]!, now[1]!],
    gradients: gradients.reduce((sum, rate) => sum + rate, 0),
  };
}

export class SharingRecord {
  readonly #cluster: Cluster;
  readonly #shape: StepShape;
  readonly #bulk: number;
  /** Activations of a NIC in one step, in bytes. */
  readonly #activationBytes: number;
  readonly #latencyS: number;
  /** What was wanted at the first pace, which the fixed split is set for. */
  #planned: Wishes | undefined;
  /** What each link then carried: a standby link nothing. */
  #plannedLines: readonly [number, number] | undefined;
  readonly #numbers = new Map<string, number>();
  /** Distinct sharings, in the order in which they first came up. */
  readonly distinct: (readonly LinkSharing[])[] = [];

  /** `latencyS`: what of an exchange's time no bandwidth shortens. */
  constructor(cluster: Cluster, fabric: Fabric, job: Job, shape: StepShape, latencyS: number) {
    this.#latencyS = latencyS;
    this.#cluster = cluster;
    this.#shape = shape;
    this.#bulk = bulkBytesPerSecond(cluster, fabric);
    this.#activationBytes = job.activationBytes / fabric.railsPerServer;
  }

  /** Number of the sharing at this pace, which must not stand still; null when gradients have the links for themselves. */
  numberOf(nic: WatchedNic, pace: StepPace): number | null {
    if (this.#bulk === 0 && this.#activationBytes === 0) return null;
    const key = [...nic.capacities, nic.gradients, pace.exchangeS, pace.activationS].join();
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.distinct.length;
      this.distinct.push(this.#share(nic, pace));
      this.#numbers.set(key, number);
    }
    return number;
  }

  #share({ capacities, gradients }: WatchedNic, pace: StepPace): LinkSharing[] {
    this.#plannedLines ??= capacities;
    const lines = this.#plannedLines;
    this.#planned ??= {
      gradient: gradients,
      activation: this.#activationBytes / stepSeconds(this.#shape, pace),
      bulk: this.#bulk,
    };
    const planned = this.#planned;
    return sharingPolicies.map((policy): LinkSharing => {
      const rates = (wishes: Share["wishes"]) =>
        shareLinks(this.#cluster, policy, { lines, capacities, wishes, planned });
      const sending = rates({ gradient: gradients, activation: 0, bulk: this.#bulk });
      const got = both(sending.gradient);
      const slower = gradients === 0 ? 1 : gradients / got;
      // Bytes flow but for the latency, which no bandwidth shortens.
      const movingS = Math.max(0, pace.exchangeS - this.#latencyS);
      const exchangeS = pace.exchangeS + movingS * (slower - 1);
      const stepS = stepSeconds(this.#shape, { ...pace, exchangeS });
      if (stepS === Number.POSITIVE_INFINITY) return stopped(policy);
      const sendingS = Math.min(movingS * slower, stepS);
      const restS = stepS - sendingS;
      const owed = Math.max(0, this.#bulk * stepS - both(sending.bulk) * sendingS);
      const resting =
        restS <= 0 ? undefined : rates({ gradient: 0, activation: this.#activationBytes / restS, bulk: owed / restS });
      const mean = (name: keyof Rates, link: 0 | 1) =>
        (sending[name][link] * sendingS + (resting?.[name][link] ?? 0) * restS) / stepS / 1e9;
      const links = (name: keyof Rates) => [mean(name, 0), mean(name, 1)] as const;
      const linkGBps = { gradient: links("gradient"), activation: links("activation"), bulk: links("bulk") };
      const bulkKept = this.#bulk === 0 ? 1 : Math.min(1, (both(linkGBps.bulk) * 1e9) / this.#bulk);
      return { policy, exchangeS, stepTimeS: stepS, bulkKept, linkGBps };
    });
  }
}

function both([first, second]: readonly [number, number]): number {
  return first + second;
}

function stopped(policy: LinkSharing["policy"]): LinkSharing {
  const linkGBps = { gradient: [0, 0], activation: [0, 0], bulk: [0, 0] } as const;
  return { policy, exchangeS: null, stepTimeS: null, bulkKept: 0, linkGBps };
}
