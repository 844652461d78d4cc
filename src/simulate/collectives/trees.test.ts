import { describe, expect, test } from "vitest";
import { depths, doubleBinaryTrees, fromTheRoot } from "./trees.ts";

describe("double binary trees", () => {
  test("are trees of at most two children and logarithmic depth; inner nodes of one are leaves of the other", () => {
    for (let count = 1; count <= 300; count++) {
      const children = doubleBinaryTrees(count).map((tree) => {
        expect(tree.filter((parent) => parent < 0)).toHaveLength(1);
        const degree = new Int32Array(count);
        for (const parent of tree) if (parent >= 0) degree[parent]!++;
        expect(Math.max(...degree)).toBeLessThanOrEqual(2);
        expect(Math.max(...depths(tree))).toBeLessThanOrEqual(Math.ceil(Math.log2(count)) + 1);
        return degree;
      });
      const innerInBoth = children[0]!.filter((degree, node) => degree > 0 && children[1]![node]! > 0).length;
      expect(innerInBoth).toBeLessThanOrEqual(1);
    }
  });

  test("a power of two is exactly as deep as its logarithm, from the root down", () => {
    for (const count of [2, 4, 8, 64, 1024]) {
      for (const tree of doubleBinaryTrees(count)) expect(Math.max(...depths(tree))).toBe(Math.log2(count));
    }
    const [tree] = doubleBinaryTrees(5);
    expect([...tree]).toEqual([-1, 2, 4, 2, 0]);
    expect([...fromTheRoot(tree)]).toEqual([0, 4, 2, 1, 3]);
  });
});
