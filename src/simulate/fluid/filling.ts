/**
 * Progressive filling of one region: all rates rise together, in proportion to their weights, until a resource is full; its
 * variables stop, the others rise on. Works on compact copies of the region's rows and columns, which are kept between
 * calls.
 */

import { LevelQueue } from "./level-queue.ts";

/** What is left of a resource below this share of its capacity is rounding. */
export const nothing = 1e-12;
/** Sums that have lost all but this share of what they were are added up anew, so that rounding stays below 1e-12. */
export const cancelled = 1e-3;

/** A resource this full (of 1) counts as full: sums of shares carry rounding errors. */
export const fullFrom = 1 - 1e-9;
/** The rate of a variable that has not stopped yet. */
const rising = -1;
/** The one variable that has reached its own limit. */
const only = new Int32Array(1);

export class Filling {
  variableCount = 0;
  resourceCount = 0;
  /** Entries of variable v: variableStart[v] up to variableStart[v + 1]. */
  variableStart = new Int32Array(65);
  entryResource = new Int32Array(256);
  entryCoefficient = new Float64Array(256);
  weight = new Float64Array(64);
  rateMax = new Float64Array(64);
  priority = new Uint8Array(64);
  rate = new Float64Array(64);
  /** Whether all coefficients and weights are 1 and no variable has a limit of its own: then they need not be looked at. */
  isPlain = false;
  /** What the variables of the region may use of each resource. */
  available = new Float64Array(64);
  capacity = new Float64Array(64);
  /** Entries of resource r: chainStart[r] up to chainStart[r + 1]. */
  chainStart = new Int32Array(65);
  /** What a variable's class is given before more urgent ones, and whether it still waits for the others to come up to that. */
  #base = new Float64Array(64);
  #asleep = new Uint8Array(64);
  #chainVariable = new Int32Array(256);
  #chainCoefficient = new Float64Array(256);
  /** Of each resource, side by side: what is left, how fast that falls, entries that rise, how fast it fell at first. */
  #sums = new Float64Array(256);
  /** The level at which a variable stops whatever others do. */
  #ownLevel = new Float64Array(64);
  /** Variables of the class that have not stopped. */
  #open = 0;
  readonly #queue = new LevelQueue();

  /** Makes room; what the columns held is lost. */
  reserve(variables: number, resources: number, entries: number): void {
    this.variableCount = variables;
    this.resourceCount = resources;
    if (variables > this.weight.length) {
      const size = 2 * variables;
      this.variableStart = new Int32Array(size + 1);
      this.weight = new Float64Array(size);
      this.rateMax = new Float64Array(size);
      this.priority = new Uint8Array(size);
      this.rate = new Float64Array(size);
      this.#base = new Float64Array(size);
      this.#asleep = new Uint8Array(size);
      this.#ownLevel = new Float64Array(size);
    }
    if (resources > this.capacity.length) {
      const size = 2 * resources;
      this.available = new Float64Array(size);
      this.capacity = new Float64Array(size);
      this.chainStart = new Int32Array(size + 1);
      this.#sums = new Float64Array(4 * size);
    }
    if (entries > this.entryResource.length) {
      const size = 2 * entries;
      this.entryResource = new Int32Array(size);
      this.entryCoefficient = new Float64Array(size);
      this.#chainVariable = new Int32Array(size);
      this.#chainCoefficient = new Float64Array(size);
    }
  }

  /** Fills {@link chainStart} and what belongs to it from the entries of the variables. */
  transpose(): void {
    const { variableStart, entryResource, entryCoefficient, chainStart, variableCount, resourceCount } = this;
    const chainVariable = this.#chainVariable;
    const chainCoefficient = this.#chainCoefficient;
    chainStart.fill(0, 0, resourceCount + 1);
    const entries = variableStart[variableCount]!;
    for (let entry = 0; entry < entries; entry++) chainStart[entryResource[entry]!]!++;
    let sum = 0;
    for (let resource = 0; resource <= resourceCount; resource++) {
      sum += chainStart[resource]!;
      chainStart[resource] = sum;
    }
    let entry = entries - 1;
    for (let variable = variableCount - 1; variable >= 0; variable--)
      for (const first = variableStart[variable]!; entry >= first; entry--) {
        const at = chainStart[entryResource[entry]!]! - 1;
        chainStart[entryResource[entry]!] = at;
        chainVariable[at] = variable;
        chainCoefficient[at] = entryCoefficient[entry]!;
      }
  }

  /** What the variables leave of a resource, after {@link run}. */
  left(resource: number): number {
    return this.#sums[4 * resource]!;
  }

