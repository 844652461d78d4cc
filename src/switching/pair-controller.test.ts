import { describe, expect, test } from "vitest";
import { defaultHealth, type LinkIndex, type PairConfig } from "./config.ts";
import { LinkPairController } from "./pair-controller.ts";
import type { PairInput, PairOutput } from "./pair-inputs.ts";

/** A controller with a peer that sends a heartbeat on each link that is not silent, every millisecond. */
class Bench {
  nowUs = 0;
  readonly pair: LinkPairController;
  readonly outputs: PairOutput[] = [];
  readonly silent = [false, false];
  readonly #delayUs: readonly [number, number];
  peerStalled = false;
  /** While we are stalled, nothing is offered and no tick comes; what arrived waits. */
  stalled = false;
  readonly #waiting: PairInput[] = [];
  readonly #underway: { atUs: number; input: PairInput }[] = [];

  constructor(options: Partial<PairConfig> = {}, delayUs: readonly [number, number] = [0, 0]) {
    this.#delayUs = delayUs;
    this.pair = new LinkPairController(options, 0);
    for (const link of [0, 1] as const) {
      this.give({ kind: "attach", link });
      const atUs = delayUs[link];
      this.#underway.push({ atUs, input: { kind: "heard", link, peerSentUs: 0, onBoth: true } });
      this.#underway.push({ atUs, input: { kind: "peerReport", link, hears: true, peerSentUs: 1 } });
    }
    this.run(Math.max(...delayUs) + 50);
  }

  give(input: PairInput): void {
    if (this.stalled && input.kind !== "tick") this.#waiting.push(input);
    else this.outputs.push(...this.pair.handle(input, this.nowUs));
  }

  run(untilUs: number): void {
    while (this.nowUs < untilUs) {
      this.nowUs += 50;
      if (this.nowUs % 1_000 === 0 && !this.peerStalled) this.#beat();
      for (const { atUs, input } of this.#underway.splice(0)) {
        if (atUs > this.nowUs) this.#underway.push({ atUs, input });
        else this.give(input);
      }
      if (!this.stalled && this.nowUs >= this.pair.nextDeadlineUs()) this.give({ kind: "tick" });
    }
  }

  /** As an event loop does: the timer first, then what has arrived. */
  wake(): void {
    this.stalled = false;
    if (this.nowUs >= this.pair.nextDeadlineUs()) this.give({ kind: "tick" });
    for (const input of this.#waiting.splice(0)) this.give(input);
  }

  #beat(): void {
    for (const link of [0, 1] as const)
      if (!this.silent[link])
        this.#underway.push({
          atUs: this.nowUs + this.#delayUs[link],
          input: { kind: "heard", link, peerSentUs: this.nowUs, onBoth: true },
        });
  }

  states(): string[] {
    return [this.pair.health(0).state, this.pair.health(1).state];
  }

  faults(): { link: LinkIndex; trigger: string; detectUs: number; decideUs: number }[] {
    return this.outputs.flatMap((output) =>
      output.kind === "fault"
        ? [
            {
              link: output.fault.link,
              trigger: output.fault.trigger,
              detectUs: output.fault.noticedUs - output.fault.lastGoodUs,
              decideUs: output.fault.decidedUs - output.fault.noticedUs,
            },
          ]
        : [],
    );
  }
}

