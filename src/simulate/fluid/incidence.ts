/**
 * Which variable loads which resource by how much: a sparse matrix that changes. A variable's entries lie side by side; the
 * entries of a resource are chained.
 */

import { assert } from "../../base/assert.ts";

export class Incidence {
  readonly resourceCount: number;
  /** Variables live: 1, removed: 0. */
  live = new Uint8Array(64);
  /** First entry of each variable, and how many it has. */
  start = new Int32Array(64);
  length = new Int32Array(64);
  entryResource = new Int32Array(256);
  entryVariable = new Int32Array(256);
  entryCoefficient = new Float64Array(256);
  /** First entry of each resource's chain, and the one after each entry; -1 for none. */
  readonly head: Int32Array;
  next = new Int32Array(256);
  /** Entries of each resource. */
  readonly degree: Int32Array;
  /** Ids given so far: every variable's id is less. */
  idCount = 0;
  variableCount = 0;
  #before = new Int32Array(256);
  #entryCount = 0;
  readonly #freeIds: number[] = [];
  /** First entries of free blocks, by length. */
  readonly #freeBlocks = new Map<number, number[]>();

  constructor(resourceCount: number) {
    this.resourceCount = resourceCount;
    this.head = new Int32Array(resourceCount).fill(-1);
    this.degree = new Int32Array(resourceCount);
  }

  /** Adds a variable and returns its id; ids of removed variables are used again. `coefficients` default to 1. */
  add(resources: ArrayLike<number>, coefficients: ArrayLike<number> | undefined): number {
    const id = this.#freeIds.pop() ?? this.idCount++;
    if (id === this.live.length) this.#growVariables();
    this.live[id] = 1;
    this.variableCount++;
    this.#fill(id, resources, coefficients);
    return id;
  }

  remove(id: number): void {
    assert(this.live[id] === 1, "a variable is removed once");
    this.#empty(id);
    this.live[id] = 0;
    this.variableCount--;
    this.#freeIds.push(id);
  }

  /** Gives a variable other entries. */
  replace(id: number, resources: ArrayLike<number>, coefficients: ArrayLike<number> | undefined): void {
    this.#empty(id);
    this.#fill(id, resources, coefficients);
  }

  #fill(id: number, resources: ArrayLike<number>, coefficients: ArrayLike<number> | undefined): void {
    const count = resources.length;
    const start = this.#freeBlocks.get(count)?.pop() ?? this.#newBlock(count);
    this.start[id] = start;
    this.length[id] = count;
    for (let index = 0; index < count; index++) {
      const entry = start + index;
      const resource = resources[index]!;
      const coefficient = coefficients === undefined ? 1 : coefficients[index]!;
      assert(resource >= 0 && resource < this.resourceCount, "a resource of the network");
      assert(coefficient > 0 && coefficient < Number.POSITIVE_INFINITY, "a coefficient is above 0");
      this.entryResource[entry] = resource;
      this.entryVariable[entry] = id;
      this.entryCoefficient[entry] = coefficient;
      const first = this.head[resource]!;
      this.next[entry] = first;
      this.#before[entry] = -1;
      if (first >= 0) this.#before[first] = entry;
      this.head[resource] = entry;
      this.degree[resource]!++;
    }
  }

  #empty(id: number): void {
    const start = this.start[id]!;
    const count = this.length[id]!;
    for (let entry = start; entry < start + count; entry++) {
      const before = this.#before[entry]!;
      const after = this.next[entry]!;
      const resource = this.entryResource[entry]!;
      if (before < 0) this.head[resource] = after;
      else this.next[before] = after;
      if (after >= 0) this.#before[after] = before;
      this.degree[resource]!--;
    }
    this.length[id] = 0;
    if (count === 0) return;
    const free = this.#freeBlocks.get(count);
    if (free === undefined) this.#freeBlocks.set(count, [start]);
    else free.push(start);
  }

  #newBlock(count: number): number {
    const start = this.#entryCount;
    this.#entryCount += count;
    if (this.#entryCount > this.next.length) this.#growEntries(Math.max(this.#entryCount, 2 * this.next.length));
    return start;
  }

  #growVariables(): void {
    const size = 2 * this.live.length;
    this.live = wider(this.live, new Uint8Array(size));
    this.start = wider(this.start, new Int32Array(size));
    this.length = wider(this.length, new Int32Array(size));
  }

  #growEntries(size: number): void {
    this.entryResource = wider(this.entryResource, new Int32Array(size));
    this.entryVariable = wider(this.entryVariable, new Int32Array(size));
    this.entryCoefficient = wider(this.entryCoefficient, new Float64Array(size));
    this.next = wider(this.next, new Int32Array(size));
    this.#before = wider(this.#before, new Int32Array(size));
  }
}

/** `into` with the values of `from` at its beginning. */
export function wider<T extends Uint8Array | Int32Array | Float64Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
