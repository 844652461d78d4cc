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
  /** The row that it counts for. */
  row: Counted | undefined;
}

interface Counted {
  readonly key: string;
  readonly row: Row;
  count: number;
}

export class RowTally {
  readonly #capacityOf: (resource: number) => number;
  readonly #entries = new Map<number, Entry>();
  readonly #dirty = new Set<number>();
  /** Distinct rows by their content, in the order in which they first appeared. */
  readonly #rows = new Map<string, Counted>();
  /** Resources that each variable loads. */
  readonly #uses = new Map<number, number>();

  constructor(capacityOf: (resource: number) => number) {
    this.#capacityOf = capacityOf;
  }

  /** Adds `amount` (negative to take away) of a variable to a resource. */
  add(resource: number, variable: number, amount: number): void {
    let entry = this.#entries.get(resource);
    if (entry === undefined) {
      entry = { variables: [], loads: [], row: undefined };
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

  /** Whether any variable asks for a resource. */
  isLoaded(resource: number): boolean {
    return (this.#entries.get(resource)?.variables.length ?? 0) > 0;
  }

  isInUse(variable: number): boolean {
    return (this.#uses.get(variable) ?? 0) > 0;
  }

  /** The distinct rows. */
  rows(): readonly Row[] {
    for (const resource of this.#dirty) this.#file(resource, this.#entries.get(resource)!);
    this.#dirty.clear();
    return Array.from(this.#rows.values(), ({ row }) => row);
  }

  /** Bytes a second on a resource when the variables go at these rates. */
  load(resource: number, rates: Float64Array): number {
    const entry = this.#entries.get(resource);
    if (entry === undefined) return 0;
    return entry.variables.reduce((sum, variable, at) => sum + entry.loads[at]! * rates[variable]!, 0);
  }

  #file(resource: number, entry: Entry): void {
    if (entry.row !== undefined && --entry.row.count === 0) this.#rows.delete(entry.row.key);
    if (entry.variables.length === 0) {
      this.#entries.delete(resource);
      return;
    }
    const capacity = this.#capacityOf(resource);
    let key = `${capacity}`;
    for (let at = 0; at < entry.variables.length; at++)
      key += `|${entry.variables[at]}:${Math.round(entry.loads[at]! / noise)}`;
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = { key, row: { capacity, variables: entry.variables.slice(), loads: entry.loads.slice() }, count: 0 };
      this.#rows.set(key, row);
    }
    row.count++;
    entry.row = row;
  }
}
