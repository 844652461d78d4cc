import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matching } from "../name-patterns.ts";

const names = ["srv-0001", "srv-0002", "srv-0016", "srv-0117", "leaf-a-01", "leaf-a-02", "leaf-b-01", "spine-a-01"];
const devices = new Map(names.map((name, part) => [name, part]));

describe("matching", () => {
  test.each([
    ["srv-0001", ["srv-0001"]],
    ["srv-*", ["srv-0001", "srv-0002", "srv-0016", "srv-0117"]],
    ["srv-[0001-0016]", ["srv-0001", "srv-0002", "srv-0016"]],
    ["srv-[2-200]", ["srv-0002", "srv-0016", "srv-0117"]],
    ["*-a-*", ["leaf-a-01", "leaf-a-02", "spine-a-01"]],
    ["leaf-*-[1-1]", ["leaf-a-01", "leaf-b-01"]],
    ["*", names],
    ["srv", []],
    ["SRV-*", []],
    ["[", []],
    ["srv-[9-1]", []],
    ["leaf-.-01", []],
  ])("%s", (pattern, expected) => {
    expect(matching(pattern, devices).map((part) => names[part])).toEqual(expected);
  });

  test("agrees with a regular expression for every pattern", () => {
    const name = fc.string({ unit: fc.constantFrom("a", "-", "1", "2"), maxLength: 6 });
    const piece = fc.constantFrom("*", "a", "-", "1", "[1-12]", "[2-2]");
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 5 }),
        fc.uniqueArray(name, { maxLength: 20 }),
        (pieces, all) => {
          const source = pieces.map((each) => {
            if (each === "[1-12]") return "0*(?:[1-9]|1[0-2])";
            return each === "[2-2]" ? "0*2" : each === "*" ? ".*" : each;
          });
          const expression = new RegExp(`^${source.join("")}$`);
          const found = matching(pieces.join(""), new Map(all.map((each, index) => [each, index])));
          expect(found.map((index) => all[index])).toEqual(all.filter((each) => expression.test(each)));
        },
      ),
      { numRuns: 500 },
    );
  });

  test("a pattern that makes regular expressions backtrack takes no time", () => {
    const long = new Map(Array.from({ length: 1000 }, (_, index) => [`${"a".repeat(60)}-${index}`, index]));
    expect(matching(`${"*a".repeat(20)}b`, long)).toEqual([]);
  }, 60_000);
});
