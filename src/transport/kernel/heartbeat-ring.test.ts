import fc from "fast-check";
import { expect, test } from "vitest";
import { HeartbeatRing, ringBytes } from "./heartbeat-ring.ts";

function pair(slots: number) {
  const memory = new SharedArrayBuffer(8 + ringBytes(slots));
  return { writer: new HeartbeatRing(memory, 8, slots), reader: new HeartbeatRing(memory, 8, slots) };
}

test("what is written is taken in order with its time, once; a late reader finds the latest", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("write" as const), count: fc.integer({ min: 1, max: 700 }) }),
    fc.record({ kind: fc.constant("take" as const), count: fc.integer({ min: 1, max: 20 }) }),
    fc.record({ kind: fc.constant("skip" as const), count: fc.integer({ min: 1, max: 600 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.constantFrom(16, 512), (steps, slots) => {
      const { writer, reader } = pair(slots);
      let written = 0;
      let next = 0;
      for (const { kind, count } of steps) {
        if (kind === "write")
          for (let each = 0; each < count; each++) writer.write(Buffer.alloc(1 + (written % 160), written), written++);
        if (kind === "skip") {
          reader.skipToLatest(count);
          next = Math.max(next, written - Math.min(count, slots - 1));
        }
        for (let each = 0; kind === "take" && each < count; each++) {
          const frame = reader.take();
          if (written - next >= slots) next = written - slots + 1;
          if (next === written) expect(frame).toBeUndefined();
          else {
            expect(frame).toEqual(Buffer.alloc(1 + (next % 160), next));
            expect(reader.arrivedUs).toBe(next);
            next += 1;
          }
        }
      }
    }),
    { numRuns: 200 },
  );
});

test("a frame that does not fit is refused", () => {
  const { writer, reader } = pair(16);
  expect(writer.write(Buffer.alloc(161), 1)).toBe(false);
  expect(reader.take()).toBeUndefined();
});
