/** The bounds of a comparison, and what the simulation predicts for the lab's example. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { buildFromYaml } from "../../fabric/testing/build-from-yaml.ts";
import { type Case, gapBoundsMs, judge, type Measured } from "./judge.ts";
import { predict } from "./predict.ts";

const bench = { heartbeatMs: 50, heldMs: 80 };
const one: Case = { what: "access link", part: "p", silent: true, mode: "active-standby" };
const measured: Measured = { allSumsRight: true, gapMs: 160, undisturbedGapMs: 20, bandwidthKept: 0.95 };
const predicted = { verdict: "transparent" as const, gapMs: 150, bandwidthKept: 1 };

describe("judging", () => {
  test("an access link: a heartbeat either way, the sockets and the machine's own silence", () => {
    expect(gapBoundsMs(one, predicted, measured, bench)).toEqual([100, 300]);
    // In load-balancing replay waits for what the other link holds: 5 ms and twice 20 ms.
    expect(gapBoundsMs({ ...one, mode: "load-balancing" }, predicted, measured, bench)).toEqual([100, 345]);
    expect(judge(one, predicted, measured, bench)).toMatchObject({
      verdictAgrees: true,
      gapAgrees: true,
      bandwidthAgrees: true,
    });
  });
  test("between switches until TCP sends again", () => {
    // A round trip of up to 80 ms. The probe after two of them comes too early or is lost, the timer takes 200 ms and one; then one
    // segment goes there, its acknowledgement back 40 ms late, and the rest there: two round trips with the half before.
    const spine = { ...one, what: "spine" as const };
    const after = 40 + 2 * 80 + 20;
    expect(gapBoundsMs(spine, { gapMs: 100 }, measured, bench)).toEqual([0, 2 * 80 + 280 + after]);
    // Healed after 201 ms: the first timer may have run out before, 280 ms after the probe the next takes twice as long.
    expect(gapBoundsMs(spine, { gapMs: 151 }, measured, bench)).toEqual([0, 2 * 80 + 3 * 280 + after]);
    expect(gapBoundsMs(spine, { gapMs: 551 }, measured, bench)).toEqual([0, 2 * 80 + 7 * 280 + after]);
  });
  test.each([
    [{ gapMs: 301 }, "gapAgrees"],
    [{ gapMs: 99 }, "gapAgrees"],
    [{ bandwidthKept: 0.89 }, "bandwidthAgrees"],
    [{ bandwidthKept: 1.11 }, "bandwidthAgrees"],
    [{ bandwidthKept: 0.5 }, "verdictAgrees"],
    [{ allSumsRight: false }, "verdictAgrees"],
  ] as const)("%j does not agree", (change, what) => {
    expect(judge(one, predicted, { ...measured, ...change }, bench)[what]).toBe(false);
  });
});

describe("predictions for examples/lab.yaml", () => {
  const { cluster, fabric } = buildFromYaml(readFileSync("examples/lab.yaml", "utf8"));
  const of = (part: string, silent: boolean) => predict(cluster, fabric, { part, silent, mode: "active-standby" });
  test("a black hole lasts longer than a lost carrier, whatever fails", () => {
    for (const part of ["srv-0001/nic-1a/port-1", "leaf-a-01/cage-64", "spine-a-01"])
      expect(of(part, true).gapMs).toBeGreaterThan(of(part, false).gapMs);
  });
  test("a silent spine is noticed by heartbeats: 3 x 50 ms", () => {
    expect(of("spine-a-01", false).gapMs).toBeLessThan(50);
    expect(of("spine-a-01", true).gapMs).toBeGreaterThanOrEqual(100);
    expect(of("spine-a-01", true).gapMs).toBeLessThanOrEqual(200);
  });
});
