import fc from "fast-check";
import { expect, test } from "vitest";
import { HeldMemory, sessionPiecesMax } from "./held-memory.ts";
import { heldPiecesMax, Reassembly } from "./reassembly.ts";

const whole = Uint8Array.from({ length: 64 }, (_, index) => index);

test("overlapping pieces in any order come out once and in order, and held bytes are counted", () => {
  const piece = fc.tuple(fc.integer({ min: 0, max: 63 }), fc.integer({ min: 0, max: 20 }));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const reassembly = new Reassembly(new HeldMemory(false));
      const out: number[] = [];
      const seen = new Set<number>();
      for (const [offset, length] of pieces) {
        const end = Math.min(offset + length, 64);
        for (let at = offset; at < end; at++) seen.add(at);
        const buffer = whole.slice(offset, end);
        expect(reassembly.add(offset, buffer, end === 64, (bytes) => out.push(...bytes))).toBe(true);
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
  const touching = new Reassembly(new HeldMemory(false));
  const out: number[] = [];
  for (let at = 1; at < 20_000; at++)
    expect(touching.add(at, Uint8Array.of(at & 0xff), false, (bytes) => out.push(...bytes))).toBe(true);
  touching.add(0, Uint8Array.of(0), false, (bytes) => out.push(...bytes));
  expect(out).toEqual(Array.from({ length: 20_000 }, (_, at) => at & 0xff));
  const apart = new Reassembly(new HeldMemory(false));
  let taken = 0;
  while (apart.add(2 * taken + 1, Uint8Array.of(1), false, () => {})) taken++;
  expect(taken).toBe(heldPiecesMax);
});

test("a contradicted length is told", () => {
  const reassembly = new Reassembly(new HeldMemory(false));
  const ignore = () => {};
  expect(reassembly.add(0, whole.subarray(0, 10), true, ignore)).toBe(true);
  expect(reassembly.add(0, whole.subarray(0, 11), false, ignore)).toBe(false);
  expect(reassembly.add(0, whole.subarray(0, 9), true, ignore)).toBe(false);
  expect(reassembly.add(0, whole.subarray(0, 9), false, ignore)).toBe(true);
  const other = new Reassembly(new HeldMemory(false));
  other.add(20, whole.subarray(20, 30), false, ignore);
  expect(other.add(0, whole.subarray(0, 25), true, ignore)).toBe(false);
});

test("what is held keeps little of the buffers it came in, however small the pieces", () => {
  const slabBytes = 1_048_576;
  const memory = new HeldMemory(true);
  const streams = Array.from({ length: 64 }, () => new Reassembly(memory));
  const offsets = Array.from({ length: 40 }, (_, round) => 100 + 200 * round);
  for (const offset of offsets)
    for (const stream of streams)
      expect(stream.add(offset, new Uint8Array(slabBytes).subarray(0, 16), false, () => {})).toBe(true);
  expect(memory.pieces).toBe(40 * 64);
  const buffers = new Set<ArrayBufferLike>();
  for (const stream of streams) {
    for (const offset of offsets)
      stream.add(stream.nextOffset, new Uint8Array(offset - stream.nextOffset), false, ({ buffer }) => {
        buffers.add(buffer);
      });
    expect(stream.heldBytes).toBe(0);
  }
  expect(memory.pieces).toBe(0);
  const keptBytes = [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
  expect(keptBytes).toBeGreaterThan(32 * slabBytes);
  expect(keptBytes).toBeLessThan(66 * slabBytes);
});

test("a session that holds too many pieces with gaps between them is told, over all its streams", () => {
  const memory = new HeldMemory(false);
  const streams = Array.from({ length: 32 }, () => new Reassembly(memory));
  let taken = 0;
  for (let offset = 1; streams.every((stream) => stream.add(offset, Uint8Array.of(1), false, () => {})); offset += 2)
    taken += streams.length;
  expect(taken).toBe(sessionPiecesMax);
  for (const stream of streams) stream.clear();
  expect(memory.pieces).toBe(0);
});
