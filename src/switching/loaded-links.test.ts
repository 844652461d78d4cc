import { describe, expect, test } from "vitest";
import { type CleanLink, transfer } from "./testing/transfer.ts";

/** Links of 800 and 200 Mbit/s whose heartbeats queue behind up to 10 ms of data, three times what may be missed. */
const wide: CleanLink = { rate: 100, delayUs: 20, queueUs: 10_000 };
const narrow: CleanLink = { rate: 25, delayUs: 20, queueUs: 10_000 };
const bytes = 40_000_000;

describe.each([true, false])("heartbeats queue behind data, watched: %s", (watched) => {
  const large = { watched, writeBytes: 262_144, frameBytesMax: 524_288 };

  test.each([
    ["wide", wide],
    ["narrow", narrow],
  ] as const)("a loaded %s link is not blamed", (_name, link) => {
    const { tookUs, blames } = transfer("active-standby", [link, link], bytes, large);
    expect(blames).toBe(0);
    expect(bytes / tookUs).toBeGreaterThanOrEqual(0.95 * link.rate);
  });

  test.each([
    [wide, narrow],
    [narrow, wide],
  ])("at 4:1 with large writes the pair carries the sum", (first, second) => {
    const { tookUs, blames } = transfer("load-balancing", [first, second], bytes, large);
    expect(blames).toBe(0);
    expect(bytes / tookUs).toBeGreaterThanOrEqual(0.95 * 125);
  });

  test("nor is one blamed in duplication", () => {
    const { tookUs, blames } = transfer("duplication", [wide, narrow], bytes, large);
    expect(blames).toBe(0);
    expect(bytes / tookUs).toBeGreaterThanOrEqual(0.9 * wide.rate);
  });
});
