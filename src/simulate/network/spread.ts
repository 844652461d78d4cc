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
  /** Links on every path. */
  readonly hops: number;
  /** Whether the paths go up and then down; false for detours. */
  readonly isUpDown: boolean;
}

/** What switches have to choose from, by switch. */
interface Choice {
  readonly links: Int32Array;
  /** Those that the switch itself has not taken out of use. */
  readonly inUse: Int32Array;
  /** What these carry. */
  readonly capacity: Float64Array;
}

const noLinks = new Int32Array(0);

/** Works out spreads on one network, as its state is at the time. */
export class Spreader {
  readonly #state: NetworkState;
  readonly #adaptive: boolean;
  /** The share of the unit that is at each switch: what may still go up, and what only goes down. */
  readonly #rising: Float64Array;
  readonly #falling: Float64Array;
  readonly #up: Choice;
  readonly #down: Choice;
  #resources = new Int32Array(256);
  #shares = new Float64Array(256);
  #length = 0;

  /** `adaptive`: by what each link carries, else equally. */
  constructor(state: NetworkState, adaptive: boolean) {
    const { count } = state.network.fabric.switches;
    this.#state = state;
    this.#adaptive = adaptive;
    this.#rising = new Float64Array(count);
    this.#falling = new Float64Array(count);
    this.#up = choiceOf(count);
    this.#down = choiceOf(count);
  }

  /** The spread from a leaf to the leaf of the table, which routing must reach: over up-down paths, or any where none is left. */
  between(from: number, table: HopTable): Spread {
    const upDown = table.hops(from);
    const isUpDown = upDown < unreachableHops;
    const hops = isUpDown ? upDown : table.anyway()[from]!;
    assert(hops < unreachableHops, "routing reaches the leaf");
    this.#length = 0;
    this.#rising[from] = 1;
    if (isUpDown) this.#spreadUpDown(from, hops, table);
    else this.#spreadAnyway(from, hops, table.anyway());
    const resources = this.#resources.slice(0, this.#length);
    return { resources, shares: this.#shares.slice(0, this.#length), hops, isUpDown };
  }

  #spreadUpDown(from: number, start: number, table: HopTable): void {
    const { offsets, split, linksOf, fabric } = this.#state.network;
    const { lowerSwitch, upperSwitch } = fabric.links;
    const downLinks = table.downLinks();
    let nodes = [from];
    for (let hops = start; hops > 0; hops--) {
      const next: number[] = [];
      const links = downLinks[hops] ?? noLinks;
      for (const link of links)
        if (this.#rising[upperSwitch[link]!]! > 0 || this.#falling[upperSwitch[link]!]! > 0)
          this.#offer(this.#down, upperSwitch[link]!, downwards(link));
      for (const node of nodes)
        for (let at = offsets[node]!; at < split[node]!; at++) {
          const link = linksOf[at]!;
          if (table.hops(upperSwitch[link]!) === hops - 1 && !this.#state.isAvoidedEverywhere(link))
            this.#offer(this.#up, node, upwards(link));
        }
      for (const link of links) {
        const node = upperSwitch[link]!;
        let share = 0;
        if (this.#rising[node]! > 0) share += this.#rising[node]! * this.#part(node, downwards(link), true);
        if (this.#falling[node]! > 0) share += this.#falling[node]! * this.#part(node, downwards(link), false);
        if (share === 0) continue;
        this.#falling[lowerSwitch[link]!]! += share;
        this.#put(downwards(link), share);
      }
      for (const node of nodes)
        for (let at = offsets[node]!; at < split[node]!; at++) {
          const link = linksOf[at]!;
          const upper = upperSwitch[link]!;
          if (table.hops(upper) !== hops - 1 || this.#state.isAvoidedEverywhere(link)) continue;
          const share = this.#rising[node]! * this.#part(node, upwards(link), true);
          if (share === 0) continue;
          if (this.#rising[upper] === 0) next.push(upper);
          this.#rising[upper]! += share;
          this.#put(upwards(link), share);
        }
      for (const node of nodes) {
        this.#rising[node] = 0;
        forget(this.#up, node);
      }
      for (const link of links) {
        this.#falling[upperSwitch[link]!] = 0;
        forget(this.#down, upperSwitch[link]!);
      }
      nodes = next;
    }
    this.#falling[table.destination] = 0;
    for (const node of nodes) this.#rising[node] = 0;
  }

  #spreadAnyway(from: number, start: number, hopsOf: Uint8Array): void {
    const { offsets, linksOf, fabric } = this.#state.network;
    const { lowerSwitch, upperSwitch } = fabric.links;
    let nodes = [from];
    for (let hops = start; hops > 0; hops--) {
      const next: number[] = [];
      for (const node of nodes) {
        const candidates: number[] = [];
        for (let at = offsets[node]!; at < offsets[node + 1]!; at++) {
          const link = linksOf[at]!;
          const up = lowerSwitch[link] === node;
          const end = up ? upperSwitch[link]! : lowerSwitch[link]!;
          if (hopsOf[end] === hops - 1 && !this.#state.isAvoidedEverywhere(link))
            candidates.push(up ? upwards(link) : downwards(link));
        }
        for (const resource of candidates) this.#offer(this.#up, node, resource);
        for (const resource of candidates) {
          const share = this.#rising[node]! * this.#part(node, resource, true);
          if (share === 0) continue;
          const end = resource % 2 === 0 ? upperSwitch[resource >> 1]! : lowerSwitch[resource >> 1]!;
          if (this.#rising[end] === 0) next.push(end);
          this.#rising[end]! += share;
          this.#put(resource, share);
        }
        this.#rising[node] = 0;
        forget(this.#up, node);
      }
      nodes = next;
    }
    for (const node of nodes) this.#rising[node] = 0;
  }

  #offer({ links, inUse, capacity }: Choice, node: number, resource: number): void {
    links[node]!++;
    if (this.#state.isAvoidedNearby(resource >> 1)) return;
    inUse[node]!++;
    if (this.#adaptive) capacity[node]! += this.#state.capacity(resource);
  }

  /** The part of a switch's traffic that takes a link; of what goes only down with `mayRise` false. */
  #part(node: number, resource: number, mayRise: boolean): number {
    const up = this.#up;
    const down = this.#down;
    const links = down.links[node]! + (mayRise ? up.links[node]! : 0);
    if (links === 1) return 1;
    const inUse = down.inUse[node]! + (mayRise ? up.inUse[node]! : 0);
    if (inUse === 0) return 1 / links;
    if (this.#state.isAvoidedNearby(resource >> 1)) return 0;
    const capacity = down.capacity[node]! + (mayRise ? up.capacity[node]! : 0);
    return capacity > 0 ? this.#state.capacity(resource) / capacity : 1 / inUse;
  }

  #put(resource: number, share: number): void {
    if (this.#length === this.#resources.length) {
      const [resources, shares] = [this.#resources, this.#shares];
      this.#resources = new Int32Array(2 * this.#length);
      this.#shares = new Float64Array(2 * this.#length);
      this.#resources.set(resources);
      this.#shares.set(shares);
    }
    this.#resources[this.#length] = resource;
    this.#shares[this.#length++] = share;
  }
}

function choiceOf(switches: number): Choice {
  return {
    links: new Int32Array(switches),
    inUse: new Int32Array(switches),
    capacity: new Float64Array(switches),
  };
}

function forget({ links, inUse, capacity }: Choice, node: number): void {
  links[node] = 0;
  inUse[node] = 0;
  capacity[node] = 0;
}
