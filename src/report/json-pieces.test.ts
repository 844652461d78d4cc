import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonPieces } from "./json-pieces.ts";

test("the pieces together are what JSON.stringify gives", () => {
  fc.assert(
    fc.property(
      fc.object({ maxDepth: 7, withNullPrototype: false, values: [fc.jsonValue(), fc.constant(undefined)] }),
      (value) => {
        expect([...jsonPieces(value)].join("")).toBe(JSON.stringify(value, null, 2));
      },
    ),
  );
});

test("entries that are undefined are null in arrays and left out of objects", () => {
  const value = { list: [undefined, { gone: undefined }, []], gone: undefined };
  expect([...jsonPieces(value)].join("")).toBe(JSON.stringify(value, null, 2));
});
