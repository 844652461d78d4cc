import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatHostPort, parseHostPort } from "./forward.ts";
import { decodeChallenge, decodeHello, decodeWelcome } from "./join-messages.ts";

test.each([
  ["127.0.0.1:80", { host: "127.0.0.1", port: 80 }],
  ["[::1]:65535", { host: "::1", port: 65_535 }],
  ["db.example:5432", { host: "db.example", port: 5_432 }],
  ["db.example", undefined],
  ["a:65536", undefined],
  ["::1:80", undefined],
  ["a b:80", undefined],
  ["a=b:80", undefined],
  [`${"a".repeat(400)}:1`, undefined],
])("host and port: %s", (text, expected) => {
  expect(parseHostPort(text)).toEqual(expected);
  if (expected !== undefined) expect(formatHostPort(expected)).toBe(text);
});

test("whatever bytes come, the handshake's decoders answer and never throw", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.constantFrom(36, 60, 84).chain((length) => fc.uint8Array({ minLength: length, maxLength: length })),
  );
  fc.assert(
    fc.property(bytes, fc.boolean(), (random, withMagic) => {
      const message = Buffer.from(random);
      if (withMagic) message.write("twinlink\x01", "latin1");
      for (const decode of [decodeHello, decodeChallenge, decodeWelcome]) expect(() => decode(message)).not.toThrow();
    }),
    { numRuns: 2_000 },
  );
});
