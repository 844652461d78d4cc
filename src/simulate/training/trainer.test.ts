import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Trainer, type TrainerSettings } from "./trainer.ts";

const s = 1e9;
const never = Number.POSITIVE_INFINITY;
const settings: TrainerSettings = {
  shape: { computeS: 5, overlap: 0.8, buckets: 32 },
  checkpointIntervalNs: 1000 * s,
  checkpointWriteNs: 100 * s,
  restartNs: 600 * s,
  timeoutNs: 120 * s,
};
const healthy = { exchangeS: 1, activationS: 0 };
const stalled = { exchangeS: never, activationS: 0 };

function trainerOf(change: Partial<TrainerSettings> = {}) {
  const aborts: [number, string][] = [];
  const trainer = new Trainer({ ...settings, ...change }, healthy, {
    aborted: (atNs, why) => aborts.push([atNs / s, why]),
    restarted: () => healthy,
    rejoins: () => false,
  });
  return { trainer, aborts };
}

describe("the job in time", () => {
  test("healthy steps and checkpoints", () => {
    const { trainer } = trainerOf();
    trainer.advance(2300 * s);
    // A step takes 5.2 s; the first step boundary after 1000 s is 1003.6 s, and again 1003.6 s after the checkpoint.
    expect(trainer.account).toMatchObject({
      stepsDone: 2 * 193 + Math.floor((2300 - 2 * 1103.6) / 5.2),
      checkpoints: 2,
    });
    expect(trainer.account.checkpointNs).toBe(200 * s);
  });

  test("a stall shorter than the timeout resumes, a longer one is lost", () => {
    for (const [lengthS, expected] of [
      [60, []],
      [119, []],
      [150, [[130, "timeout"]]],
    ] as const) {
      const { trainer, aborts } = trainerOf();
      trainer.advance(10 * s);
      trainer.setPace(stalled);
      trainer.advance((10 + lengthS) * s);
      trainer.setPace(healthy);
      trainer.advance(900 * s);
      expect(aborts.map(([at, why]) => [Math.round(at), why])).toEqual(expected);
      expect(trainer.account.stepsLost).toBe(expected.length === 0 ? 0 : 1);
    }
  });

  test.each([600, 10])("a restart of %i s begins when the job is given up, however long that took", (restartS) => {
    const { trainer, aborts } = trainerOf({ restartNs: restartS * s });
    trainer.advance(10.4 * s);
    trainer.setPace(stalled);
    trainer.advance(130.4 * s);
    expect(aborts).toEqual([[130.4, "timeout"]]);
    trainer.advance((130.3 + restartS) * s);
    expect(trainer.phase).toBe("restart");
    trainer.advance((130.4 + restartS) * s);
    expect(trainer.phase).toBe("training");
    expect(trainer.account.restartNs).toBe(restartS * s);
  });

  test("a process that dies ends the job at once", () => {
    const other = trainerOf().trainer;
    other.advance(10.4 * s);
    other.kill();
    other.advance(610.3 * s);
    expect(other.phase).toBe("restart");
    other.advance(610.5 * s);
    expect(other.phase).toBe("training");
  });

  test("a job that cannot run waits until it can", () => {
    let possible = false;
    const trainer = new Trainer(settings, healthy, {
      aborted: () => {},
      restarted: () => (possible ? healthy : undefined),
      rejoins: () => false,
    });
    trainer.kill();
    trainer.advance(5000 * s);
    expect(trainer.phase).toBe("waiting");
    expect(trainer.account.waitingNs).toBe(4400 * s);
    possible = true;
    trainer.tryAgain();
    expect(trainer.phase).toBe("training");
  });

  test("every nanosecond is accounted for, in whatever pieces time passes", () => {
    const piece = fc.record({
      seconds: fc.double({ min: 0.0001, max: 400, noNaN: true }),
      exchangeS: fc.constantFrom(1, 2, 8, never),
      kill: fc.boolean().map((kill) => kill),
    });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { trainer } = trainerOf();
        let nowNs = 0;
        for (const { seconds, exchangeS, kill } of pieces) {
          trainer.setPace({ exchangeS, activationS: 0 });
          nowNs += Math.round(seconds * s);
          trainer.advance(nowNs);
          if (kill && seconds > 300) trainer.kill();
        }
        const { runningNs, stalledNs, checkpointNs, restartNs, waitingNs } = trainer.account;
        expect(runningNs + stalledNs + checkpointNs + restartNs + waitingNs).toBe(nowNs);
      }),
    );
  });

  test("steps taken as a whole are as many as steps taken one by one", () => {
    const whole = trainerOf().trainer;
    whole.advance(9000 * s);
    const pieces = trainerOf().trainer;
    for (let at = 0; at <= 9000; at += 0.5) pieces.advance(at * s);
    expect(pieces.account).toEqual(whole.account);
  });
});
