/** Max-min fair rates by progressive filling: all rates rise together until a constraint binds, its rates stop, and so on. */

/** Rows of constraints sum(coefficient x rate) <= 1; capacities are divided into the coefficients. */
export class ConstraintRows {
  readonly variables: number;
  count = 0;
  coefficients: Float64Array;

  constructor(variables: number) {
    this.variables = variables;
    this.coefficients = new Float64Array(64 * variables);
  }

  /** Adds the row source[start ...] / capacity. */
  add(source: Float64Array, start: number, capacity: number): void {
    const at = this.next();
    for (let variable = 0; variable < this.variables; variable++)
      this.coefficients[at + variable] = source[start + variable]! / capacity;
  }

  /** Opens a row of zeros and returns where its coefficients start. */
  next(): number {
    const at = this.count++ * this.variables;
    if (at + this.variables > this.coefficients.length) {
      const wider = new Float64Array(2 * this.coefficients.length);
      wider.set(this.coefficients);
      this.coefficients = wider;
    }
    this.coefficients.fill(0, at, at + this.variables);
    return at;
  }
}

/** Rows this close to binding count as binding: the sums of ECMP shares carry rounding errors of about 1e-15. */
const tolerance = 1e-10;

/**
 * Max-min fair rates. Variables that are not active stay 0; an active variable that no row limits stays 0 as well (it
 * carries nothing).
 */
export function maxMinRates(rows: ConstraintRows, active: Uint8Array): Float64Array {
  const { variables, coefficients } = rows;
  const rates = new Float64Array(variables);
  const open = Uint8Array.from(active);
  const used = new Float64Array(rows.count);
  for (let rounds = 0; rounds < variables; rounds++) {
    let level = Number.POSITIVE_INFINITY;
    for (let row = 0; row < rows.count; row++) {
      let slope = 0;
      for (let variable = 0, at = row * variables; variable < variables; variable++, at++)
        if (open[variable] === 1) slope += coefficients[at]!;
      if (slope > 0) level = Math.min(level, (1 - used[row]!) / slope);
    }
    if (level === Number.POSITIVE_INFINITY) break;
    const stopped = new Uint8Array(variables);
    for (let row = 0; row < rows.count; row++) {
      let slope = 0;
      for (let variable = 0, at = row * variables; variable < variables; variable++, at++)
        if (open[variable] === 1) slope += coefficients[at]!;
      if (slope > 0 && (1 - used[row]!) / slope <= level * (1 + tolerance))
        for (let variable = 0, at = row * variables; variable < variables; variable++, at++)
          if (open[variable] === 1 && coefficients[at]! > 0) stopped[variable] = 1;
    }
    for (let variable = 0; variable < variables; variable++) {
      if (stopped[variable] === 0) continue;
      open[variable] = 0;
      rates[variable] = Math.max(0, level);
    }
    for (let row = 0; row < rows.count; row++) {
      let sum = 0;
      for (let variable = 0, at = row * variables; variable < variables; variable++, at++)
        sum += coefficients[at]! * rates[variable]!;
      used[row] = sum;
    }
  }
  return rates;
}