  /** Computes the rates from everything else; `floors` by priority. */
  run(floors: ReadonlyMap<number, number>): void {
    const { variableCount, priority } = this;
    this.rate.fill(0, 0, variableCount);
    this.#base.fill(0, 0, variableCount);
    const classes = new Set<number>();
    for (let variable = 0; variable < variableCount; variable++) classes.add(priority[variable]!);
    const order = [...classes].sort((one, other) => one - other);
    for (const each of order) if ((floors.get(each) ?? 0) > 0) this.#fillFloor(each, floors.get(each)!);
    this.#measureLeft();
    for (const each of order) this.#fillClass(each);
  }

  /** Fair rates of one class alone on its floor: a share of every capacity. They become its bases. */
  #fillFloor(priority: number, share: number): void {
    const { available, capacity, rate } = this;
    const others = available.slice(0, this.resourceCount);
    for (let resource = 0; resource < this.resourceCount; resource++) available[resource] = share * capacity[resource]!;
    this.#leaveAll();
    this.#fillClass(priority);
    available.set(others);
    for (let variable = 0; variable < this.variableCount; variable++) {
      if (this.priority[variable] === priority && rate[variable]! < Number.POSITIVE_INFINITY)
        this.#base[variable] = rate[variable]!;
      rate[variable] = 0;
    }
  }

  #leaveAll(): void {
    for (let resource = 0; resource < this.resourceCount; resource++)
      this.#sums[4 * resource] = this.available[resource]!;
  }

  /** Gives every variable its base; what that leaves is left. */
  #measureLeft(): void {
    const { variableCount, variableStart, entryResource, entryCoefficient, rate } = this;
    const sums = this.#sums;
    this.#leaveAll();
    for (let variable = 0; variable < variableCount; variable++) {
      const base = this.#base[variable]!;
      if (base === 0) continue;
      rate[variable] = base;
      for (let entry = variableStart[variable]!; entry < variableStart[variable + 1]!; entry++)
        sums[4 * entryResource[entry]!]! -= entryCoefficient[entry]! * base;
    }
  }

  #fillClass(priority: number): void {
    const queue = this.#queue;
    const sums = this.#sums;
    this.#startRising(priority);
    this.#pushLevels();
    while (this.#open > 0) {
      const next = queue.pop();
      if (next === undefined) break;
      const { level } = queue;
      if (next < 0) {
        this.#reach(-1 - next, level);
        continue;
      }
      if (sums[4 * next + 2] === 0) continue;
      this.#sharpen(next);
      const now = this.#level(next);
      if (now > level * (1 + 1e-14)) queue.push(now, next);
      else this.#stopAllOn(next, now);
    }
    queue.clear();
  }

  /** Sets the class rising, and how fast it fills each resource; pushes the variables' bases. */
  #startRising(priority: number): void {
    const { variableCount, variableStart, entryResource, entryCoefficient, weight, rateMax, rate } = this;
    const sums = this.#sums;
    this.#open = 0;
    for (let at = 0; at < 4 * this.resourceCount; at += 4) sums[at + 1] = sums[at + 2] = 0;
    for (let variable = 0; variable < variableCount; variable++) {
      this.#ownLevel[variable] = Number.POSITIVE_INFINITY;
      if (this.priority[variable] !== priority) continue;
      const start = variableStart[variable]!;
      const end = variableStart[variable + 1]!;
      const base = this.#base[variable]!;
      this.#ownLevel[variable] = rateMax[variable]! / weight[variable]!;
      if (start === end && rateMax[variable] === Number.POSITIVE_INFINITY) {
        rate[variable] = Number.POSITIVE_INFINITY;
        continue;
      }
      this.#open++;
      if (base > 0) {
        this.#asleep[variable] = 1;
        this.#queue.push(base / weight[variable]!, -1 - variable);
        continue;
      }
      rate[variable] = rising;
      for (let entry = start; entry < end; entry++) {
        const at = 4 * entryResource[entry]!;
        sums[at + 1]! += entryCoefficient[entry]! * weight[variable]!;
        sums[at + 2]!++;
      }
    }
    for (let at = 0; at < 4 * this.resourceCount; at += 4) sums[at + 3] = sums[at + 1]!;
  }

  /**
   * Pushes the levels at which resources will be full. Of resources that one variable has for itself only the first to be
   * full counts: it becomes the variable's own limit.
   */
  #pushLevels(): void {
    const ownLevel = this.#ownLevel;
    for (let resource = 0; resource < this.resourceCount; resource++) {
      const count = this.#sums[4 * resource + 2]!;
      if (count === 0) continue;
      if (count > 1) {
        this.#queue.push(this.#level(resource), resource);
        continue;
      }
      let link = this.chainStart[resource]!;
      while (this.rate[this.#chainVariable[link]!] !== rising) link++;
      const variable = this.#chainVariable[link]!;
      const level = this.#level(resource);
      if (level < ownLevel[variable]!) ownLevel[variable] = level;
    }
    for (let variable = 0; variable < this.variableCount; variable++)
      if (ownLevel[variable]! < Number.POSITIVE_INFINITY) this.#queue.push(ownLevel[variable]!, -1 - variable);
  }

  /** The level has reached a variable's base, from where it rises with the others, or its limit, where it stops. */
  #reach(variable: number, level: number): void {
    if (this.#asleep[variable] === 1) {
      this.#wake(variable);
      return;
    }
    only[0] = variable;
    this.#stop(only, 0, 1, level);
  }

  #wake(variable: number): void {
    const { variableStart, entryResource, entryCoefficient } = this;
    const sums = this.#sums;
    const base = this.#base[variable]!;
    const weight = this.weight[variable]!;
    this.#asleep[variable] = 0;
    this.rate[variable] = rising;
    for (let entry = variableStart[variable]!; entry < variableStart[variable + 1]!; entry++) {
      const resource = entryResource[entry]!;
      const coefficient = entryCoefficient[entry]!;
      sums[4 * resource]! += coefficient * base;
      sums[4 * resource + 1]! += coefficient * weight;
      sums[4 * resource + 2]!++;
      sums[4 * resource + 3]! += coefficient * weight;
      this.#queue.push(this.#level(resource), resource);
    }
  }

  /** The level at which a resource will be full if nothing else stops its variables. */
  #level(resource: number): number {
    const left = this.#sums[4 * resource]!;
    return left <= nothing * this.capacity[resource]! ? 0 : left / this.#sums[4 * resource + 1]!;
  }

  /** Adds up a resource's sums anew when too much of them was taken away. */
  #sharpen(resource: number): void {
    const { rate, weight, chainStart, available } = this;
    const sums = this.#sums;
    const at = 4 * resource;
    if (sums[at + 1]! >= cancelled * sums[at + 3]! && sums[at]! >= cancelled * this.capacity[resource]!) return;
    let left = available[resource]!;
    let slope = 0;
    for (let link = chainStart[resource]!; link < chainStart[resource + 1]!; link++) {
      const variable = this.#chainVariable[link]!;
      if (rate[variable] === rising) slope += this.#chainCoefficient[link]! * weight[variable]!;
      else left -= this.#chainCoefficient[link]! * rate[variable]!;
    }
    sums[at] = left;
    sums[at + 1] = slope;
  }

  #stopAllOn(resource: number, level: number): void {
    const start = this.chainStart[resource]!;
    const end = this.chainStart[resource + 1]!;
    if (this.isPlain) this.#stopPlain(this.#chainVariable, start, end, level);
    else this.#stop(this.#chainVariable, start, end, level);
    this.#sums[4 * resource] = 0;
  }

  /** Stops those of the variables chain[from] up to chain[end] that rise. */
  #stop(chain: Int32Array, from: number, end: number, level: number): void {
    const { variableStart, entryResource, entryCoefficient, weight, rate, rateMax } = this;
    const sums = this.#sums;
    for (let at = from; at < end; at++) {
      const variable = chain[at]!;
      if (rate[variable] !== rising) continue;
      const steepness = weight[variable]!;
      const stopped = Math.min(steepness * level, rateMax[variable]!);
      rate[variable] = stopped;
      this.#open--;
      const last = variableStart[variable + 1]!;
      for (let entry = variableStart[variable]!; entry < last; entry++) {
        const resource = 4 * entryResource[entry]!;
        const coefficient = entryCoefficient[entry]!;
        sums[resource]! -= coefficient * stopped;
        sums[resource + 1]! -= coefficient * steepness;
        sums[resource + 2]!--;
      }
    }
  }

  /** As {@link #stop} where all coefficients and weights are 1: half the memory to touch. */
  #stopPlain(chain: Int32Array, from: number, end: number, level: number): void {
    const { variableStart, entryResource, rate } = this;
    const sums = this.#sums;
    for (let at = from; at < end; at++) {
      const variable = chain[at]!;
      if (rate[variable] !== rising) continue;
      rate[variable] = level;
      this.#open--;
      const last = variableStart[variable + 1]!;
      for (let entry = variableStart[variable]!; entry < last; entry++) {
        const resource = 4 * entryResource[entry]!;
        sums[resource]! -= level;
        sums[resource + 1]!--;
        sums[resource + 2]!--;
      }
    }
  }
}
