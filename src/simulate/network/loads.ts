/** Adds up what a transfer asks of each resource for every byte that it moves. */

/** What a transfer asks of the network: bytes on each resource for every byte of its own. */
export interface Footprint {
  /** Distinct, ascending. */
  readonly resources: Int32Array;
  /** Above 0. */
  readonly coefficients: Float64Array;
}

export class Loads {
  readonly #load: Float64Array;
  #touched: Int32Array = new Int32Array(64);
  #count = 0;

  constructor(resourceCount: number) {
    this.#load = new Float64Array(resourceCount);
  }

  /** Adds `amount` (above 0) to a resource. */
  add(resource: number, amount: number): void {
    if (this.#load[resource] === 0) {
      if (this.#count === this.#touched.length) {
        const wider = new Int32Array(2 * this.#count);
        wider.set(this.#touched);
        this.#touched = wider;
      }
      this.#touched[this.#count++] = resource;
    }
    this.#load[resource]! += amount;
  }

  /** What was added since the last call; empties the sums. */
  take(): Footprint {
    const resources = this.#touched.slice(0, this.#count).sort();
    const coefficients = new Float64Array(this.#count);
    for (let index = 0; index < this.#count; index++) {
      coefficients[index] = this.#load[resources[index]!]!;
      this.#load[resources[index]!] = 0;
    }
    this.#count = 0;
    return { resources, coefficients };
  }
}
