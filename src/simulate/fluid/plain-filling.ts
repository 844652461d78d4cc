/**
 * Progressive filling of a whole network whose variables are all alike: weight and coefficients 1, one class, no limits of
 * their own. It reads the variables where they lie, and touches half the memory that {@link Filling} does.
 */

import { cancelled, fullFrom, nothing } from "./filling.ts";
import type { Incidence } from "./incidence.ts";
import { LevelQueue } from "./level-queue.ts";

export class PlainFilling {
  /** Variables of resource r: chain[chainStart[r]] up to chain[chainStart[r + 1]]. */
  #chainStart = new Int32Array(0);
  #chain = new Int32Array(0);
  /** Of each resource, side by side: what is left, and how many entries of variables rise. */
  #sums = new Float64Array(0);
  /** Resources of variable v: #row[#rowStart[v]] up to #row[#rowStart[v + 1]]. */
  #rowStart = new Int32Array(1);
  #row = new Int32Array(0);
  #ownRow = new Int32Array(0);
  /** 1 for variables that rise. */
  #rises = new Uint8Array(0);
  readonly #queue = new LevelQueue();

  /** Computes the `rates` of all variables, and which resources are `full`. */
  run(matrix: Incidence, capacities: Float64Array, rates: Float64Array, full: Uint8Array): void {
    let open = this.#startRising(matrix, rates);
    this.#lineUp(matrix);
    this.#transpose(matrix);
    const { resourceCount, degree } = matrix;
    const rowStart = this.#rowStart;
    const row = this.#row;
    const queue = this.#queue;
    const chainStart = this.#chainStart;
    const chain = this.#chain;
    const sums = this.#sums;
    const rises = this.#rises;
    for (let resource = 0; resource < resourceCount; resource++) {
      const count = degree[resource]!;
      sums[2 * resource] = capacities[resource]!;
      sums[2 * resource + 1] = count;
      if (count > 0) queue.push(capacities[resource]! / count, resource);
    }
    while (open > 0) {
      const resource = queue.pop()!;
      if (sums[2 * resource + 1] === 0) continue;
      const now = this.#level(resource, capacities[resource]!, rates);
      if (now > queue.level * (1 + 1e-14)) {
        queue.push(now, resource);
        continue;
      }
      const end = chainStart[resource + 1]!;
      for (let at = chainStart[resource]!; at < end; at++) {
        const id = chain[at]!;
        if (rises[id] === 0) continue;
        rises[id] = 0;
        rates[id] = now;
        open--;
        const last = rowStart[id + 1]!;
        for (let entry = rowStart[id]!; entry < last; entry++) {
          const sum = 2 * row[entry]!;
          sums[sum]! -= now;
          sums[sum + 1]!--;
        }
      }
      sums[2 * resource] = 0;
    }
    queue.clear();
    for (let resource = 0; resource < resourceCount; resource++)
      full[resource] = sums[2 * resource]! <= capacities[resource]! * (1 - fullFrom) ? 1 : 0;
  }

  /** Sets all variables rising that load something; returns how many. */
  #startRising({ idCount, live, length }: Incidence, rates: Float64Array): number {
    if (this.#rises.length < idCount) this.#rises = new Uint8Array(2 * idCount);
    let open = 0;
    for (let id = 0; id < idCount; id++) {
      const rises = live[id] === 1 && length[id]! > 0;
      this.#rises[id] = rises ? 1 : 0;
      if (rises) open++;
      else rates[id] = live[id] === 1 ? Number.POSITIVE_INFINITY : 0;
    }
    return open;
  }

  /** Finds the rows of the variables: where they lie if they follow one another there, else copied. */
  #lineUp({ idCount, start, length, entryResource }: Incidence): void {
    if (this.#rowStart.length <= idCount) this.#rowStart = new Int32Array(2 * idCount + 1);
    const rowStart = this.#rowStart;
    let entries = 0;
    let areInTurn = true;
    for (let id = 0; id < idCount; id++) {
      rowStart[id] = entries;
      if (length[id] === 0) continue;
      if (start[id] !== entries) areInTurn = false;
      entries += length[id]!;
    }
    rowStart[idCount] = entries;
    this.#row = entryResource;
    if (areInTurn) return;
    if (this.#ownRow.length < entries) this.#ownRow = new Int32Array(2 * entries);
    this.#row = this.#ownRow;
    for (let id = 0; id < idCount; id++) {
      const shift = start[id]! - rowStart[id]!;
      for (let entry = rowStart[id]!; entry < rowStart[id + 1]!; entry++)
        this.#row[entry] = entryResource[entry + shift]!;
    }
  }

  #transpose({ resourceCount, degree, idCount }: Incidence): void {
    if (this.#chainStart.length <= resourceCount) {
      this.#chainStart = new Int32Array(resourceCount + 1);
      this.#sums = new Float64Array(2 * resourceCount);
    }
    const chainStart = this.#chainStart;
    let entries = 0;
    for (let resource = 0; resource < resourceCount; resource++) {
      entries += degree[resource]!;
      chainStart[resource] = entries;
    }
    chainStart[resourceCount] = entries;
    if (this.#chain.length < entries) this.#chain = new Int32Array(2 * entries);
    const chain = this.#chain;
    const rowStart = this.#rowStart;
    const row = this.#row;
    // Removed variables have no entries.
    for (let id = idCount - 1; id >= 0; id--) {
      const first = rowStart[id]!;
      for (let entry = rowStart[id + 1]! - 1; entry >= first; entry--) {
        const at = chainStart[row[entry]!]! - 1;
        chainStart[row[entry]!] = at;
        chain[at] = id;
      }
    }
  }

  /** The level at which a resource will be full if nothing else stops its variables, exact but for the last digits. */
  #level(resource: number, capacity: number, rates: Float64Array): number {
    const sums = this.#sums;
    let left = sums[2 * resource]!;
    if (left < cancelled * capacity) {
      left = capacity;
      const end = this.#chainStart[resource + 1]!;
      for (let at = this.#chainStart[resource]!; at < end; at++) {
        const id = this.#chain[at]!;
        if (this.#rises[id] === 0) left -= rates[id]!;
      }
      sums[2 * resource] = left;
    }
    return left <= nothing * capacity ? 0 : left / sums[2 * resource + 1]!;
  }
}
