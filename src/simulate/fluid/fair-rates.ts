/**
 * Weighted max-min fair rates with strict priorities. A variable loads each of its resources with coefficient x rate; no
 * resource carries more than its capacity. Classes of lower priority number are served first; within a class all rates
 * rise together in proportion to their weights until a resource is full, its variables stop, and so on. After a change
 * only what it can touch is solved again.
 */

import { assert } from "../../base/assert.ts";
import { Filling, fullFrom } from "./filling.ts";
import { Incidence, wider } from "./incidence.ts";
import { PlainFilling } from "./plain-filling.ts";

/** What a variable asks for. */
export interface Demand {
  /** Resources that it loads. */
  readonly resources: ArrayLike<number>;
  /** Load of each for one unit of rate, above 0. Default 1 each. */
  readonly coefficients?: ArrayLike<number> | undefined;
  /** Its rate in proportion to that of others at a common bottleneck, above 0. Default 1. */
  readonly weight?: number | undefined;
  /** Lower is served first; 0 to 255. Default 0. */
  readonly priority?: number | undefined;
  /** It never goes faster. Default: as fast as its resources let it. */
  readonly rateMax?: number | undefined;
}

/** Regions that grow more often than this are given up for everything. */
const growthsMax = 6;

export class FairRates {
  /** Rate of each variable as of the last {@link solve}; infinite for one that nothing limits. */
  rates = new Float64Array(64);
  /** How many variables the last {@link solve} looked at. */
  lastRegion = 0;
  readonly #matrix: Incidence;
  readonly #capacities: Float64Array;
  #weight = new Float64Array(64);
  #priority = new Uint8Array(64);
  #rateMax = new Float64Array(64);
  #inRegion = new Uint8Array(64);
  readonly #floors: ReadonlyMap<number, number>;
  readonly #full: Uint8Array;
  readonly #expanded: Uint8Array;
  readonly #seen: Uint8Array;
  readonly #localOf: Int32Array;
  readonly #filling = new Filling();
  readonly #plainFilling = new PlainFilling();
  /** 1 for variables with a weight, coefficient, limit or class of their own, and how many there are. */
  #special = new Uint8Array(64);
  #specialCount = 0;
  #region: number[] = [];
  #resources: number[] = [];
  readonly #dirtyVariables: number[] = [];
  readonly #dirtyResources: number[] = [];

  /**
   * `capacities` of the resources, at least 0; copied. `floors`: the share of every resource, by priority, that a class is
   * given before more urgent ones; their sum is at most 1.
   */
  constructor(capacities: Float64Array, floors: ReadonlyMap<number, number> = new Map()) {
    assert([...floors.values()].reduce((sum, each) => sum + each, 0) <= 1 + 1e-12, "floors are shares of one");
    this.#floors = floors;
    const count = capacities.length;
    this.#matrix = new Incidence(count);
    this.#capacities = capacities.slice();
    this.#full = new Uint8Array(count);
    this.#expanded = new Uint8Array(count);
    this.#seen = new Uint8Array(count);
    this.#localOf = new Int32Array(count);
  }

  get variableCount(): number {
    return this.#matrix.variableCount;
  }

  /** Adds a variable and returns its id. Its rate counts from the next {@link solve}. */
  add(demand: Demand): number {
    const id = this.#matrix.add(demand.resources, demand.coefficients);
    if (id >= this.rates.length) this.#grow();
    const { weight = 1, priority = 0, rateMax = Number.POSITIVE_INFINITY } = demand;
    assert(weight > 0 && weight < Number.POSITIVE_INFINITY, "a weight is above 0");
    assert(priority >= 0 && priority <= 255, "a priority is 0 to 255");
    assert(rateMax >= 0, "a rate is not negative");
    this.#weight[id] = weight;
    this.#priority[id] = priority;
    this.#rateMax[id] = rateMax;
    this.#markSpecial(id, demand.coefficients);
    this.rates[id] = 0;
    this.#dirtyVariables.push(id);
    return id;
  }

  remove(id: number): void {
    this.#touchResourcesOf(id);
    this.#matrix.remove(id);
    this.#specialCount -= this.#special[id]!;
    this.#special[id] = 0;
    this.rates[id] = 0;
  }

  /** Gives a variable other resources; weight, priority and limit stay. */
  reroute(id: number, resources: ArrayLike<number>, coefficients?: ArrayLike<number>): void {
    this.#touchResourcesOf(id);
    this.#matrix.replace(id, resources, coefficients);
    this.#markSpecial(id, coefficients);
    this.#dirtyVariables.push(id);
  }

