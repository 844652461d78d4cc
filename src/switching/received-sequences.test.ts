import fc from "fast-check";
import { expect, test } from "vitest";
import { ackRangesMax } from "./codec/layout.ts";
import { ReceivedSequences } from "./received-sequences.ts";

test("agrees with a plain set, in any order, with duplicates and rising floors", () => {
  const step = fc.record({
    sequence: fc.integer({ min: 1, max: 60 }),
    floor: fc.integer({ min: 1, max: 60 }),
    raises: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const received = new ReceivedSequences();
      const model = new Set<number>();
      let floor = 1;
      for (const { sequence, floor: next, raises } of steps) {
        if (raises) {
          floor = Math.max(floor, next);
          received.raiseFloor(next);
        }
        expect(received.add(sequence)).toBe(!model.has(sequence) && sequence >= floor);
        model.add(sequence);
        let cumulative = floor - 1;
        while (model.has(cumulative + 1)) cumulative++;
        expect(received.cumulative).toBe(cumulative);
        const beyond: number[] = [];
        for (let at = 0; at < received.ranges.length; at += 2)
          for (let each = received.ranges[at]!; each <= received.ranges[at + 1]!; each++) beyond.push(each);
        expect(beyond).toEqual([...model].filter((each) => each > cumulative).sort((a, b) => a - b));
      }
    }),
  );
});

test("never remembers more ranges than an acknowledgement can carry", () => {
  const received = new ReceivedSequences();
  for (let sequence = 2; sequence < 400; sequence += 2) received.add(sequence);
  expect(received.ranges.length).toBe(2 * ackRangesMax);
  expect(received.add(399)).toBe(false);
  expect(received.add(3)).toBe(true);
  expect(received.add(1)).toBe(true);
});
