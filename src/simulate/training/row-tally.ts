/**
 * Loads of resources by variable, with equal resources counted once: the rows that fair rates are solved over. Every distinct
 * row has a number, and what a change makes of a row is remembered, so that changing a resource is one look-up.
 */

/** Loads are whole multiples of this, so that what is added and taken away again leaves nothing behind. */
const unit = 2 ** -40;
/** Loads below this many units are rounding errors of sums too large to be whole. */
const noiseUnits = 1024;
const rememberedRows = 100_000;

/** What resources of one kind are asked for. */
export interface Row {
  readonly capacity: number;
  /** Ascending. */
  readonly variables: readonly number[];
  /** Bytes on the resource for every byte of each variable. */
  readonly loads: readonly number[];
}

interface Counted extends Row {
  readonly units: readonly number[];
  /** Resources that look like this. */
  count: number;
}

/** What a change makes of each row, by the rows' numbers. */
type Change = Map<number, number>;

export class RowTally {
  readonly #capacityOf: (resource: number) => number;
  readonly #remembered: number;
  /** The row of each resource; -1 while nothing has been said of it. */
  readonly #rowOf: Int32Array;
  #rows: Counted[] = [];
  readonly #numbers = new Map<string, number>();
  /** Rows with loads that some resource has. */
  readonly #active = new Set<number>();
  readonly #additions = new Map<number, Map<number, Change>>();
  readonly #capacities = new Map<number, Change>();
  readonly #touched = new Set<number>();
  /** Resources that each variable loads. */
  readonly #uses = new Map<number, number>();
  /** Counts how often the rows were numbered anew. */
  #numbering = 0;
  #lastVariable = -1;
  #lastUnits = 0;
  #lastChange: Change = new Map();
  #lastBefore = -1;
  #lastAfter = -1;

  /** `remembered`: distinct rows from which on those out of use are forgotten. */
  constructor(resourceCount: number, capacityOf: (resource: number) => number, remembered = rememberedRows) {
    this.#remembered = remembered;
    this.#capacityOf = capacityOf;
    this.#rowOf = new Int32Array(resourceCount).fill(-1);
  }

  /** Adds `count` times `amount` (a negative count takes away) of a variable to a resource. */
  add(resource: number, variable: number, amount: number, count: number): void {
    this.addUnits(resource, variable, this.unitsOf(amount) * count);
  }

  /** The whole units that loads are counted in. */
  unitsOf(amount: number): number {
    return Math.round(amount / unit);
  }

