import { describe, expect, test } from "vitest";
import { flowIdentity, linkScore } from "./flow-hash.ts";

function winner(identity: number, links: readonly number[]): number {
  return links.reduce((best, link) => (linkScore(identity, link) > linkScore(identity, best) ? link : best));
}

describe("the hash over flow identity", () => {
  test.each([2, 3, 8, 64])("spreads flows evenly over %i neighbouring links (chi-square)", (count) => {
    const links = Array.from({ length: count }, (_, link) => 5000 + link);
    const hits = new Float64Array(count);
    const flows = 20_000;
    for (let flow = 0; flow < flows; flow++)
      hits[winner(flowIdentity(2 * flow, 2 * (flow + 8), 0, 1), links) - 5000]!++;
    const expected = flows / count;
    const chiSquare = hits.reduce((sum, each) => sum + (each - expected) ** 2 / expected, 0);
    // Mean count - 1, variance 2 (count - 1): five standard deviations.
    expect(chiSquare).toBeLessThan(count - 1 + 5 * Math.sqrt(2 * (count - 1)));
  });

  test("one switch's choice tells nothing of the next one's", () => {
    const first = [10, 11, 12, 13];
    const second = [20, 21, 22, 23];
    const table = new Float64Array(16);
    for (let flow = 0; flow < 16_000; flow++) {
      const identity = flowIdentity(flow, 7);
      table[4 * (winner(identity, first) - 10) + winner(identity, second) - 20]!++;
    }
    const chiSquare = table.reduce((sum, each) => sum + (each - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(15 + 5 * Math.sqrt(30));
  });

  test("when a link goes, only its own flows move, and they come back to it", () => {
    const links = Array.from({ length: 16 }, (_, link) => link);
    for (let flow = 0; flow < 2000; flow++) {
      const identity = flowIdentity(flow, flow + 1, 3);
      const before = winner(identity, links);
      const after = winner(
        identity,
        links.filter((link) => link !== 5),
      );
      if (before === 5) expect(after).not.toBe(5);
      else expect(after).toBe(before);
    }
  });

  test("connections, directions and seeds are told apart", () => {
    const identities = new Set<number>();
    for (let from = 0; from < 40; from++)
      for (let to = 0; to < 40; to++)
        for (let connection = 0; connection < 4; connection++)
          for (const seed of [0, 1]) identities.add(flowIdentity(from, to, connection, seed));
    // Of 12,800 draws from 2^32 about 0.02 coincide.
    expect(identities.size).toBeGreaterThanOrEqual(12_800 - 2);
  });
});
