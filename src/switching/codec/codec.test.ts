import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32c } from "./checksum.ts";
import { decodeFrame, firstFrame, frameLengthAt } from "./decode.ts";
import {
  encodeAck,
  encodeClose,
  encodeHeartbeat,
  encodeHello,
  encodeReset,
  encodeStreamHead,
  encodeWindow,
  seal,
} from "./encode.ts";
import type { Frame } from "./frames.ts";

const uint53 = fc.maxSafeNat();
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const byte = fc.integer({ min: 0, max: 255 });
const sequenced = fc
  .tuple(fc.integer({ min: 1, max: 2 ** 40 }), fc.nat(1000))
  .map(([floor, more]) => ({ floor, sequence: floor + more }));

const frames: fc.Arbitrary<{ bytes: Uint8Array; frame: Frame; tag: number }> = fc.oneof(
  fc
    .record({
      versionMin: fc.constant(1),
      versionMax: fc.integer({ min: 1, max: 255 }),
      role: fc.integer({ min: 0, max: 1 }),
      sessionId: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      incarnation: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      boundIncarnation: uint53,
      echoIncarnation: uint53,
      heartbeatIntervalUs: uint32,
      streamReceiveBytes: uint53,
      sessionReceiveBytes: uint53,
      streamsLimit: uint32,
    })
    .map((hello) => ({ bytes: encodeHello(hello), frame: { type: "hello" as const, ...hello }, tag: 0 })),
  fc
    .record({
      probe: fc.boolean(),
      onBoth: fc.boolean(),
      repeated: fc.boolean(),
      hears: fc.tuple(fc.boolean(), fc.boolean()),
      connections: fc.tuple(fc.nat(255), fc.nat(255)),
      sentUs: uint53,
      echoSentUs: uint53,
      echoHeldUs: uint32,
      floor: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      cumulative: fc.tuple(uint53, uint53),
      sessionLimit: uint53,
    })
    .map((beat) => ({ bytes: encodeHeartbeat(7, beat), frame: { type: "heartbeat" as const, ...beat }, tag: 7 })),
  fc
    .record({
      place: sequenced,
      stream: fc.integer({ min: 1, max: 0xffff_ffff }),
      offset: fc.integer({ min: 0, max: 2 ** 50 }),
      classNumber: byte,
      final: fc.boolean(),
      ackSoon: fc.boolean(),
      payload: fc.uint8Array({ maxLength: 200 }),
    })
    .map(({ place, stream, offset, classNumber, final, ackSoon, payload }) => {
      const { sequence, floor } = place;
      const head = encodeStreamHead(9, sequence, floor, stream, offset, classNumber, final, ackSoon, payload.length);
      const bytes = Uint8Array.from([...head, ...payload]);
      return {
        bytes,
        frame: { type: "stream" as const, ...place, stream, offset, classNumber, final, ackSoon, payload },
        tag: 9,
      };
    }),
  fc.record({ place: sequenced, stream: uint32, limit: uint53, streamsLimit: uint32 }).map(({ place, ...rest }) => ({
    bytes: encodeWindow(1, { ...place, ...rest }),
    frame: { type: "window" as const, ...place, ...rest },
    tag: 1,
  })),
  fc
    .record({ place: sequenced, stream: fc.integer({ min: 1, max: 0xffff_ffff }), code: uint32, finalOffset: uint53 })
    .map(({ place, ...rest }) => ({
      bytes: encodeReset(1, { ...place, ...rest }),
      frame: { type: "reset" as const, ...place, ...rest },
      tag: 1,
    })),
  fc
    .record({
      link: fc.integer({ min: 0, max: 1 }),
      delayUs: uint32,
      cumulative: fc.nat(1e9),
      gaps: fc.array(fc.integer({ min: 1, max: 1e6 }), { maxLength: 64 }),
    })
    .map(({ gaps, ...rest }) => {
      const ranges: number[] = [];
      let at = rest.cumulative;
      for (const gap of gaps.slice(0, gaps.length - (gaps.length % 2))) {
        at += gap;
        ranges.push(at);
      }
      return { bytes: encodeAck(3, { ...rest, ranges }), frame: { type: "ack" as const, ...rest, ranges }, tag: 3 };
    }),
  fc
    .record({ code: uint32, unconfirmedBytes: uint53 })
    .map((close) => ({ bytes: encodeClose(4, close), frame: { type: "close" as const, ...close }, tag: 4 })),
);

