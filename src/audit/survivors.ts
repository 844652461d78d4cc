/**
 * Who can still talk to whom. Hosts do not forward: an endpoint (a rail of a server) is attached to the components of the
 * switch graph that its living links reach, and two endpoints can talk when they share one. A collective needs all
 * pairs, so of each group survives the heaviest family of endpoints that pairwise share a component: as each has at
 * most two, either all that share one component, or those of a triangle {a,b}, {b,c}, {a,c}. Of components that are
 * equally heavy for a group, the one that is heaviest for all groups together is taken, then the one with the lowest
 * living switch.
 */

import type { Cluster } from "../cluster/types.ts";
import type { Fabric } from "../fabric/types.ts";

/** Component of each switch; dead switches have -1, or keep the component that they had. */
export type ComponentOf = Int32Array;

export interface Cut {
  /** GPUs that lost their collective for good. */
  readonly fatalGpus: number;
  /** GPUs cut off from their own NIC whose data leaves over another NIC of their server. */
  readonly reroutedGpus: number;
  /** 1 for rails of which an endpoint is cut off. */
  readonly railBroken: Uint8Array;
}

/** GPUs of each rail: GPU g uses rail floor(g x rails / GPUs). */
export function gpusOfRails(gpusPerServer: number, rails: number): number[] {
  const counts = new Array<number>(rails).fill(0);
  for (let gpu = 0; gpu < gpusPerServer; gpu++) counts[Math.floor((gpu * rails) / gpusPerServer)]!++;
  return counts;
}

/** An endpoint's components as one number: 0 for none, else (low + 1) x 2^24 + high + 1. */
const shift = 16_777_216;

export class Survivors {
  readonly #fabric: Fabric;
  readonly #gpus: readonly number[];
  readonly #reroute: boolean;
  /** Groups of endpoints that must talk: rails where there is a scale-up network, else all together. */
  readonly #groups: number;
  /** Switch of each access link, by endpoint x links + side; -1 for none. */
  readonly #leafOf: Int32Array;

  constructor(fabric: Fabric, cluster: Cluster) {
    this.#fabric = fabric;
    this.#gpus = gpusOfRails(fabric.gpusPerServer, fabric.railsPerServer);
    const scaleUp = cluster.servers.scaleUpGbps > 0;
    this.#reroute = scaleUp && cluster.training.rerouteOverScaleUp;
    this.#groups = scaleUp ? fabric.railsPerServer : 1;
    this.#leafOf = fabric.accessLink.map((link) => (link < 0 ? -1 : fabric.links.upperSwitch[link]!));
  }

  /** Which components an endpoint reaches over the links that its mask leaves alive (bit s set: side s is dead). */
  codeOf(endpoint: number, deadSides: number, component: ComponentOf): number {
    const per = this.#fabric.linksPerEndpoint;
    let low = -1;
    let high = -1;
    for (let side = 0; side < per; side++) {
      const leaf = this.#leafOf[endpoint * per + side]!;
      if (leaf < 0 || (deadSides >> side) & 1 || component[leaf]! < 0) continue;
      const reached = component[leaf]!;
      if (low === -1) low = high = reached;
      else if (reached < low) low = reached;
      else if (reached > high) high = reached;
    }
    return low === -1 ? 0 : (low + 1) * shift + high + 1;
  }

  groupOf(endpoint: number): number {
    return this.#groups === 1 ? 0 : endpoint % this.#fabric.railsPerServer;
  }

  /** Weight of an endpoint in the choice of the surviving family: its GPUs first, then the endpoints themselves. */
  weightOf(endpoint: number): number {
    return this.#gpus[endpoint % this.#fabric.railsPerServer]! * 1_048_576 + 1;
  }

