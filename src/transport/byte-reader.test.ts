import * as fc from "fast-check";
import { expect, test } from "vitest";
import { ByteReader } from "./byte-reader.ts";

/** A reader whose messages, of a four-byte length and that many bytes, are taken as they come. */
function readerOfMessages() {
  const got: Buffer[] = [];
  const reader = new ByteReader(() => {
    while (reader.take(takeOne) > 0);
  });
  const takeOne = (block: Buffer, start: number, end: number): number => {
    if (end - start < 4) return 0;
    const length = block.readUInt32BE(start);
    if (end - start < 4 + length) return 0;
    got.push(block.subarray(start + 4, start + 4 + length));
    return 4 + length;
  };
  return { reader, got };
}

const messageBytes = (message: Buffer) =>
  Buffer.concat([Buffer.from(Uint32Array.of(message.length).buffer).swap32(), message]);

test("messages come out as they went in, however the bytes were cut and readers take turns, and stay as they are", () => {
  const length = fc.oneof(fc.nat(2_000), fc.nat(300_000), fc.constant(1_040_000));
  const connection = fc.record({
    sizes: fc.array(length, { maxLength: 8 }),
    reads: fc.array(fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 60_000, max: 600_000 })), {
      minLength: 1,
      maxLength: 9,
    }),
    chunked: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(connection, { minLength: 1, maxLength: 3 }), (connections) => {
      const all = connections.map(({ sizes, reads, chunked }, index) => {
        const sent = sizes.map((size, at) => Buffer.alloc(size, 16 * index + at + 1));
        return { ...readerOfMessages(), sent, bytes: Buffer.concat(sent.map(messageBytes)), at: 0, reads, chunked };
      });
      for (let turn = 0; all.some(({ at, bytes }) => at < bytes.length); turn++)
        for (const each of all) {
          // Many small reads of a long message would only cost time.
          const most = turn < 200 ? each.reads[turn % each.reads.length]! : 600_000;
          const piece = (room: number) => each.bytes.subarray(each.at, each.at + Math.min(most, room));
          if (each.chunked) {
            const chunk = Buffer.from(piece(65_536));
            each.at += chunk.length;
            expect(each.reader.append(chunk)).toBe(true);
          } else {
            const space = each.reader.space();
            const count = piece(space.length).copy(space);
            each.at += count;
            expect(each.reader.filled(count)).toBe(true);
          }
        }
      for (const { got, sent } of all) {
        expect(got.length).toBe(sent.length);
        for (const [index, each] of got.entries()) expect(each.equals(sent[index]!)).toBe(true);
      }
    }),
    { numRuns: 40 },
  );
});

test("what nobody takes is not kept without end", () => {
  const reader = new ByteReader();
  let kept = 0;
  while (reader.append(Buffer.alloc(65_536)) && kept < 100_000_000) kept += 65_536;
  expect(kept).toBeLessThanOrEqual(2_097_152);
});

test("a message in small reads costs copies in proportion to its length, not to its square", () => {
  const { reader, got } = readerOfMessages();
  const bytes = messageBytes(Buffer.alloc(1_000_000, 7));
  let blocks = 0;
  let last: ArrayBufferLike | undefined;
  for (let at = 0; at < bytes.length; at += 500) {
    reader.append(bytes.subarray(at, at + 500));
    reader.take((block) => {
      if (block.buffer !== last) blocks += 1;
      last = block.buffer;
      return 0;
    });
  }
  expect(got.length).toBe(1);
  expect(blocks).toBeLessThan(20);
});

test("a reader that has been emptied holds no memory, whatever passed through it", () => {
  const { reader, got } = readerOfMessages();
  const bytes = messageBytes(Buffer.alloc(3_000_000 / 4, 7));
  for (let at = 0; at < bytes.length; ) {
    const space = reader.space();
    const count = bytes.copy(space, 0, at);
    reader.filled(count);
    at += count;
  }
  got.length = 0;
  const shared = new ByteReader().space();
  expect(reader.space().buffer).toBe(shared.buffer);
});
