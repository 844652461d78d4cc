/** Spreads between leaves, kept until routing or the links change. */

import type { Loads } from "./loads.ts";
import { downwards, upwards } from "./network.ts";
import type { Router } from "./router.ts";
import { type Spread, Spreader } from "./spread.ts";

export class SpreadTable {
  readonly #adaptive: boolean;
  #spreader: Spreader | undefined;
  readonly #spreads = new Map<number, Spread>();

  /** `adaptive`: by what each link carries, else equally. */
  constructor(adaptive: boolean) {
    this.#adaptive = adaptive;
  }

  /** Forgets all: a link or what routing knows has changed. */
  clear(): void {
    this.#spreads.clear();
  }

  /** Adds `amount` of a connection, spread over the equal-cost paths between two links of two endpoints. */
  add(
    loads: Loads,
    router: Router,
    source: number,
    sourceSide: number,
    destination: number,
    destinationSide: number,
    amount: number,
  ): void {
    const { accessLink, linksPerEndpoint, links } = router.state.network.fabric;
    if (source === destination) return;
    const first = accessLink[source * linksPerEndpoint + sourceSide]!;
    const last = accessLink[destination * linksPerEndpoint + destinationSide]!;
    loads.add(upwards(first), amount);
    loads.add(downwards(last), amount);
    const { resources, shares } = this.#between(router, links.upperSwitch[first]!, links.upperSwitch[last]!);
    for (let index = 0; index < resources.length; index++) loads.add(resources[index]!, amount * shares[index]!);
  }

  #between(router: Router, from: number, to: number): Spread {
    const key = from * router.state.network.fabric.switches.count + to;
    let spread = this.#spreads.get(key);
    if (spread === undefined) {
      this.#spreader ??= new Spreader(router.state, this.#adaptive);
      spread = this.#spreader.between(from, router.table(to));
      this.#spreads.set(key, spread);
    }
    return spread;
  }
}
