import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseQuantity, type QuantityKind, quantityExamples, quantityPattern, quantityUnits } from "./units.ts";

const kinds = Object.keys(quantityUnits) as QuantityKind[];
const units = kinds.flatMap((kind) =>
  Object.entries(quantityUnits[kind]).map(([unit, factor]) => ({ kind, unit, factor })),
);
const written = (unit: string, digits: string) =>
  unit.startsWith("$") ? `$${digits}${unit.slice(1)}` : `${digits}${unit}`;

describe("parseQuantity", () => {
  test.each(units)("one $unit is $factor of the base unit of $kind", ({ kind, unit, factor }) => {
    expect(parseQuantity(kind, written(unit, "1"))).toEqual({ ok: true, value: factor });
  });

  test.each([
    ["length", "2.5 km", 2500],
    ["bandwidth", "450GB/s", 3600],
    ["bandwidth", "51.2Tbps", 51_200],
    ["duration", "10us", 0.00001],
    ["duration", "72min", 4320],
    ["size", "16GiB", 17_179_869_184],
    ["size", "1_000_000B", 1_000_000],
    ["fraction", "6.25%", 0.0625],
    ["money", "$1,234,567.50", 1_234_567.5],
    ["money", "$30k", 30_000],
    ["money", "$1.5M", 1_500_000],
    ["moneyPerHour", "$6.67/h", 6.67],
    ["moneyPerEnergy", "$0.10/kWh", 0.1],
    ["failureRate", " 719 FIT ", 719],
  ] as const)("%s %s", (kind, text, value) => expect(parseQuantity(kind, text)).toEqual({ ok: true, value }));

  test("decimal fractions come out as the double nearest to what is written", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...units.filter(({ kind }) => kind === "duration" || kind === "length")),
        fc.integer({ min: 0, max: 99_999 }),
        ({ kind, unit, factor }, number) => {
          const result = parseQuantity(kind, `${number}${unit}`);
          const exact = factor < 1 ? Number(`${number}e${Math.round(Math.log10(factor))}`) : number * factor;
          expect(result).toEqual({ ok: true, value: exact });
        },
      ),
    );
  });

  test("what is good matches the pattern for editors, and what matches is good", () => {
    const text = fc.oneof(
      fc
        .tuple(
          fc.constantFrom("1", "20", "2.5", "1_000", "1,000", "1e3", "-1", ""),
          fc.constantFrom("", " "),
          fc.constantFrom(...units.map(({ unit }) => unit), "k", "x"),
        )
        .map((all) => all.join("")),
      fc
        .tuple(
          fc.constant("$"),
          fc.constantFrom("1", "20.5", "1,000", "x"),
          fc.constantFrom("", "k", "M", "G"),
          fc.constantFrom("", "/h", "/kWh", "/m"),
        )
        .map((all) => all.join("")),
    );
    fc.assert(
      fc.property(fc.constantFrom(...kinds), text, (kind, quantity) => {
        expect(new RegExp(quantityPattern(kind), "u").test(quantity)).toBe(parseQuantity(kind, quantity).ok);
      }),
      { numRuns: 2000 },
    );
  });

  test.each(kinds)("the example of %s is good", (kind) =>
    expect(parseQuantity(kind, quantityExamples[kind]).ok).toBe(true),
  );

  test.each([
    ["length", "20", '"20" has no unit', "such as 20m"],
    ["length", "20Gbps", '"20Gbps" is a bandwidth, not a length', "20m"],
    ["length", "20 metres", '"metres" is not a unit of length', "Did you mean 20m?"],
    ["bandwidth", "20 Gb", '"Gb" is not a unit of bandwidth', "Did you mean 20Gbps?"],
    ["bandwidth", "200G", '"G" is not', "Did you mean 200Gbps?"],
    ["bandwidth", "450GBs", '"GBs" is not', "Did you mean 450GB/s?"],
    ["bandwidth", "200gbps", '"gbps" is not', "Did you mean 200Gbps?"],
    ["duration", "15 m", '"15 m" is a length, not a duration', "Did you mean 15min?"],
    ["size", "16Gi", '"Gi" is not a unit', "Did you mean 16GiB?"],
    ["length", "-5m", '"-5m" is negative', "start at 0"],
    ["length", "1e3m", "exponent", "Write the number out"],
    ["length", "five", '"five" is not a length', "20m"],
    ["length", "", '"" is not a length', "20m"],
    ["money", "1200", '"1200" is not an amount of money', "Write $1200."],
    ["money", "1200 USD", "is not an amount of money", "Write $1200."],
    ["moneyPerHour", "$5", "is not money per hour", "Write $5/h."],
    ["moneyPerHour", "$5/kWh", "is not money per hour", "$2.50/h"],
    ["length", "constructor", "is not a length", "20m"],
    ["length", "1constructor", '"constructor" is not a unit', "20m"],
  ] as const)("%s %j is refused: %s", (kind, text, problem, remedy) => {
    const result = parseQuantity(kind, text);
    expect(result.ok ? "accepted" : result.problem).toContain(problem);
    expect(result.ok ? "accepted" : result.remedy).toContain(remedy);
  });

  test("a unit that is meant is one that is then accepted", () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.string({ maxLength: 8 }), (kind, unit) => {
        const result = parseQuantity(kind, `7${unit}`);
        const meant = result.ok ? undefined : /^(?:Did you mean|Write) (\$?[\d.,]+\S*?)[?.]$/.exec(result.remedy)?.[1];
        if (meant !== undefined) expect(parseQuantity(kind, meant).ok).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("any text is accepted or refused with reasons, at once", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("1".repeat(100_000), `1${"_111".repeat(50_000)}`, " ".repeat(100_000), `1${" a".repeat(50_000)}`),
    );
    fc.assert(
      fc.property(fc.constantFrom(...kinds), text, (kind, any) => {
        const result = parseQuantity(kind, any);
        if (result.ok) expect(result.value).toBeGreaterThanOrEqual(0);
        else expect(result.problem.length + result.remedy.length).toBeLessThan(400);
      }),
      { numRuns: 500 },
    );
  });
});
