/** For tests: transfers by brute force. Rates of everything anew at every event, by a plain and slow filling. */

export interface BruteTransfer {
  readonly start: number;
  readonly bytes: number;
  readonly lanes: readonly { readonly resources: readonly number[]; readonly coefficients: readonly number[] }[];
  readonly priority: number;
}

export interface CapacityChange {
  readonly time: number;
  readonly resource: number;
  readonly capacity: number;
}

interface Row {
  readonly transfer: number;
  readonly resources: readonly number[];
  readonly coefficients: readonly number[];
  rate: number;
  fixed: boolean;
}

/** End of each transfer in seconds, infinite for none, and the bytes that each resource carried. */
export function bruteForce(
  initial: readonly number[],
  transfers: readonly BruteTransfer[],
  changes: readonly CapacityChange[],
): { readonly ends: readonly number[]; readonly carried: readonly number[] } {
  const capacities = [...initial];
  const left = transfers.map((each) => each.bytes);
  const ends = transfers.map(() => Number.POSITIVE_INFINITY);
  const carried = capacities.map(() => 0);
  const times = [...transfers.map((each) => each.start), ...changes.map((each) => each.time)].sort((a, b) => a - b);
  let now = 0;
  for (;;) {
    for (const change of changes) if (change.time === now) capacities[change.resource] = change.capacity;
    const rows = ratesOf(capacities, transfers, (index) => transfers[index]!.start <= now && left[index]! > 0);
    const rateOf = (index: number) => rows.reduce((sum, row) => sum + (row.transfer === index ? row.rate : 0), 0);
    let next = times.find((time) => time > now) ?? Number.POSITIVE_INFINITY;
    for (const [index] of transfers.entries())
      if (rateOf(index) > 0) next = Math.min(next, now + left[index]! / rateOf(index));
    if (next === Number.POSITIVE_INFINITY) return { ends, carried };
    const span = next - now;
    for (const row of rows)
      for (const [at, resource] of row.resources.entries())
        carried[resource]! += row.rate * span * row.coefficients[at]!;
    for (const [index] of transfers.entries()) {
      const rate = rateOf(index);
      if (rate === 0) continue;
      const isEnd = now + left[index]! / rate <= next * (1 + 1e-13);
      left[index] = isEnd ? 0 : left[index]! - rate * span;
      if (isEnd) ends[index] = next;
    }
    now = next;
  }
}

/** Raises all rates of a class in tiny exact steps: to the next full resource, class by class. */
function ratesOf(
  capacities: readonly number[],
  transfers: readonly BruteTransfer[],
  runs: (index: number) => boolean,
): Row[] {
  const rows: Row[] = transfers.flatMap(({ lanes }, transfer) =>
    runs(transfer) ? lanes.map((lane) => ({ transfer, ...lane, rate: 0, fixed: false })) : [],
  );
  const used = (resource: number) =>
    rows.reduce(
      (sum, row) =>
        sum +
        row.resources.reduce((own, each, at) => own + (each === resource ? row.coefficients[at]! * row.rate : 0), 0),
      0,
    );
  for (const priority of [0, 1, 2]) {
    const open = rows.filter((row) => transfers[row.transfer]!.priority === priority);
    while (open.some((row) => !row.fixed)) {
      let step = Number.POSITIVE_INFINITY;
      const full: number[] = [];
      for (const [resource, capacity] of capacities.entries()) {
        const slope = open.reduce(
          (sum, row) =>
            sum +
            (row.fixed
              ? 0
              : row.resources.reduce((own, each, at) => own + (each === resource ? row.coefficients[at]! : 0), 0)),
          0,
        );
        if (slope === 0) continue;
        const room = Math.max(0, (capacity - used(resource)) / slope);
        if (room < step - 1e-12 * capacity) full.length = 0;
        if (room <= step + 1e-12 * capacity) full.push(resource);
        step = Math.min(step, room);
      }
      for (const row of open) if (!row.fixed) row.rate += step;
      for (const row of open) if (row.resources.some((each) => full.includes(each))) row.fixed = true;
    }
  }
  for (const row of rows) if (row.rate < 1e-9) row.rate = 0;
  return rows;
}
