import loadHighs from "highs";
import { describe, expect, test } from "vitest";
import { randomStream } from "../base/random.ts";
import { ConstraintRows, maxMinRates } from "./max-min.ts";

interface Solver {
  solve(problem: string): { readonly Columns: Record<string, { readonly Primal: number }> };
}
/** The package's types describe its module, not the function that a default import gives. */
const highs = await (loadHighs as unknown as () => Promise<Solver>)();

/** Solves max of one linear goal under rows <= 1, with the given lower bounds. */
function solve(goal: string, rows: readonly number[][], extra: readonly string[]): Map<string, number> {
  const sum = (row: readonly number[]) =>
    row.map((coefficient, variable) => `+ ${coefficient.toFixed(12)} x${variable}`).join(" ");
  const lines = ["Maximize", ` goal: ${goal}`, "Subject To"];
  lines.push(...rows.map((row, index) => ` r${index}: ${sum(row)} <= 1`), ...extra, "End");
  const { Columns } = highs.solve(lines.join("\n"));
  return new Map(Object.entries(Columns).map(([name, column]) => [name, column.Primal]));
}

/** Max-min rates by linear programs: raise the least as far as it goes, fix those that cannot go beyond, again. */
function maxMinByPrograms(rows: readonly number[][], active: readonly number[]): number[] {
  const rates = new Array<number>(rows[0]!.length).fill(0);
  const free = new Set(active);
  const fixed = new Set([...rates.keys()].filter((variable) => !free.has(variable)));
  while (free.size > 0) {
    const pinned = [...fixed].map((variable) => ` f${variable}: x${variable} = ${rates[variable]!.toFixed(12)}`);
    const above = [...free].map((variable) => ` a${variable}: x${variable} - level >= 0`);
    const level = solve("level", rows, [...pinned, ...above]).get("level")!;
    const stuck = [...free].filter((variable) => {
      const floors = [...free].map((other) => ` g${other}: x${other} >= ${(level - 1e-7).toFixed(12)}`);
      return solve(`x${variable}`, rows, [...pinned, ...floors]).get(`x${variable}`)! < level + 1e-4;
    });
    for (const variable of stuck) {
      rates[variable] = level;
      free.delete(variable);
      fixed.add(variable);
    }
  }
  return rates;
}

describe("max-min fair rates", () => {
  test("equal those of a series of linear programs", () => {
    const random = randomStream(7);
    for (let round = 0; round < 50; round++) {
      const variables = random.between(1, 5);
      const rows = Array.from({ length: random.between(1, 6) }, () =>
        Array.from({ length: variables }, () => (random.chance(0.6) ? random.between(1, 20) / 10 : 0)),
      );
      for (let variable = 0; variable < variables; variable++)
        rows.push(Array.from({ length: variables }, (_, other) => (other === variable ? 0.25 : 0)));
      const active = Uint8Array.from({ length: variables }, () => (random.chance(0.85) ? 1 : 0));
      const constraints = new ConstraintRows(variables);
      for (const row of rows) constraints.add(Float64Array.from(row), 0, 1);
      const rates = maxMinRates(constraints, active);
      const expected = maxMinByPrograms(
        rows,
        [...active.keys()].filter((variable) => active[variable] === 1),
      );
      for (const [variable, rate] of expected.entries()) expect(rates[variable]).toBeCloseTo(rate, 5);
    }
  });

  test("a variable that nothing limits carries nothing", () => {
    const constraints = new ConstraintRows(2);
    constraints.add(Float64Array.of(0.5, 0), 0, 1);
    expect([...maxMinRates(constraints, Uint8Array.of(1, 1))]).toEqual([2, 0]);
  });
});
