import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitChunk } from "./chunk.ts";
import { SendStream } from "./send-stream.ts";

const stream = () => new SendStream(1, "gradient", Number.MAX_SAFE_INTEGER);
const unlimited = Number.MAX_SAFE_INTEGER;

/** `length` bytes that say where in the stream they are. */
const written = (from: number, length: number) =>
  Uint8Array.from({ length }, (_, index) => ((from + index) * 31 + ((from + index) >> 8)) & 0xff);

describe("the sending half of a stream", () => {
  test("chunks carry what was written, in order, however it was written, cut and split", () => {
    const write = fc.record({ write: fc.oneof(fc.nat(40), fc.integer({ min: 900, max: 1_200 }), fc.nat(9_000)) });
    const cut = fc.record({ cut: fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 20_000 })) });
    fc.assert(
      fc.property(fc.array(fc.oneof(write, cut), { maxLength: 60 }), (steps) => {
        const sending = stream();
        const got: number[] = [];
        let total = 0;
        const take = (bytesMax: number) => {
          const chunk = sending.cut(bytesMax, unlimited);
          expect(chunk.offset).toBe(got.length);
          const parts = chunk.payloadBytes > 10 ? [chunk, splitChunk(chunk, chunk.payloadBytes >> 1)] : [chunk];
          for (const part of parts) {
            expect(part.offset).toBe(got.length);
            expect(part.pieces.length).toBeLessThanOrEqual(64);
            for (const piece of part.pieces) got.push(...piece);
            expect(got.length).toBe(part.offset + part.payloadBytes);
          }
        };
        for (const step of steps) {
          if ("cut" in step) {
            if (sending.unsentBytes > 0) take(step.cut);
            continue;
          }
          const bytes = written(total, step.write);
          sending.write(bytes);
          // Small writes are copied: the caller may use the buffer again.
          if (bytes.length <= 1_024) bytes.fill(0);
          total += step.write;
        }
        while (sending.unsentBytes > 0) take(3_000);
        expect(Buffer.from(got).equals(Buffer.from(written(0, total)))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test("many small writes share few pieces and one chunk", () => {
    const sending = stream();
    for (let count = 0; count < 10_000; count++) sending.write(new Uint8Array(16));
    const chunk = sending.cut(131_072, unlimited);
    expect(chunk.payloadBytes).toBe(131_072);
    expect(chunk.pieces.length).toBeLessThanOrEqual(10);
  });

  test("writes of some kilobytes go together by reference", () => {
    const sending = stream();
    const pieces = Array.from({ length: 16 }, () => new Uint8Array(8_192));
    for (const piece of pieces) sending.write(piece);
    const chunk = sending.cut(131_072, unlimited);
    expect(chunk.pieces.map((piece) => piece.buffer)).toEqual(pieces.map((piece) => piece.buffer));
    expect(chunk.pieces.every((piece, index) => piece === pieces[index])).toBe(true);
  });
});