  /** How much weight of each group reaches which components. */
  tally(deadSides: Uint8Array, component: ComponentOf): Map<number, number>[] {
    const tallies = Array.from({ length: this.#groups }, () => new Map<number, number>());
    for (let endpoint = 0; endpoint < deadSides.length; endpoint++) {
      const code = this.codeOf(endpoint, deadSides[endpoint]!, component);
      const tally = tallies[this.groupOf(endpoint)]!;
      tally.set(code, (tally.get(code) ?? 0) + this.weightOf(endpoint));
    }
    return tallies;
  }

  /**
   * What is cut off. `tallies` is of this very state; `touched` lists all endpoints whose components are not those of
   * the state that `untouchedAreIn` speaks of. Endpoints outside `touched` are looked at only where a tally shows that
   * some are cut off. `isDead` tells dead switches, which may still have a component.
   */
  cut(
    tallies: readonly Map<number, number>[],
    deadSides: Uint8Array,
    component: ComponentOf,
    touched: Iterable<number>,
    isDead: (index: number) => boolean = () => false,
  ): Cut {
    const totals = starsOf(tallies);
    const lowest = (wanted: number) => component.findIndex((found, index) => found === wanted && !isDead(index));
    const families = tallies.map((tally) => survivingFamily(tally, totals, lowest));
    const rails = this.#fabric.railsPerServer;
    const railBroken = new Uint8Array(rails);
    const inFamily = (endpoint: number) =>
      families[this.groupOf(endpoint)]!(this.codeOf(endpoint, deadSides[endpoint]!, component));
    let expected = 0;
    for (const [group, tally] of tallies.entries())
      for (const [code, weight] of tally) if (weight > 0 && !families[group]!(code)) expected += weight;
    let fatalGpus = 0;
    let reroutedGpus = 0;
    const look = (endpoint: number) => {
      if (inFamily(endpoint)) return 0;
      const rail = endpoint % rails;
      railBroken[rail] = 1;
      const first = endpoint - rail;
      let canReroute = false;
      for (let other = 0; this.#reroute && other < rails && !canReroute; other++)
        canReroute = other !== rail && inFamily(first + other);
      if (canReroute) reroutedGpus += this.#gpus[rail]!;
      else fatalGpus += this.#gpus[rail]!;
      return this.weightOf(endpoint);
    };
    if (expected === 0) return { fatalGpus, reroutedGpus, railBroken };
    let seen = 0;
    for (const endpoint of touched) seen += look(endpoint);
    if (seen !== expected) {
      fatalGpus = 0;
      reroutedGpus = 0;
      for (let endpoint = 0; endpoint < deadSides.length; endpoint++) look(endpoint);
    }
    return { fatalGpus, reroutedGpus, railBroken };
  }
}

/** The weight that reaches each component, over several tallies. */
function starsOf(tallies: Iterable<ReadonlyMap<number, number>>): Map<number, number> {
  const stars = new Map<number, number>();
  for (const tally of tallies) {
    for (const [code, weight] of tally) {
      if (code === 0 || weight <= 0) continue;
      const low = Math.floor(code / shift) - 1;
      const high = (code % shift) - 1;
      stars.set(low, (stars.get(low) ?? 0) + weight);
      if (high !== low) stars.set(high, (stars.get(high) ?? 0) + weight);
    }
  }
  return stars;
}

/** Membership in the heaviest pairwise intersecting family of a group. */
function survivingFamily(
  tally: ReadonlyMap<number, number>,
  totals: ReadonlyMap<number, number>,
  lowest: (component: number) => number,
): (code: number) => boolean {
  let best = -1;
  let bestWeight = 0;
  for (const [component, weight] of starsOf([tally])) {
    const lead =
      weight - bestWeight || (totals.get(component) ?? 0) - (totals.get(best) ?? 0) || lowest(best) - lowest(component);
    if (lead <= 0) continue;
    best = component;
    bestWeight = weight;
  }
  const doubles: [number, number, number][] = [];
  for (const [code, weight] of tally) {
    const low = Math.floor(code / shift) - 1;
    const high = (code % shift) - 1;
    if (code !== 0 && weight > 0 && high !== low) doubles.push([low, high, weight]);
  }
  const triangle = heaviestTriangle(doubles, bestWeight);
  if (triangle !== undefined) return (code) => triangle.has(code);
  return (code) => code !== 0 && (Math.floor(code / shift) - 1 === best || (code % shift) - 1 === best);
}

/** The three codes of the heaviest triangle, if any is heavier than `least`. */
function heaviestTriangle(doubles: readonly [number, number, number][], least: number): Set<number> | undefined {
  const weightOf = new Map(doubles.map(([low, high, weight]) => [(low + 1) * shift + high + 1, weight]));
  const above = new Map<number, number[]>();
  for (const [low, high] of doubles) above.set(low, [...(above.get(low) ?? []), high]);
  let found: Set<number> | undefined;
  let most = least;
  for (const [first, second, weight] of [...doubles].sort((left, right) => left[0] - right[0] || left[1] - right[1])) {
    for (const third of (above.get(second) ?? []).toSorted((left, right) => left - right)) {
      const codes = [second, first].map((component) => (component + 1) * shift + third + 1);
      const closing = weightOf.get(codes[1]!);
      if (closing === undefined) continue;
      const sum = weight + weightOf.get(codes[0]!)! + closing;
      if (sum <= most) continue;
      most = sum;
      found = new Set([(first + 1) * shift + second + 1, ...codes]);
    }
  }
  return found;
}
