import fc from "fast-check";
import { expect, test } from "vitest";
import { Reassembly } from "./reassembly.ts";

const whole = Uint8Array.from({ length: 64 }, (_, index) => index);
const copy = (bytes: Uint8Array) => bytes.slice();

test("overlapping pieces in any order come out once and in order, and held bytes are counted", () => {
  const piece = fc.tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 0, max: 20 }));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const reassembly = new Reassembly();
      const out: number[] = [];
      const seen = new Set<number>();
      for (const [offset, length] of pieces) {
        const end = Math.min(offset + length, 64);
        for (let at = offset; at < end; at++) seen.add(at);
        const buffer = whole.slice(offset, end);
        expect(reassembly.add(offset, buffer, end === 64, copy, (bytes) => out.push(...bytes))).toBe(true);
        buffer.fill(255);
        let prefix = 0;
        while (seen.has(prefix)) prefix++;
        expect(out).toEqual([...whole.subarray(0, prefix)]);
        expect(reassembly.heldBytes).toBe([...seen].filter((at) => at >= prefix).length);
        expect(reassembly.complete).toBe(reassembly.finalOffset === 64 && prefix === 64);
      }
    }),
  );
});

test("a contradicted length is told", () => {
  const reassembly = new Reassembly();
  const ignore = () => {};
  expect(reassembly.add(0, whole.subarray(0, 10), true, copy, ignore)).toBe(true);
  expect(reassembly.add(0, whole.subarray(0, 11), false, copy, ignore)).toBe(false);
  expect(reassembly.add(0, whole.subarray(0, 9), true, copy, ignore)).toBe(false);
  expect(reassembly.add(0, whole.subarray(0, 9), false, copy, ignore)).toBe(true);
  const other = new Reassembly();
  other.add(20, whole.subarray(20, 30), false, copy, ignore);
  expect(other.add(0, whole.subarray(0, 25), true, copy, ignore)).toBe(false);
});
