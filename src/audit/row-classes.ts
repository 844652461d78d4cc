/** Constraint rows of many links, kept once for each distinct row with the number of links that have it. */

/** Coefficients below this are rounding errors of shares that were added and taken away again. */
const noise = 1e-12;

export class RowClasses {
  readonly variables: number;
  /** Distinct rows, each `variables` coefficients; never changed once added. */
  readonly rows: Float64Array[] = [];
  readonly #byHash = new Map<number, number[]>();

  constructor(variables: number) {
    this.variables = variables;
  }

  /** The class of the row source[start ...] / capacity, or -1 when all its coefficients are nothing. */
  classOf(source: Float64Array, start: number, capacity: number): number {
    const { variables } = this;
    const row = new Float64Array(variables);
    let hash = 0;
    let empty = true;
    for (let variable = 0; variable < variables; variable++) {
      const value = source[start + variable]! / capacity;
      if (value < noise) continue;
      empty = false;
      row[variable] = value;
      hash = (Math.imul(hash ^ (variable + 1), 0x9e3779b1) + Math.round(Math.log(value) * 1e6)) | 0;
    }
    if (empty) return -1;
    // Equal rows may lie on both sides of a rounding step of the hash: they then stand twice, which is harmless.
    const candidates = this.#byHash.get(hash);
    const found = candidates?.find((candidate) => isClose(this.rows[candidate]!, row));
    if (found !== undefined) return found;
    this.rows.push(row);
    this.#byHash.set(hash, [...(candidates ?? []), this.rows.length - 1]);
    return this.rows.length - 1;
  }
}

function isClose(left: Float64Array, right: Float64Array): boolean {
  for (let index = 0; index < left.length; index++)
    if (Math.abs(left[index]! - right[index]!) > 1e-11 * Math.max(left[index]!, right[index]!)) return false;
  return true;
}
