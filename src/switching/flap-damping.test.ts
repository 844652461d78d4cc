import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Damping,
  type DampingConfig,
  penalise,
  penaltyAt,
  penaltyCeiling,
  releasedUs,
  undamped,
} from "./flap-damping.ts";

/** The worked example of SONiC's Link-event-damping-HLD.md (revision 0.1), with times in seconds as printed there. */
const example: DampingConfig = {
  flapPenalty: 1000,
  suppressThreshold: 1600,
  reuseThreshold: 1200,
  halfLifeUs: 15_000_000,
  maxSuppressUs: 30_000_000,
};
const seconds = (count: number) => count * 1_000_000;
const at = (damping: Damping, second: number) => Math.floor(penaltyAt(damping, example, seconds(second)));
const down = (damping: Damping, second: number) => penalise(damping, example, seconds(second));

describe("flap damping follows the published scheme to the digit", () => {
  test("the ceiling is reuse x 2^(max-suppress / half-life)", () => {
    expect(penaltyCeiling(example)).toBe(4800);
  });

  test("the worked example", () => {
    let link = down(undamped, 3);
    expect([at(link, 3), link.suppressed]).toEqual([1000, false]);
    expect(at(link, 7)).toBe(831);
    expect(at(link, 10)).toBe(723);
    link = down(link, 10);
    expect([at(link, 10), link.suppressed]).toEqual([1723, true]);
    expect(at(link, 14)).toBe(1432);
    expect(at(link, 17)).toBe(1247);
    link = down(link, 17);
    expect([at(link, 17), link.suppressed]).toEqual([2247, true]);
    expect(at(link, 20)).toBe(1956);
    expect(Math.ceil(releasedUs(link, example) / seconds(1))).toBe(31);
    expect(at(link, 40)).toBe(776);
    link = down(link, 40);
    expect([at(link, 40), link.suppressed]).toEqual([1776, true]);
    expect(at(link, 44)).toBe(1476);
    expect(at(link, 46)).toBe(1346);
    link = down(link, 46);
    expect(at(link, 46)).toBe(2346);
    expect(Math.ceil(releasedUs(link, example) / seconds(1))).toBe(61);
    expect(Math.round(penaltyAt(link, example, seconds(70)))).toBe(774);
    link = down(link, 70);
    expect(link.suppressed).toBe(true);
  });

  test("at the ceiling a link is released exactly max-suppress after its last down event", () => {
    let link = undamped;
    for (let second = 0; second < 20; second++) link = down(link, second);
    expect(link.penalty).toBe(4800);
    expect(releasedUs(link, example)).toBe(seconds(19) + example.maxSuppressUs);
  });

  test("never above the ceiling, released when decayed to the reuse threshold and not a microsecond before", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40_000_000 }), { minLength: 1, maxLength: 30 }), (gapsUs) => {
        let link = undamped;
        let nowUs = 0;
        for (const gapUs of gapsUs) {
          nowUs += gapUs;
          link = penalise(link, example, nowUs);
          expect(link.penalty).toBeLessThanOrEqual(4800);
        }
        const release = releasedUs(link, example);
        if (!link.suppressed) expect(release).toBe(0);
        else {
          expect(release).toBeLessThanOrEqual(nowUs + example.maxSuppressUs);
          expect(penaltyAt(link, example, release)).toBeLessThanOrEqual(1200 + 1e-6);
          if (release > nowUs) expect(penaltyAt(link, example, release - 1)).toBeGreaterThan(1200 - 1e-3);
        }
      }),
    );
  });

  test("a penalty of 0 switches damping off", () => {
    expect(penalise(undamped, { ...example, flapPenalty: 0 }, 5)).toEqual(undamped);
  });
});
