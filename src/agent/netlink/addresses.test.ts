import { isIPv6 } from "node:net";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressBytes, addressText, parsePrefix, prefixText } from "./addresses.ts";

describe("addresses", () => {
  test("any address survives its bytes", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const bytes = addressBytes(text);
        expect(bytes.length).toBe(isIPv6(text) ? 16 : 4);
        expect(addressBytes(addressText(bytes))).toEqual(bytes);
      }),
    );
  });

  test.each([
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:0db8::0001", "2001:db8::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["::ffff:10.0.0.1", "::ffff:a00:1"],
    ["0:0:0:0:0:0:0:0", "::"],
  ])("%s is written as RFC 5952 has it: %s", (text, canonical) => {
    expect(addressText(addressBytes(text))).toBe(canonical);
  });

  test.each([
    ["10.1.2.3/8", "10.0.0.0/8"],
    ["10.99.0.2", "10.99.0.2/32"],
    ["default", "0.0.0.0/0"],
    ["fd00::1/65", "fd00::/65"],
  ])("the prefix %s is %s", (text, canonical) => {
    expect(prefixText(parsePrefix(text))).toBe(canonical);
  });
});
