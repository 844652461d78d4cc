import fc from "fast-check";
import { expect, test } from "vitest";
import { LevelQueue } from "./level-queue.ts";

const level = fc.oneof(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.integer({ min: 0, max: 20 }));

test("what is put in at or above the level comes out in order, all of it, also after clearing", () => {
  const queue = new LevelQueue();
  fc.assert(
    fc.property(fc.array(level, { maxLength: 300 }), fc.array(level, { maxLength: 100 }), (first, later) => {
      queue.clear();
      const added = [...first];
      for (const [at, each] of first.entries()) queue.push(each, at);
      const taken: number[] = [];
      for (let value = queue.pop(); value !== undefined; value = queue.pop()) {
        expect(added[value]).toBe(queue.level);
        taken.push(queue.level);
        const rise = later[taken.length - 1];
        if (rise !== undefined) added.push(queue.level + rise);
        if (rise !== undefined) queue.push(queue.level + rise, added.length - 1);
      }
      expect(taken).toEqual(added.toSorted((one, other) => one - other));
    }),
  );
});
