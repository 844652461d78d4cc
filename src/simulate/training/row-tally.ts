/** Loads of resources by variable, with equal resources counted once: the rows that fair rates are solved over. */

/** Loads below this are rounding errors of shares that were added and taken away again. */
const noise = 1e-9;

/** What resources of one kind are asked for. */
export interface Row {
  readonly capacity: number;
  /** Ascending. */
  readonly variables: readonly number[];
  /** Bytes on the resource for every byte of each variable. */
  readonly loads: readonly number[];
}

interface Entry {
  variables: number[];
  loads: number[];
  /** Key of its row; empty while it has none. */
  key: string;
}

export class RowTally {
  readonly #capacityOf: (resource: number) => number;
  readonly #entries = new Map<number, Entry>();
  readonly #dirty = new Set<number>();
  /** Distinct rows with the number of resources that have each. */
  readonly #rows = new Map<string, { row: Row; count: number }>();
  /** Resources that each variable loads. */
  readonly #uses = new Map<number, number>();

  constructor(capacityOf: (resource: number) => number) {
    this.#capacityOf = capacityOf;
  }

  /** Adds `amount` (negative to take away) of a variable to a resource. */
  add(resource: number, variable: number, amount: number): void {
    let entry = this.#entries.get(resource);
    if (entry === undefined) {
      entry = { variables: [], loads: [], key: "" };
      this.#entries.set(resource, entry);
    }
    this.#dirty.add(resource);
    let at = 0;
    while (at < entry.variables.length && entry.variables[at]! < variable) at++;
    if (entry.variables[at] !== variable) {
      entry.variables.splice(at, 0, variable);
      entry.loads.splice(at, 0, amount);
      this.#uses.set(variable, (this.#uses.get(variable) ?? 0) + 1);
      return;
    }
    const load = entry.loads[at]! + amount;
    if (load > noise) {
      entry.loads[at] = load;
      return;
    }
    entry.variables.splice(at, 1);
    entry.loads.splice(at, 1);
    this.#uses.set(variable, this.#uses.get(variable)! - 1);
  }

  /** The capacity of a resource has changed. */
  touch(resource: number): void {
    if (this.#entries.has(resource)) this.#dirty.add(resource);
  }

  isInUse(variable: number): boolean {
    return (this.#uses.get(variable) ?? 0) > 0;
  }

  /** The distinct rows, in an order that depends on their content alone. */
  rows(): readonly Row[] {
    for (const resource of this.#dirty) this.#file(resource, this.#entries.get(resource)!);
    this.#dirty.clear();
    return [...this.#rows.keys()].sort().map((key) => this.#rows.get(key)!.row);
  }

  /** Bytes a second on a resource when the variables go at these rates. */
  load(resource: number, rates: Float64Array): number {
    const entry = this.#entries.get(resource);
    if (entry === undefined) return 0;
    return entry.variables.reduce((sum, variable, at) => sum + entry.loads[at]! * rates[variable]!, 0);
  }

  #file(resource: number, entry: Entry): void {
    const before = this.#rows.get(entry.key);
    if (before !== undefined && --before.count === 0) this.#rows.delete(entry.key);
    if (entry.variables.length === 0) {
      this.#entries.delete(resource);
      return;
    }
    const capacity = this.#capacityOf(resource);
    entry.key = `${capacity}|${entry.variables.map((variable, at) => `${variable}:${entry.loads[at]!.toPrecision(9)}`).join()}`;
    const row = this.#rows.get(entry.key);
    if (row !== undefined) row.count++;
    else
      this.#rows.set(entry.key, {
        row: { capacity, variables: entry.variables.slice(), loads: entry.loads.slice() },
        count: 1,
      });
  }
}
