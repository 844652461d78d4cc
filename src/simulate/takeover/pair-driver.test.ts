import { describe, expect, test } from "vitest";
import { defaultPair, type LinkFault, type PairConfig } from "../../switching/index.ts";
import { healthyLink, type LinkTruth, PairDriver } from "./pair-driver.ts";

const delays = { carrierUs: 1_000, reportUs: 10 };
const dead: LinkTruth = { ...healthyLink, up: false, down: false, carrier: false };

/** Runs the pair until `untilUs`, at its own deadlines. */
function run(pair: PairDriver, fromUs: number, untilUs: number): { atUs: number; fault: LinkFault }[] {
  const faults: { atUs: number; fault: LinkFault }[] = [];
  let nowUs = fromUs;
  for (let rounds = 0; rounds < 100_000; rounds++) {
    for (const fault of pair.takeFaults()) faults.push({ atUs: nowUs, fault });
    const nextUs = pair.nextDeadlineUs();
    if (nextUs > untilUs) return faults;
    nowUs = Math.max(nowUs, nextUs);
    pair.tick(nowUs);
  }
  throw new Error("the pair never comes to rest");
}

function pairOf(change: Partial<PairConfig> = {}): PairDriver {
  return new PairDriver({ ...defaultPair, heartbeats: false, ...change }, delays, 0);
}

describe("the core at both ends of a pair", () => {
  test("a healthy pair costs nothing", () => {
    expect(pairOf().nextDeadlineUs()).toBe(Number.POSITIVE_INFINITY);
  });

  test("lost light is told after its delay and decided at once", () => {
    const pair = pairOf();
    pair.set(0, dead, 50_500);
    const [first, ...rest] = run(pair, 50_500, 1_000_000);
    expect(rest).toEqual([]);
    expect(first!.atUs).toBe(51_500);
    expect(first!.fault).toMatchObject({ trigger: "carrierLost", lastGoodUs: 50_500, noticedUs: 51_500 });
    expect(pair.carries).toEqual([false, true]);
  });

  test("a silent link is suspected after two missed heartbeats and blamed after three", () => {
    const pair = pairOf();
    pair.set(0, { ...dead, carrier: true }, 50_500);
    const [first] = run(pair, 50_500, 1_000_000);
    expect(first!.fault).toEqual({
      link: 0,
      trigger: "silenceConfirmed",
      lastGoodUs: 50_000,
      noticedUs: 52_000,
      decidedUs: 53_000,
    });
  });

  test("what only the peer can notice is decided when its word arrives", () => {
    const pair = pairOf();
    pair.set(0, { ...healthyLink, up: false }, 50_500);
    const [first, ...rest] = run(pair, 50_500, 1_000_000);
    expect(rest).toEqual([]);
    expect(first!.fault).toEqual({
      link: 0,
      trigger: "peerDeaf",
      lastGoodUs: 50_000,
      noticedUs: 52_000,
      decidedUs: 53_010,
    });
    expect(pair.carries).toEqual([false, true]);
  });

  test("a link that heals is taken back after its hold-down", () => {
    const pair = pairOf();
    pair.set(0, dead, 50_000);
    run(pair, 50_000, 100_000);
    pair.set(0, healthyLink, 100_000);
    run(pair, 100_000, 1_099_999);
    expect(pair.carries).toEqual([false, true]);
    run(pair, 1_099_999, 1_100_000);
    expect(pair.carries).toEqual([true, false]);
    expect(pair.nextDeadlineUs()).toBe(Number.POSITIVE_INFINITY);
  });

  test("one direction healed is not enough, both are", () => {
    const pair = pairOf();
    pair.set(0, { ...dead, carrier: true }, 50_000);
    run(pair, 50_000, 100_000);
    pair.set(0, { ...healthyLink, up: false }, 100_000);
    run(pair, 100_000, 5_000_000);
    expect(pair.carries).toEqual([false, true]);
    pair.set(0, healthyLink, 5_000_000);
    run(pair, 5_000_000, 9_000_000);
    expect(pair.carries).toEqual([true, false]);
  });

  test("a flap shorter than the carrier's news is not noticed", () => {
    const pair = pairOf();
    pair.set(0, dead, 50_000);
    pair.set(0, healthyLink, 50_900);
    expect(run(pair, 50_900, 5_000_000)).toEqual([]);
  });

  test("a link that flaps is held out longer and longer", () => {
    const pair = pairOf({ mode: "load-balancing" });
    let nowUs = 1_000_000;
    const out: number[] = [];
    for (let flap = 0; flap < 4; flap++) {
      pair.set(0, dead, nowUs);
      run(pair, nowUs, nowUs + 100_000);
      pair.set(0, healthyLink, nowUs + 100_000);
      const from = nowUs + 100_000;
      nowUs = from;
      while (!pair.carries[0]) {
        const nextUs = pair.nextDeadlineUs();
        expect(nextUs).toBeLessThan(Number.POSITIVE_INFINITY);
        run(pair, nowUs, nextUs);
        nowUs = nextUs;
      }
      out.push(nowUs - from);
      nowUs += 100_000;
    }
    expect(out[0]).toBe(1_000_000);
    expect(out[3]).toBeGreaterThan(5_000_000);
  });

  test("many damaged packets blame a link again and again, few do not", () => {
    const pair = pairOf({ mode: "load-balancing" });
    pair.set(1, { ...healthyLink, errorIntervalUs: 1_000 }, 50_000);
    const faults = run(pair, 50_000, 200_000_000);
    expect(faults[0]!.fault.trigger).toBe("errorsExceeded");
    expect(faults[0]!.atUs).toBe(53_000);
    expect(faults.length).toBeGreaterThan(2);
    const rare = pairOf();
    rare.set(0, { ...healthyLink, errorIntervalUs: 600_000 }, 50_000);
    expect(run(rare, 50_000, 200_000_000)).toEqual([]);
  });

  test("without any link left there is nothing to take over", () => {
    const pair = pairOf({ mode: "load-balancing" });
    pair.set(0, dead, 50_000);
    pair.set(1, dead, 50_000);
    run(pair, 50_000, 1_000_000);
    expect(pair.carries).toEqual([false, false]);
    pair.set(1, healthyLink, 2_000_000);
    expect(pair.carries).toEqual([false, true]);
  });
});

test("a drained link is left in good order and taken back after its hold-down", () => {
  const pair = pairOf();
  run(pair, 0, 70_000);
  pair.set(0, { ...healthyLink, drained: true }, 70_000);
  const [first, ...rest] = run(pair, 70_000, 200_000);
  expect(rest).toEqual([]);
  expect(first!.fault).toEqual({
    link: 0,
    trigger: "connectionLost",
    lastGoodUs: 70_000,
    noticedUs: 70_000,
    decidedUs: 70_000,
  });
  expect(pair.carries).toEqual([false, true]);
  pair.set(0, healthyLink, 200_000);
  run(pair, 200_000, 1_200_000);
  expect(pair.carries).toEqual([true, false]);
});
