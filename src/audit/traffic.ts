/**
 * What the ring AllReduce asks of the fabric. Each rail has one or two rates: with load-balancing over two links one for
 * each side's sub-ring, otherwise one. A hop from x to y carries its rates over the links that serve it; between two
 * leaves it becomes a demand, and on the two access links a row of the constraints.
 */

import type { Cluster } from "../cluster/types.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Rings } from "./ring.ts";
import type { ComponentOf } from "./survivors.ts";

/** Receives what a hop asks for: demands between leaves (switch indices) and the load of single access links. */
export interface TrafficSink {
  demand(fromLeaf: number, toLeaf: number, variable: number): void;
  /** A constraint of its own: the sum of the rail's rates in `mask` is at most the speed. */
  access(rail: number, mask: number, speedIndex: number): void;
}

export class Traffic {
  readonly fabric: Fabric;
  readonly rings: Rings;
  /** Rates of each rail: 1 or 2. */
  readonly perRail: 1 | 2;
  readonly variables: number;
  /** Distinct access speeds, in Gbps. */
  readonly speeds: readonly number[];
  readonly #speedIndex: Int32Array;
  readonly #leafOf: Int32Array;
  readonly #mode: Cluster["switching"]["mode"];
  readonly #firstSide: 0 | 1;

  constructor(fabric: Fabric, cluster: Cluster, rings: Rings) {
    this.fabric = fabric;
    this.rings = rings;
    this.#mode = cluster.switching.mode;
    const two = fabric.linksPerEndpoint === 2;
    this.perRail = two && this.#mode === "load-balancing" ? 2 : 1;
    this.variables = this.perRail * fabric.railsPerServer;
    this.#firstSide = two && this.#mode === "active-standby" && cluster.switching.primary === 2 ? 1 : 0;
    const speeds = new Map<number, number>();
    this.#speedIndex = fabric.accessLink.map((link) => {
      if (link < 0) return -1;
      const speed = fabric.links.speedGbps[link]!;
      const index = speeds.get(speed) ?? speeds.size;
      speeds.set(speed, index);
      return index;
    });
    this.speeds = [...speeds.keys()];
    this.#leafOf = fabric.accessLink.map((link) => (link < 0 ? -1 : fabric.links.upperSwitch[link]!));
  }

  /** What the hop that leaves endpoint x in its ring asks for, given which sides are dead and what is joined. */
  hop(x: number, deadSides: Uint8Array, component: ComponentOf, sink: TrafficSink): void {
    const y = this.rings.next[x]!;
    if (x === y) return;
    const sides = this.fabric.linksPerEndpoint;
    const rail = x % this.fabric.railsPerServer;
    const all = (1 << this.perRail) - 1;
    if (sides === 1) {
      if (this.#serves(x, 0, y, 0, deadSides, component)) this.#carry(x, 0, y, 0, rail, all, sink);
      return;
    }
    const direct = [0, 1].map((side) => this.#serves(x, side, y, side, deadSides, component));
    if (this.#mode !== "active-standby" && direct[0] && direct[1]) {
      this.#carry(x, 0, y, 0, rail, 1, sink);
      this.#carry(x, 1, y, 1, rail, this.perRail === 2 ? 2 : 1, sink);
      return;
    }
    const first = this.#firstSide;
    const second = 1 - first;
    for (const [from, to] of [
      [first, first],
      [second, second],
      [first, second],
      [second, first],
    ] as const) {
      if (!this.#serves(x, from, y, to, deadSides, component)) continue;
      this.#carry(x, from, y, to, rail, all, sink);
      return;
    }
  }

  #serves(x: number, from: number, y: number, to: number, deadSides: Uint8Array, component: ComponentOf): boolean {
    if ((deadSides[x]! >> from) & 1 || (deadSides[y]! >> to) & 1) return false;
    const sides = this.fabric.linksPerEndpoint;
    const fromLeaf = this.#leafOf[x * sides + from]!;
    const toLeaf = this.#leafOf[y * sides + to]!;
    return fromLeaf >= 0 && toLeaf >= 0 && component[fromLeaf]! >= 0 && component[fromLeaf] === component[toLeaf];
  }

  #carry(x: number, from: number, y: number, to: number, rail: number, mask: number, sink: TrafficSink): void {
    const sides = this.fabric.linksPerEndpoint;
    const fromLink = x * sides + from;
    const toLink = y * sides + to;
    sink.access(rail, mask, this.#speedIndex[fromLink]!);
    sink.access(rail, mask, this.#speedIndex[toLink]!);
    const fromLeaf = this.#leafOf[fromLink]!;
    const toLeaf = this.#leafOf[toLink]!;
    if (fromLeaf === toLeaf) return;
    for (let rate = 0; rate < this.perRail; rate++)
      if ((mask >> rate) & 1) sink.demand(fromLeaf, toLeaf, rail * this.perRail + rate);
  }
}
