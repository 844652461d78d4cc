/** Which leaves still reach the others of their plane. */

import type { Fabric } from "../../fabric/types.ts";
import type { NetworkState } from "../network/index.ts";

export class Reachability {
  readonly #state: NetworkState;
  /** Fewest links up of any leaf: with fewer dead links than that no leaf is cut off. */
  readonly #uplinksMin: number;
  /** 1 for leaves that reach the others. */
  readonly #joined: Uint8Array;
  #allJoined = true;

  constructor(state: NetworkState) {
    this.#state = state;
    const { fabric } = state.network;
    this.#joined = new Uint8Array(fabric.switches.count).fill(1);
    const uplinks = new Int32Array(fabric.switches.count);
    for (const lower of fabric.links.lowerSwitch) if (lower >= 0) uplinks[lower]!++;
    this.#uplinksMin = uplinks.reduce((least, each) => (each > 0 && each < least ? each : least), fabric.links.count);
  }

  /** Whether endpoints under a leaf (switch index) reach the others. */
  isJoined(leaf: number): boolean {
    return this.#joined[leaf] === 1;
  }

  /** Looks again, with so many links between switches dead; returns the leaves whose answer has changed. */
  update(deadLinks: number): number[] {
    if (deadLinks < this.#uplinksMin) {
      if (this.#allJoined) return [];
      return this.#take(new Uint8Array(this.#joined.length).fill(1));
    }
    return this.#take(joinedLeaves(this.#state.network.fabric, this.#state));
  }

  #take(now: Uint8Array): number[] {
    const changed: number[] = [];
    this.#allJoined = true;
    for (let index = 0; index < now.length; index++) {
      if (now[index] === 0) this.#allJoined = false;
      if (now[index] === this.#joined[index]) continue;
      this.#joined[index] = now[index]!;
      changed.push(index);
    }
    return changed;
  }
}

/** 1 for the switches in the component of their plane that has the most access links. */
function joinedLeaves(fabric: Fabric, state: NetworkState): Uint8Array {
  const { switches, links } = fabric;
  const parent = Int32Array.from({ length: switches.count }, (_, index) => index);
  const find = (index: number): number => {
    let root = index;
    while (parent[root] !== root) root = parent[root]!;
    for (let at = index; at !== root; ) [at, parent[at]] = [parent[at]!, root];
    return root;
  };
  const weight = new Float64Array(switches.count);
  for (let link = 0; link < links.count; link++) {
    const upper = links.upperSwitch[link]!;
    const lower = links.lowerSwitch[link]!;
    if (lower < 0) continue;
    if (state.share(2 * link) > 0 && state.share(2 * link + 1) > 0) parent[find(lower)] = find(upper);
  }
  for (let link = 0; link < links.count; link++)
    if (links.lowerSwitch[link]! < 0) weight[find(links.upperSwitch[link]!)]!++;
  const best = new Map<number, number>();
  for (let index = 0; index < switches.count; index++) {
    const root = find(index);
    const plane = switches.plane[index]!;
    const leader = best.get(plane);
    if (leader === undefined || weight[root]! > weight[leader]!) best.set(plane, root);
  }
  return Uint8Array.from({ length: switches.count }, (_, index) =>
    find(index) === best.get(switches.plane[index]!) ? 1 : 0,
  );
}
