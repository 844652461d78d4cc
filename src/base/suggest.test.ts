import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { closest, editDistance } from "./suggest.ts";

describe("closest", () => {
  const models = ["SN5600", "SN5400", "SN4700", "MMA4Z00-NS", "MMA4Z00-NS400", "oversubscription"];
  test.each([
    ["SN5600", "SN5600"],
    ["sn5600", "SN5600"],
    ["SN 5600", "SN5600"],
    ["SN5660", "SN5600"],
    ["MMA4Z00NS", "MMA4Z00-NS"],
    ["MMA4Z00-NS40", "MMA4Z00-NS400"],
    ["oversubscrption", "oversubscription"],
    ["oversub", "oversubscription"],
    ["QM9700", undefined],
    ["xy", undefined],
    ["", undefined],
  ])("%s means %s", (word, meant) => expect(closest(word, models)).toBe(meant));

  test("a huge word costs no time and means nothing", () => {
    expect(closest("q".repeat(1_000_000), models)).toBeUndefined();
  });
});

describe("editDistance", () => {
  /** The definition, without tables. */
  function slow(left: string, right: string): number {
    if (left === "" || right === "") return left.length + right.length;
    const tails = [
      slow(left.slice(1), right) + 1,
      slow(left, right.slice(1)) + 1,
      slow(left.slice(1), right.slice(1)) + (left[0] === right[0] ? 0 : 1),
    ];
    if (left.length > 1 && left[0] === right[1] && left[1] === right[0])
      tails.push(slow(left.slice(2), right.slice(2)) + 1);
    return Math.min(...tails);
  }
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 });
  test("equals its recursive definition", () => {
    fc.assert(
      fc.property(word, word, (left, right) => {
        expect(editDistance(left, right, 12)).toBe(slow(left, right));
      }),
      { numRuns: 200 },
    );
  });
});