describe("the codec", () => {
  test("CRC-32C of the published check values (RFC 3720 B.4)", () => {
    expect(crc32c(0, new Uint8Array(32), 0, 32)).toBe(0x8a9136aa);
    expect(crc32c(0, new Uint8Array(32).fill(0xff), 0, 32)).toBe(0x62a8ab43);
    expect(crc32c(0, new TextEncoder().encode("123456789"), 0, 9)).toBe(0xe3069283);
  });

  test("every frame comes back as it went", () => {
    fc.assert(
      fc.property(frames, ({ bytes, frame, tag }) => {
        expect(frameLengthAt(bytes, 0, bytes.length)).toBe(bytes.length);
        expect(decodeFrame(bytes, false)).toEqual({ kind: "frame", tag, frame });
        const sealed = bytes.slice();
        seal(sealed);
        expect(decodeFrame(sealed, true)).toEqual({ kind: "frame", tag, frame });
        expect(decodeFrame(bytes, true)).toEqual({ kind: "fault", fault: "checksum" });
      }),
    );
  });

  test("frames one behind the other are found one by one, with what is broken at the end", () => {
    fc.assert(
      fc.property(
        fc.array(frames, { minLength: 1, maxLength: 5 }),
        fc.uint8Array({ maxLength: 20 }),
        (several, rest) => {
          const bytes = Uint8Array.from([...several.flatMap((each) => [...each.bytes]), ...rest]);
          let at = 0;
          for (const each of several) {
            const found = firstFrame(bytes, at);
            expect([...found]).toEqual([...each.bytes]);
            at += found.length;
          }
          expect(at).toBe(bytes.length - rest.length);
          expect(firstFrame(bytes, at).length).toBeLessThanOrEqual(rest.length);
        },
      ),
    );
  });

  test("no bytes whatever make the decoder throw or lie about its kinds", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, checksum) => {
        expect(["frame", "ignored", "fault"]).toContain(decodeFrame(bytes, checksum).kind);
        expect(frameLengthAt(bytes, 0, bytes.length)).toBeGreaterThanOrEqual(-1);
      }),
      { numRuns: 2_000 },
    );
  });

  test("nor do damaged, cut and lengthened frames", () => {
    const harm = fc.array(fc.tuple(fc.nat(400), byte), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(frames, harm, fc.integer({ min: -20, max: 20 }), ({ bytes }, changes, longer) => {
        const harmed = new Uint8Array(Math.max(bytes.length + longer, 0));
        harmed.set(bytes.subarray(0, harmed.length));
        for (const [at, value] of changes) if (at < harmed.length) harmed[at] = value;
        if (harmed.length >= 8) new DataView(harmed.buffer).setUint32(4, harmed.length);
        const decoded = decodeFrame(harmed, false);
        if (decoded.kind === "frame" && decoded.frame.type === "stream")
          expect(decoded.frame.payload.length).toBeLessThanOrEqual(harmed.length);
      }),
      { numRuns: 5_000 },
    );
  });

  test("a single flipped bit never passes the checksum", () => {
    fc.assert(
      fc.property(frames, fc.nat(), ({ bytes }, bit) => {
        const sealed = bytes.slice();
        seal(sealed);
        const at = bit % (8 * sealed.length);
        sealed[at >> 3] = sealed[at >> 3]! ^ (1 << (at & 7));
        expect(decodeFrame(sealed, true).kind).toBe("fault");
      }),
    );
  });

  test("a later version may lengthen bodies and add types", () => {
    const close = encodeClose(4, { code: 1, unconfirmedBytes: 2 });
    const longer = new Uint8Array(close.length + 8);
    longer.set(close);
    new DataView(longer.buffer).setUint32(4, longer.length);
    expect(decodeFrame(longer, false)).toMatchObject({ kind: "frame", frame: { type: "close", code: 1 } });
    longer[2] = 0x80;
    expect(decodeFrame(longer, false)).toEqual({ kind: "ignored" });
    longer[2] = 0x7f;
    expect(decodeFrame(longer, false)).toEqual({ kind: "fault", fault: "type" });
  });
});
