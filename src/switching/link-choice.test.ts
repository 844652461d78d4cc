import { describe, expect, test } from "vitest";
import { defaultLink } from "./config.ts";
import { chooseLink } from "./link-choice.ts";
import { LinkSender } from "./link-sender.ts";

/** A link of known rate (bytes a microsecond) and round trip, with something in flight. */
function link(rate: number, roundTripUs: number, inFlightBytes = 0, inFlightBytesMax = defaultLink.inFlightBytesMax) {
  const sender = new LinkSender({ ...defaultLink, rateHintBytesPerSecond: rate * 1e6, inFlightBytesMax });
  sender.meter.sampleRoundTrip(roundTripUs, 0);
  sender.inFlightBytes = inFlightBytes;
  return sender;
}
const both = [true, true] as const;

describe("which link takes the next chunk", () => {
  test("where it arrives first: small on the near link, large on the wide one", () => {
    const pair = [link(100, 20), link(1_000, 200)] as const;
    expect(chooseLink(pair, both, 256, 256, "auto")).toBe(0);
    expect(chooseLink(pair, both, 65_536, 65_536, "auto")).toBe(1);
  });

  test("what is in flight counts", () => {
    const pair = [link(100, 20, 60_000), link(100, 20)] as const;
    expect(chooseLink(pair, both, 1_000, 1_000, "auto")).toBe(1);
  });

  test("a slower link takes a chunk only when that is done before the faster has done all that waits", () => {
    const full = () => [link(1_000, 20, 65_536, 65_536), link(10, 20)] as const;
    expect(chooseLink(full(), both, 10_000, 10_000, "auto")).toBeUndefined();
    expect(chooseLink(full(), both, 10_000, 900_000, "auto")).toBeUndefined();
    expect(chooseLink(full(), both, 10_000, 1_000_000, "auto")).toBe(1);
  });

  test("a preferred link goes first, and is left as a slower one would be", () => {
    const pair = [link(1_000, 20), link(10, 20)] as const;
    expect(chooseLink(pair, both, 10_000, 10_000, 1)).toBe(1);
    expect(chooseLink([link(1_000, 20), link(10, 20, 65_536, 65_536)], both, 10_000, 10_000, 1)).toBe(0);
  });

  test("only links that carry and are writable", () => {
    const pair = [link(100, 20), link(100, 20)] as const;
    expect(chooseLink(pair, [false, true], 1, 1, "auto")).toBe(1);
    expect(chooseLink(pair, [false, false], 1, 1, "auto")).toBeUndefined();
    pair[1].writable = false;
    expect(chooseLink(pair, [false, true], 1, 1, "auto")).toBeUndefined();
  });
});
