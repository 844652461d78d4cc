import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeAddresses, decodeInterfaces, decodeState, foreignRoutesTo } from "../steering/decode.ts";
import { concernsAgent } from "../steering/foreign-change.ts";
import { encodeMessage, errorOf, errorText, type Message, parseMessages } from "./message.ts";
import { types } from "./rtnetlink.ts";

const prefixes = new Set(["10.9.0.2/32"]);
const readAll = (messages: readonly Message[]) => {
  decodeState(messages, (index) => `#${index}`);
  decodeInterfaces(messages);
  decodeAddresses(messages);
  foreignRoutesTo(messages, prefixes);
  for (const each of messages) {
    concernsAgent(each, prefixes);
    errorOf(each);
    errorText(each);
  }
};

test("any bytes are read without a crash", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => readAll(parseMessages(Buffer.from(bytes)))));
});

test("any message of a kind that we read, with any attributes, is read without a crash", () => {
  const attribute = fc
    .tuple(fc.nat(40), fc.uint8Array({ maxLength: 40 }), fc.integer({ min: -3, max: 3 }))
    .map(([type, payload, lie]) => {
      const head = Buffer.alloc(4);
      head.writeUInt16LE(Math.max(4 + payload.length + lie, 0), 0);
      head.writeUInt16LE(type, 2);
      return Buffer.concat([head, payload, Buffer.alloc((4 - (payload.length % 4)) % 4)]);
    });
  const header = fc.uint8Array({ minLength: 8, maxLength: 16 }).map((bytes) => {
    const own = Buffer.from(bytes);
    // Of our own protocol, wherever a header has it.
    own[2] = 201;
    own[5] = 201;
    return own;
  });
  const kind = fc.constantFrom(...Object.values(types), 2, 3);
  fc.assert(
    fc.property(kind, header, fc.array(attribute, { maxLength: 6 }), (type, head, attributes) => {
      readAll(parseMessages(encodeMessage(type, 0, 1, [head, ...attributes])));
    }),
  );
});

test("the end of a dump tells its error, and an interrupted dump says so", () => {
  const done = (error: number) => {
    const body = Buffer.alloc(4);
    body.writeInt32LE(error);
    return parseMessages(encodeMessage(3, 0x12, 5, [body]))[0]!;
  };
  expect(errorOf(done(0))).toBe(0);
  expect(errorOf(done(-105))).toBe(105);
  expect(done(0).interrupted).toBe(true);
  expect(parseMessages(encodeMessage(3, 0x02, 5, []))[0]).toMatchObject({ interrupted: false, sequence: 5 });
});
