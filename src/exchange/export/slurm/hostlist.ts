/** Slurm's hostlists: `srv-[0001-0016,0020]` for many names that differ in a number. */

/** Names as one hostlist. Order and doubles do not matter; numbers of other widths or prefixes become entries of their own. */
export function hostlist(names: readonly string[]): string {
  const series = new Map<string, { prefix: string; width: number; numbers: number[] }>();
  const alone: string[] = [];
  for (const name of new Set(names)) {
    const [, prefix, digits] = /^(.*?)(\d{1,9})$/.exec(name) ?? [];
    if (prefix === undefined || digits === undefined) {
      alone.push(name);
      continue;
    }
    const key = `${prefix} ${digits.length}`;
    const known = series.get(key) ?? { prefix, width: digits.length, numbers: [] };
    known.numbers.push(Number(digits));
    series.set(key, known);
  }
  const ranges = [...series.values()].map(({ prefix, width, numbers }) => {
    const text = (number: number) => String(number).padStart(width, "0");
    const runs = runsOf(numbers.sort((left, right) => left - right));
    if (runs.length === 1 && runs[0]!.first === runs[0]!.last) return prefix + text(runs[0]!.first);
    const parts = runs.map(({ first, last }) => (first === last ? text(first) : `${text(first)}-${text(last)}`));
    return `${prefix}[${parts.join(",")}]`;
  });
  return [...ranges, ...alone].join(",");
}

function runsOf(ascending: readonly number[]): { first: number; last: number }[] {
  const runs: { first: number; last: number }[] = [];
  for (const number of ascending) {
    const run = runs.at(-1);
    if (run !== undefined && number === run.last + 1) run.last = number;
    else runs.push({ first: number, last: number });
  }
  return runs;
}
