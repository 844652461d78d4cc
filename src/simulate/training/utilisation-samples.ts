/** How busy the switches are while gradients flow, sampled in the middle of equally long pieces of the run. */

import { switchName } from "../../fabric/names.ts";
import { downwards, type Network, upwards } from "../network/index.ts";
import type { Utilisation } from "../result.ts";
import type { JobNetwork } from "./job-network.ts";

/** Directions of links looked at over a whole run at most. */
const looksMax = 2_000_000;
const samplesMax = 200;

export class UtilisationSamples {
  readonly #network: JobNetwork;
  readonly #atS: number[] = [];
  readonly #shares: (readonly number[])[] = [];
  readonly #capacity: Float64Array;
  readonly #intervalUs: number;

  constructor(network: JobNetwork, durationUs: number) {
    this.#network = network;
    const plain = network.state.network;
    const count = Math.max(2, Math.min(samplesMax, Math.floor(looksMax / (2 * plain.fabric.links.count))));
    this.#intervalUs = durationUs / count;
    this.#capacity = sumOverSwitches(plain, (resource) => plain.capacities[resource]!);
  }

  /** The state of now lasts until `atUs`: takes the samples that fall due before. */
  lasts(atUs: number): void {
    let shares: readonly number[] | undefined;
    for (;;) {
      // In the middle: what happens at round times lasts milliseconds at the beginning of a piece.
      const dueUs = (this.#atS.length + 0.5) * this.#intervalUs;
      if (dueUs >= atUs) return;
      shares ??= this.#sharesNow();
      this.#atS.push((this.#atS.length * this.#intervalUs) / 1e6);
      this.#shares.push(shares);
    }
  }

  #sharesNow(): readonly number[] {
    const { gradients, state } = this.#network;
    const rates = gradients.rates();
    const busy = sumOverSwitches(state.network, (resource) => gradients.loadOn(resource, rates));
    return Array.from(busy, (load, index) => (this.#capacity[index] === 0 ? 0 : load / this.#capacity[index]!));
  }

  result(): Utilisation {
    const { fabric } = this.#network.state.network;
    return {
      switches: Array.from({ length: fabric.switches.count }, (_, index) => switchName(fabric, index)),
      atS: this.#atS,
      share: this.#shares,
    };
  }
}

/** Adds up both directions of all links of each switch. */
function sumOverSwitches({ fabric }: Network, amountOf: (resource: number) => number): Float64Array {
  const { links, switches } = fabric;
  const sums = new Float64Array(switches.count);
  for (let link = 0; link < links.count; link++) {
    const value = amountOf(upwards(link)) + amountOf(downwards(link));
    sums[links.upperSwitch[link]!]! += value;
    if (links.lowerSwitch[link]! >= 0) sums[links.lowerSwitch[link]!]! += value;
  }
  return sums;
}
