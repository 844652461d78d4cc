import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ReceiveQueue } from "./receive-queue.ts";

test("bytes come out in order, whatever the pieces", () => {
  const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 70_000 }));
  const step = fc.oneof(size, fc.constant(0));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const queue = new ReceiveQueue();
      let next = 0;
      const sent: Buffer[] = [];
      const got: Uint8Array[] = [];
      for (const bytes of steps) {
        if (bytes === 0) {
          const piece = queue.shift();
          if (piece !== undefined) got.push(piece.slice());
          continue;
        }
        const piece = Buffer.alloc(bytes, ++next);
        sent.push(piece);
        queue.push(piece);
      }
      for (let piece = queue.shift(); piece !== undefined; piece = queue.shift()) got.push(piece);
      expect(queue.bytes).toBe(0);
      expect(Buffer.concat(got).equals(Buffer.concat(sent))).toBe(true);
    }),
  );
});

test("what waits costs what it counts for: no piece keeps a slab", () => {
  const queue = new ReceiveQueue();
  const slab = Buffer.alloc(4_194_304);
  for (let at = 0; at < slab.length; at += 65_536)
    for (const bytes of [16, 20_000]) queue.push(slab.subarray(at, at + bytes));
  const buffers = new Set<ArrayBufferLike>();
  const counted = queue.bytes;
  for (let piece = queue.shift(); piece !== undefined; piece = queue.shift()) buffers.add(piece.buffer);
  const kept = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(kept).toBeLessThan(2 * counted);
});

test("two million single bytes wait in a few dozen blocks", () => {
  const queue = new ReceiveQueue();
  const one = Buffer.alloc(1);
  for (let count = 0; count < 2_000_000; count++) queue.push(one);
  let pieces = 0;
  while (queue.shift() !== undefined) pieces += 1;
  expect(pieces).toBeLessThan(40);
});
