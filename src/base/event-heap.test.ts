import * as fc from "fast-check";
import { expect, test } from "vitest";
import { EventHeap } from "./event-heap.ts";

interface Event {
  readonly time: number;
  readonly order: number;
}

/** Few different times, so that many events are equal; some near 2^53. */
const time = fc.oneof(fc.nat(5), fc.nat(1000), fc.constant(2 ** 53 - 1));
const command = fc.oneof({ weight: 3, arbitrary: time }, { weight: 2, arbitrary: fc.constant("pop" as const) });

test("gives what a sorted array gives, whatever is pushed and popped", () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 300 }), fc.integer({ min: 1, max: 4 }), (commands, capacity) => {
      const heap = new EventHeap<Event>(capacity);
      const sorted: Event[] = [];
      for (const [order, each] of commands.entries()) {
        if (each === "pop") expect(heap.pop()).toBe(sorted.shift());
        else {
          const event = { time: each, order };
          heap.push(each, event);
          sorted.push(event);
          sorted.sort((left, right) => left.time - right.time || left.order - right.order);
        }
        expect(heap.size).toBe(sorted.length);
        expect(heap.peekTime()).toBe(sorted[0]?.time);
      }
      for (const event of sorted) expect(heap.pop()).toBe(event);
      expect(heap.pop()).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});