  setCapacity(resource: number, capacity: number): void {
    assert(capacity >= 0, "a capacity is not negative");
    if (this.#capacities[resource] === capacity) return;
    this.#capacities[resource] = capacity;
    this.#dirtyResources.push(resource);
  }

  capacity(resource: number): number {
    return this.#capacities[resource]!;
  }

  /** What the variables put on a resource now. */
  load(resource: number): number {
    const { head, next, entryVariable, entryCoefficient } = this.#matrix;
    let sum = 0;
    for (let entry = head[resource]!; entry >= 0; entry = next[entry]!)
      sum += entryCoefficient[entry]! * this.rates[entryVariable[entry]!]!;
    return sum;
  }

  /** Brings the rates up to date; returns the variables whose rates were computed anew, in no order. */
  solve(): readonly number[] {
    this.lastRegion = 0;
    if (this.#dirtyVariables.length + this.#dirtyResources.length === 0) return [];
    if (this.variableCount === 0) {
      for (const resource of this.#dirtyResources) this.#full[resource] = this.#capacities[resource] === 0 ? 1 : 0;
      this.#forget();
      return [];
    }
    const all = 2 * this.#dirtyVariables.length > this.variableCount;
    if (all && this.#isPlain()) return this.#solvePlain();
    if (all) this.#takeEverything();
    else this.#takeChanged();
    for (let growths = 0; ; growths++) {
      this.#fill();
      if (this.#region.length === this.variableCount || !this.#widen()) break;
      if (growths === growthsMax || 2 * this.#region.length > this.variableCount) this.#takeEverything();
    }
    const solved = this.#region;
    this.#forget();
    this.lastRegion = solved.length;
    return solved;
  }

  /** Solves everything anew, as if nothing were known; returns all variables. */
  solveAll(): readonly number[] {
    if (this.#isPlain()) return this.#solvePlain();
    this.#takeEverything();
    this.#fill();
    const solved = this.#region;
    this.#forget();
    this.lastRegion = solved.length;
    return solved;
  }

  #markSpecial(id: number, coefficients: ArrayLike<number> | undefined): void {
    let special = this.#weight[id] !== 1 || this.#priority[id] !== 0 || this.#rateMax[id]! < Number.POSITIVE_INFINITY;
    for (let index = 0; coefficients !== undefined && index < coefficients.length && !special; index++)
      special = coefficients[index] !== 1;
    this.#specialCount += (special ? 1 : 0) - this.#special[id]!;
    this.#special[id] = special ? 1 : 0;
  }

  /** Whether all variables are alike, and enough that looking at every resource costs little beside. */
  #isPlain(): boolean {
    return this.#specialCount === 0 && this.#floors.size === 0 && this.#capacities.length <= 4 * this.variableCount;
  }

  #solvePlain(): readonly number[] {
    this.#plainFilling.run(this.#matrix, this.#capacities, this.rates, this.#full);
    const { idCount, live } = this.#matrix;
    const solved: number[] = [];
    for (let id = 0; id < idCount; id++) if (live[id] === 1) solved.push(id);
    this.#forget();
    this.lastRegion = solved.length;
    return solved;
  }

  #touchResourcesOf(id: number): void {
    const { start, length, entryResource } = this.#matrix;
    for (let entry = start[id]!; entry < start[id]! + length[id]!; entry++)
      this.#dirtyResources.push(entryResource[entry]!);
  }

  #takeEverything(): void {
    const { live, idCount } = this.#matrix;
    for (let id = 0; id < idCount; id++) if (live[id] === 1) this.#enter(id);
    for (const resource of this.#dirtyResources) this.#see(resource);
  }

  #takeChanged(): void {
    const { live } = this.#matrix;
    for (const id of this.#dirtyVariables) if (live[id] === 1) this.#enter(id);
    for (const resource of this.#dirtyResources) {
      this.#see(resource);
      if (this.#spreads(resource)) this.#expand(resource);
    }
    this.#close(0);
  }

  /** Takes in everything that shares a full resource with a member of the region, from the given member on. */
  #close(from: number): void {
    const { start, length, entryResource } = this.#matrix;
    for (let at = from; at < this.#region.length; at++) {
      const id = this.#region[at]!;
      for (let entry = start[id]!; entry < start[id]! + length[id]!; entry++) {
        const resource = entryResource[entry]!;
        if (this.#spreads(resource)) this.#expand(resource);
      }
    }
  }

  /** Whether a change of one variable on a resource may touch the others there: with floors, even where it is not full. */
  #spreads(resource: number): boolean {
    return this.#full[resource] === 1 || this.#floors.size > 0;
  }

  /**
   * A resource at the border of the region, which others use too, was not full before: they are not limited by it. If it
   * is full now, they may be, and are taken in. Returns whether the region grew.
   */
  #widen(): boolean {
    const before = this.#region.length;
    for (let at = 0; at < this.#resources.length; at++) {
      const resource = this.#resources[at]!;
      if (this.#full[resource] === 1) this.#expand(resource);
    }
    this.#close(before);
    return this.#region.length > before;
  }

  #expand(resource: number): void {
    if (this.#expanded[resource] === 1) return;
    this.#expanded[resource] = 1;
    const { head, next, entryVariable } = this.#matrix;
    for (let entry = head[resource]!; entry >= 0; entry = next[entry]!) this.#enter(entryVariable[entry]!);
  }

  #enter(id: number): void {
    if (this.#inRegion[id] === 1) return;
    this.#inRegion[id] = 1;
    this.#region.push(id);
    const { start, length, entryResource } = this.#matrix;
    for (let entry = start[id]!; entry < start[id]! + length[id]!; entry++) this.#see(entryResource[entry]!);
  }

  #see(resource: number): void {
    if (this.#seen[resource] === 1) return;
    this.#seen[resource] = 1;
    this.#resources.push(resource);
  }

  #forget(): void {
    for (const id of this.#region) this.#inRegion[id] = 0;
    for (const resource of this.#resources) {
      this.#seen[resource] = 0;
      this.#expanded[resource] = 0;
    }
    this.#region = [];
    this.#resources = [];
    this.#dirtyVariables.length = 0;
    this.#dirtyResources.length = 0;
  }

  /** Computes the rates of the region, those of all others being what they are. */
  #fill(): void {
    const { start, length, entryResource, entryCoefficient, degree } = this.#matrix;
    const filling = this.#filling;
    const region = this.#region;
    const resources = this.#resources;
    let entries = 0;
    for (let at = 0; at < region.length; at++) entries += length[region[at]!]!;
    filling.reserve(region.length, resources.length, entries);
    const localOf = this.#localOf;
    for (let at = 0; at < resources.length; at++) {
      localOf[resources[at]!] = at;
      filling.capacity[at] = this.#capacities[resources[at]!]!;
    }
    const {
      variableStart,
      entryResource: toResource,
      entryCoefficient: toCoefficient,
      weight,
      rateMax,
      priority,
    } = filling;
    let entry = 0;
    let isPlain = true;
    for (let at = 0; at < region.length; at++) {
      const id = region[at]!;
      variableStart[at] = entry;
      if (this.#weight[id] !== 1 || this.#rateMax[id]! < Number.POSITIVE_INFINITY) isPlain = false;
      weight[at] = this.#weight[id]!;
      rateMax[at] = this.#rateMax[id]!;
      priority[at] = this.#priority[id]!;
      const end = start[id]! + length[id]!;
      for (let from = start[id]!; from < end; from++) {
        toResource[entry] = localOf[entryResource[from]!]!;
        const coefficient = entryCoefficient[from]!;
        if (coefficient !== 1) isPlain = false;
        toCoefficient[entry++] = coefficient;
      }
    }
    filling.isPlain = isPlain;
    variableStart[region.length] = entry;
    filling.transpose();
    for (let at = 0; at < resources.length; at++) {
      const resource = resources[at]!;
      const isInside = filling.chainStart[at + 1]! - filling.chainStart[at]! === degree[resource];
      filling.available[at] = filling.capacity[at]! - (isInside ? 0 : this.#loadFromOutside(resource));
    }
    filling.run(this.#floors);
    for (let at = 0; at < region.length; at++) this.rates[region[at]!] = filling.rate[at]!;
    for (let at = 0; at < resources.length; at++)
      this.#full[resources[at]!] = filling.left(at) <= filling.capacity[at]! * (1 - fullFrom) ? 1 : 0;
  }

  #loadFromOutside(resource: number): number {
    const { head, next, entryVariable, entryCoefficient } = this.#matrix;
    let sum = 0;
    for (let entry = head[resource]!; entry >= 0; entry = next[entry]!)
      if (this.#inRegion[entryVariable[entry]!] === 0)
        sum += entryCoefficient[entry]! * this.rates[entryVariable[entry]!]!;
    return sum;
  }

  #grow(): void {
    const size = 2 * this.rates.length;
    this.rates = wider(this.rates, new Float64Array(size));
    this.#weight = wider(this.#weight, new Float64Array(size));
    this.#priority = wider(this.#priority, new Uint8Array(size));
    this.#rateMax = wider(this.#rateMax, new Float64Array(size));
    this.#special = wider(this.#special, new Uint8Array(size));
    this.#inRegion = wider(this.#inRegion, new Uint8Array(size));
  }
}