  /** Adds whole units, in all, of a variable to a resource; takes away below 0. */
  addUnits(resource: number, variable: number, units: number): void {
    if (variable !== this.#lastVariable || units !== this.#lastUnits) this.#use(variable, units);
    const before = this.#numberOf(resource);
    if (before !== this.#lastBefore) {
      let found = this.#lastChange.get(before);
      if (found === undefined) {
        found = this.#number(this.#rows[before]!.capacity, ...changed(this.#rows[before]!, variable, units));
        this.#lastChange.set(before, found);
      }
      this.#lastBefore = before;
      this.#lastAfter = found;
    }
    const after = this.#lastAfter;
    const more = this.#rows[after]!.variables.length - this.#rows[before]!.variables.length;
    if (more !== 0) this.#uses.set(variable, (this.#uses.get(variable) ?? 0) + more);
    this.#move(resource, before, after);
  }

  /** The capacity of a resource has changed. */
  touch(resource: number): void {
    if (this.#rowOf[resource]! >= 0) this.#touched.add(resource);
  }

  /** Whether any variable asks for a resource. */
  isLoaded(resource: number): boolean {
    const row = this.#rowOf[resource]!;
    return row >= 0 && this.#rows[row]!.variables.length > 0;
  }

  isInUse(variable: number): boolean {
    return (this.#uses.get(variable) ?? 0) > 0;
  }

  /** The distinct rows. */
  rows(): readonly Row[] {
    this.#settle();
    return Array.from(this.#active, (number) => this.#rows[number]!);
  }

  /** Equal for equal sets of rows, whatever the resources are that have them. */
  signature(): string {
    this.#settle();
    return `${this.#numbering}:${Int32Array.from(this.#active).sort().join()}`;
  }

  /** Bytes a second on a resource when the variables go at these rates. */
  load(resource: number, rates: Float64Array): number {
    const number = this.#rowOf[resource]!;
    if (number < 0) return 0;
    const { variables, loads } = this.#rows[number]!;
    let sum = 0;
    for (let at = 0; at < variables.length; at++) sum += loads[at]! * rates[variables[at]!]!;
    return sum;
  }

  #use(variable: number, units: number): void {
    let changes = this.#additions.get(variable);
    if (changes === undefined) {
      changes = new Map();
      this.#additions.set(variable, changes);
    }
    let change = changes.get(units);
    if (change === undefined) {
      change = new Map();
      changes.set(units, change);
    }
    this.#lastVariable = variable;
    this.#lastUnits = units;
    this.#lastChange = change;
    this.#lastBefore = -1;
  }

  #settle(): void {
    for (const resource of this.#touched) {
      const before = this.#numberOf(resource);
      const capacity = this.#capacityOf(resource);
      let change = this.#capacities.get(capacity);
      if (change === undefined) {
        change = new Map();
        this.#capacities.set(capacity, change);
      }
      let after = change.get(before);
      if (after === undefined) {
        const { variables, units } = this.#rows[before]!;
        after = this.#number(capacity, variables, units);
        change.set(before, after);
      }
      this.#move(resource, before, after);
    }
    this.#touched.clear();
    if (this.#rows.length > Math.max(this.#remembered, 2 * this.#active.size)) this.#forget();
  }

  #move(resource: number, before: number, after: number): void {
    this.#rowOf[resource] = after;
    if (--this.#rows[before]!.count === 0) this.#active.delete(before);
    const row = this.#rows[after]!;
    if (row.count++ === 0 && row.variables.length > 0) this.#active.add(after);
  }

  #numberOf(resource: number): number {
    const known = this.#rowOf[resource]!;
    if (known >= 0) return known;
    const number = this.#number(this.#capacityOf(resource), [], []);
    this.#rowOf[resource] = number;
    this.#rows[number]!.count++;
    return number;
  }

  #number(capacity: number, variables: readonly number[], units: readonly number[]): number {
    const key = `${capacity}|${variables.join()}|${units.join()}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#rows.length;
      this.#rows.push({ capacity, variables, units, loads: units.map((each) => each * unit), count: 0 });
      this.#numbers.set(key, number);
    }
    return number;
  }

  /** Forgets rows that no resource has, and numbers the others anew. */
  #forget(): void {
    const before = this.#rows;
    this.#rows = [];
    for (const memory of [this.#numbers, this.#active, this.#additions, this.#capacities]) memory.clear();
    this.#lastVariable = -1;
    this.#lastBefore = -1;
    this.#numbering++;
    for (let resource = 0; resource < this.#rowOf.length; resource++) {
      const old = this.#rowOf[resource]!;
      if (old < 0) continue;
      const { capacity, variables, units } = before[old]!;
      const number = this.#number(capacity, variables, units);
      this.#rowOf[resource] = number;
      if (this.#rows[number]!.count++ === 0 && variables.length > 0) this.#active.add(number);
    }
  }
}

/** A row's variables and units after adding to one of them. */
function changed({ variables, units }: Counted, variable: number, by: number): [number[], number[]] {
  let at = 0;
  while (at < variables.length && variables[at]! < variable) at++;
  const has = variables[at] === variable;
  const sum = (has ? units[at]! : 0) + by;
  const gone = Math.abs(sum) < noiseUnits;
  const removed = has ? 1 : 0;
  return [
    variables.toSpliced(at, removed, ...(gone ? [] : [variable])),
    units.toSpliced(at, removed, ...(gone ? [] : [sum])),
  ];
}
