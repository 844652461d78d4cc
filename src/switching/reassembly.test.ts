import fc from "fast-check";
import { expect, test } from "vitest";
import { heldPiecesMax, Reassembly } from "./reassembly.ts";

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

test("small pieces that touch are joined; too many that do not are told", () => {
  const touching = new Reassembly();
  const out: number[] = [];
  for (let at = 1; at < 20_000; at++)
    expect(touching.add(at, Uint8Array.of(at & 0xff), false, copy, (bytes) => out.push(...bytes))).toBe(true);
  touching.add(0, Uint8Array.of(0), false, copy, (bytes) => out.push(...bytes));
  expect(out).toEqual(Array.from({ length: 20_000 }, (_, at) => at & 0xff));
  const apart = new Reassembly();
  let taken = 0;
  while (apart.add(2 * taken + 1, Uint8Array.of(1), false, copy, () => {})) taken++;
  expect(taken).toBe(heldPiecesMax);
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
