/** Max-min fair rates by progressive filling: all rates rise together until a constraint binds, its rates stop, and so on. */

/**
 * Rows of constraints sum(coefficient x rate) <= 1; capacities are divided into the coefficients. Rows of one variable
 * are kept as its bound alone.
 */
export class ConstraintRows {
  readonly variables: number;
  /** Rows of several variables. */
  count = 0;
  coefficients: Float64Array;
  /** The largest coefficient of each variable among the rows that it has for itself. */
  readonly single: Float64Array;

  constructor(variables: number) {
    this.variables = variables;
    this.coefficients = new Float64Array(64 * variables);
    this.single = new Float64Array(variables);
  }

  clear(): void {
    this.count = 0;
    this.single.fill(0);
  }

  /** Adds the row source[start ...] x factor; coefficients below `least` are nothing. */
  add(source: Float64Array, start: number, factor: number, least = 0): void {
    const { variables } = this;
    const at = this.count * variables;
    if (at + variables > this.coefficients.length) {
      const wider = new Float64Array(2 * this.coefficients.length);
      wider.set(this.coefficients);
      this.coefficients = wider;
    }
    let used = 0;
    let only = 0;
    for (let variable = 0; variable < variables; variable++) {
      const value = source[start + variable]!;
      if (value > least) {
        this.coefficients[at + variable] = value * factor;
        used++;
        only = variable;
      } else {
        this.coefficients[at + variable] = 0;
      }
    }
    if (used === 1) this.bound(only, this.coefficients[at + only]!);
    else if (used > 1) this.count++;
  }

  /** Adds the row coefficient x rate <= 1. */
  bound(variable: number, coefficient: number): void {
    if (coefficient > this.single[variable]!) this.single[variable] = coefficient;
  }
}

/** Rows this close to binding count as binding: the sums of ECMP shares carry rounding errors of about 1e-15. */
const tolerance = 1e-10;

/**
 * Max-min fair rates. Variables that are not active stay 0; an active variable that no row limits stays 0 as well (it
 * carries nothing).
 */
export function maxMinRates(rows: ConstraintRows, active: Uint8Array): Float64Array {
  const { variables, coefficients, single, count } = rows;
  const rates = new Float64Array(variables);
  const open = Uint8Array.from(active);
  const slopes = new Float64Array(count);
  const used = new Float64Array(count);
  for (let row = 0; row < count; row++)
    for (let variable = 0, at = row * variables; variable < variables; variable++, at++)
      if (open[variable] === 1) slopes[row]! += coefficients[at]!;
  for (let rounds = 0; rounds < variables; rounds++) {
    let steepest = 0;
    for (let variable = 0; variable < variables; variable++)
      if (open[variable] === 1 && single[variable]! > steepest) steepest = single[variable]!;
    for (let row = 0; row < count; row++) {
      const steepness = slopes[row]! / (1 - used[row]!);
      if (steepness > steepest && slopes[row]! > 1e-15) steepest = steepness;
    }
    if (steepest === 0) break;
    const least = steepest * (1 - tolerance);
    const level = 1 / steepest;
    const stopped = new Uint8Array(variables);
    for (let variable = 0; variable < variables; variable++) if (single[variable]! >= least) stopped[variable] = 1;
    for (let row = 0; row < count; row++) {
      if (slopes[row]! <= 1e-15 || slopes[row]! / (1 - used[row]!) < least) continue;
      for (let variable = 0, at = row * variables; variable < variables; variable++, at++)
        if (coefficients[at]! > 0) stopped[variable] = 1;
    }
    let left = false;
    for (let variable = 0; variable < variables; variable++) {
      if (open[variable] === 0) continue;
      if (stopped[variable] === 0) {
        left = true;
        continue;
      }
      open[variable] = 0;
      rates[variable] = level;
      for (let row = 0, at = variable; row < count; row++, at += variables) {
        slopes[row]! -= coefficients[at]!;
        used[row]! += coefficients[at]! * level;
      }
    }
    if (!left) break;
  }
  return rates;
}