describe("health", () => {
  test("a silent link is suspected after two missed heartbeats, probed, and blamed after three", () => {
    const bench = new Bench();
    bench.run(10_500);
    bench.silent[0] = true;
    bench.run(30_000);
    expect(bench.faults()).toEqual([{ link: 0, trigger: "silenceConfirmed", detectUs: 2_000, decideUs: 1_000 }]);
    expect(bench.outputs).toContainEqual({ kind: "heartbeat", link: 0, probe: true });
    expect(bench.pair.carries).toEqual([false, true]);
  });

  test("an answer to the probe clears the link", () => {
    const bench = new Bench();
    bench.run(10_500);
    bench.silent[0] = true;
    bench.run(12_500);
    expect(bench.states()).toEqual(["suspect", "up"]);
    bench.give({ kind: "heard", link: 0, peerSentUs: 12_400, onBoth: false });
    expect(bench.states()).toEqual(["up", "up"]);
    bench.silent[0] = false;
    bench.run(40_000);
    expect(bench.faults()).toEqual([]);
  });

  test("a peer that is stalled makes no link guilty, however unequal the two are", () => {
    for (const delayUs of [0, 400, 7_000, 25_000]) {
      const bench = new Bench({}, [delayUs, 0]);
      bench.run(60_000);
      bench.peerStalled = true;
      bench.run(90_000);
      bench.peerStalled = false;
      bench.run(150_000);
      expect(bench.faults()).toEqual([]);
      expect(bench.states()).toEqual(["up", "up"]);
    }
  });

  test("a stall of our own makes no link guilty; a link that died meanwhile is found soon after", () => {
    const bench = new Bench();
    bench.run(10_000);
    bench.stalled = true;
    bench.run(45_000);
    bench.wake();
    bench.run(60_000);
    expect(bench.faults()).toEqual([]);
    bench.stalled = true;
    bench.silent[1] = true;
    bench.run(90_000);
    bench.wake();
    bench.run(95_000);
    expect(bench.states()).toEqual(["up", "failed"]);
  });

  test("a link already suspected when we stall is heard out before it is blamed", () => {
    const bench = new Bench();
    bench.run(10_500);
    bench.silent[0] = true;
    bench.run(12_500);
    expect(bench.states()[0]).toBe("suspect");
    bench.silent[0] = false;
    bench.stalled = true;
    bench.run(30_000);
    bench.wake();
    bench.run(35_000);
    expect(bench.faults()).toEqual([]);
    expect(bench.states()).toEqual(["up", "up"]);
  });

  test("a link on which only the peer is deaf fails at the peer's word; an old word counts for nothing", () => {
    const bench = new Bench();
    bench.run(10_000);
    bench.give({ kind: "peerReport", link: 0, hears: true, peerSentUs: 9_000 });
    bench.give({ kind: "peerReport", link: 0, hears: false, peerSentUs: 8_000 });
    expect(bench.faults()).toEqual([]);
    bench.give({ kind: "peerReport", link: 0, hears: false, peerSentUs: 9_500 });
    expect(bench.faults()).toMatchObject([{ link: 0, trigger: "peerDeaf" }]);
  });

  test("errors are counted within their window; a fatal one counts at once", () => {
    const bench = new Bench();
    for (const atUs of [1_000, 400_000, 1_200_000]) {
      bench.run(atUs);
      bench.give({ kind: "linkError", link: 0, fatal: false });
    }
    expect(bench.faults()).toEqual([]);
    bench.give({ kind: "linkError", link: 0, fatal: false });
    bench.give({ kind: "linkError", link: 0, fatal: false });
    expect(bench.faults()).toMatchObject([{ link: 0, trigger: "errorsExceeded" }]);
    bench.give({ kind: "linkError", link: 1, fatal: true });
    expect(bench.states()[1]).toBe("failed");
  });
});

describe("words that come late or never", () => {
  test("carrier whose return nobody tells is known by the heartbeats sent since", () => {
    const bench = new Bench({ health: { ...defaultHealth, holdDownUs: 5_000 } });
    bench.run(10_500);
    bench.silent[0] = true;
    bench.give({ kind: "carrier", link: 0, up: false });
    bench.run(20_500);
    expect(bench.pair.hears(0)).toBe(false);
    bench.silent[0] = false;
    bench.run(22_500);
    expect(bench.pair.hears(0)).toBe(true);
    bench.give({ kind: "peerReport", link: 0, hears: true, peerSentUs: bench.nowUs });
    bench.run(30_000);
    expect(bench.states()).toEqual(["up", "up"]);
    expect(bench.pair.carries).toEqual([true, false]);
  });

  test("what was sent before carrier was lost, and only waited to be read, does not bring it back", () => {
    const bench = new Bench();
    bench.run(10_500);
    bench.stalled = true;
    bench.run(30_500);
    bench.silent[0] = true;
    bench.stalled = false;
    bench.give({ kind: "carrier", link: 0, up: false });
    bench.wake();
    bench.run(60_000);
    expect(bench.pair.hears(0)).toBe(false);
    expect(bench.states()[0]).toBe("failed");
  });

  test("a peer stalled between the heartbeats of its two links: the second link is asked before it is blamed", () => {
    const bench = new Bench({ health: { ...defaultHealth, missesMax: 2 } });
    bench.run(10_050);
    bench.peerStalled = true;
    bench.run(25_000);
    expect(bench.states()).toEqual(["suspect", "suspect"]);
    // Stamped before the stall, sent after it, on one link a little before the other.
    bench.give({ kind: "heard", link: 1, peerSentUs: 11_000, onBoth: true });
    bench.run(25_900);
    bench.give({ kind: "heard", link: 0, peerSentUs: 11_000, onBoth: true });
    bench.peerStalled = false;
    bench.run(40_000);
    expect(bench.faults()).toEqual([]);
    expect(bench.states()).toEqual(["up", "up"]);
  });

  test("a heartbeat that is late again and again does not put off the blame for ever", () => {
    const bench = new Bench();
    bench.run(10_500);
    bench.silent[0] = true;
    bench.silent[1] = true;
    for (let late = 0; late < 6; late++) {
      bench.run(14_500 + late * 4_000);
      bench.give({ kind: "heard", link: 1, peerSentUs: bench.nowUs - 1_500 * (late + 1), onBoth: true });
    }
    expect(bench.faults()).toMatchObject([{ link: 0, trigger: "silenceConfirmed" }]);
  });
});

