/** How busy the switches are while gradients flow, sampled when the pace changes. */

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
  readonly #shares: number[][] = [];
  readonly #capacity: Float64Array;
  readonly #limit: number;

  constructor(network: JobNetwork) {
    this.#network = network;
    const plain = network.state.network;
    this.#limit = Math.max(2, Math.min(samplesMax, Math.floor(looksMax / (2 * plain.fabric.links.count))));
    this.#capacity = sumOverSwitches(plain, (resource) => plain.capacities[resource]!);
  }

  /** Takes a sample, unless there are enough. */
  take(atUs: number): void {
    if (this.#atS.length >= this.#limit) return;
    const { gradients, state } = this.#network;
    const rates = gradients.rates();
    const busy = sumOverSwitches(state.network, (resource) => gradients.loadOn(resource, rates));
    this.#atS.push(atUs / 1e6);
    this.#shares.push(
      Array.from(busy, (load, index) => (this.#capacity[index] === 0 ? 0 : load / this.#capacity[index]!)),
    );
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
