import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ByteReader } from "./byte-reader.ts";

/** Messages of a four-byte length and that many bytes. */
function messagesOf(got: Buffer[]) {
  return (slab: Buffer, start: number, end: number): number => {
    if (end - start < 4) return 0;
    const length = slab.readUInt32BE(start);
    if (end - start < 4 + length) return 0;
    got.push(slab.subarray(start + 4, start + 4 + length));
    return 4 + length;
  };
}

test("messages come out as they went in, however the bytes were cut, and stay as they are", () => {
  const lengths = fc.array(fc.oneof(fc.nat(2_000), fc.nat(300_000), fc.constant(1_040_000)), { maxLength: 12 });
  fc.assert(
    fc.property(
      lengths,
      fc.array(fc.integer({ min: 1, max: 262_144 }), { minLength: 1, maxLength: 9 }),
      (sizes, reads) => {
        const sent = sizes.map((size, index) => Buffer.alloc(size, index + 1));
        const bytes = Buffer.concat(
          sent.flatMap((each) => [Buffer.from(Uint32Array.of(each.length).buffer).swap32(), each]),
        );
        const got: Buffer[] = [];
        const reader = new ByteReader(messagesOf(got));
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const space = reader.space();
          const count = Math.min(space.length, bytes.length - at, reads[turn % reads.length]!);
          bytes.copy(space, 0, at, at + count);
          at += count;
          expect(reader.filled(count)).toBe(true);
        }
        expect(got.length).toBe(sent.length);
        for (const [index, each] of got.entries()) expect(each.equals(sent[index]!)).toBe(true);
      },
    ),
    { numRuns: 30 },
  );
});

test("what nobody takes is not kept without end", () => {
  const reader = new ByteReader(() => 0);
  let kept = 0;
  while (reader.append(Buffer.alloc(65_536)) && kept < 100_000_000) kept += 65_536;
  expect(kept).toBeLessThanOrEqual(2_097_152);
});