describe("failback and damping", () => {
  const flap = (bench: Bench, link: LinkIndex) => {
    bench.give({ kind: "carrier", link, up: false });
    bench.give({ kind: "carrier", link, up: true });
    bench.run(bench.nowUs + 1_000);
    bench.give({ kind: "peerReport", link, hears: true, peerSentUs: bench.nowUs });
  };

  test("a returned link waits for its hold-down, then the revertive pair goes back", () => {
    const bench = new Bench({ health: { ...defaultHealth, holdDownUs: 50_000 } });
    bench.run(10_000);
    flap(bench, 0);
    expect(bench.states()).toEqual(["holding", "up"]);
    expect(bench.pair.carries).toEqual([false, true]);
    bench.run(59_000);
    expect(bench.states()[0]).toBe("holding");
    bench.run(63_000);
    expect(bench.states()[0]).toBe("up");
    expect(bench.pair.carries).toEqual([true, false]);
  });

  test("a link that flaps is suppressed until its penalty has decayed", () => {
    const bench = new Bench({ health: { ...defaultHealth, holdDownUs: 1_000 } });
    flap(bench, 0);
    bench.run(10_000);
    expect(bench.states()[0]).toBe("up");
    flap(bench, 0);
    const releaseUs = bench.nowUs + 15_000_000 * Math.log2(2000 / 1200);
    bench.run(releaseUs - 20_000);
    expect(bench.states()[0]).toBe("holding");
    bench.run(releaseUs + 20_000);
    expect(bench.states()[0]).toBe("up");
  }, 60_000);

  test("a suppressed link still carries when the other fails", () => {
    const bench = new Bench();
    flap(bench, 0);
    flap(bench, 0);
    expect(bench.pair.carries).toEqual([false, true]);
    bench.give({ kind: "carrier", link: 1, up: false });
    expect(bench.pair.carries).toEqual([true, false]);
  });
});

describe("for engines that know the path", () => {
  const engine = () => {
    const pair = new LinkPairController({ heartbeats: false }, 0);
    for (const link of [0, 1] as const) {
      pair.handle({ kind: "attach", link }, 0);
      pair.handle({ kind: "path", link, hears: true, peerHears: true }, 0);
    }
    return pair;
  };

  test("an idle pair asks for no tick", () => {
    expect(engine().nextDeadlineUs()).toBe(Number.POSITIVE_INFINITY);
  });

  test("a black hole is left after the silence that heartbeats would have shown", () => {
    const pair = engine();
    pair.handle({ kind: "path", link: 0, hears: false, peerHears: true }, 10_400);
    const outputs: PairOutput[] = [];
    for (let due = pair.nextDeadlineUs(); due < Number.POSITIVE_INFINITY; due = pair.nextDeadlineUs())
      outputs.push(...pair.handle({ kind: "tick" }, due));
    expect(outputs).toContainEqual({
      kind: "fault",
      fault: { link: 0, trigger: "silenceConfirmed", lastGoodUs: 10_000, noticedUs: 12_000, decidedUs: 13_000 },
    });
    expect(pair.carries).toEqual([false, true]);
  });

  test("carrier loss is acted on at once, with the time it happened", () => {
    const pair = engine();
    const outputs = pair.handle({ kind: "carrier", link: 0, up: false, occurredUs: 4_900 }, 5_000);
    expect(outputs).toContainEqual({
      kind: "fault",
      fault: { link: 0, trigger: "carrierLost", lastGoodUs: 4_900, noticedUs: 5_000, decidedUs: 5_000 },
    });
  });
});
