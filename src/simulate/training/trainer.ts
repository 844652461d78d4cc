/**
 * The training job in time: steps, checkpoints, stalls, aborts and restarts. Time is whole nanoseconds. Between two changes
 * of pace equal steps are taken as a whole.
 */

import { assert } from "../../base/assert.ts";
import { type StepPace, StepRun, type StepShape, stepSeconds } from "./step.ts";

export interface TrainerSettings {
  readonly shape: StepShape;
  /** Time of training between two checkpoints; infinite for none. */
  readonly checkpointIntervalNs: number;
  readonly checkpointWriteNs: number;
  /** From giving the job up, or the death of a process of it, to the first new step. */
  readonly restartNs: number;
  /** A collective that stands still for so long is given up. */
  readonly timeoutNs: number;
}

export type Phase = "training" | "checkpoint" | "restart" | "waiting";

/** What the trainer asks of its surroundings. */
export interface Surroundings {
  /** The job has been given up at this moment. */
  readonly aborted: (atNs: number, why: "timeout" | "process") => void;
  /**
   * The restart is over: servers that cannot take part are left out and the new pace is returned; undefined when the job
   * cannot run and waits.
   */
  readonly restarted: (atNs: number) => StepPace | undefined;
  /** A checkpoint has been written: whether the job is restarted from it in good order, to take servers in. */
  readonly rejoins: (atNs: number) => boolean;
}

/** Time and steps so far. Nanoseconds. */
export interface Account {
  /** Steps finished and kept. */
  stepsDone: number;
  /** Steps finished and lost with an abort. */
  stepsLost: number;
  aborts: number;
  checkpoints: number;
  /** Something of the job moved. */
  runningNs: number;
  /** Nothing of the job moved although it was not given up. */
  stalledNs: number;
  checkpointNs: number;
  restartNs: number;
  waitingNs: number;
  /** Work on steps that were not finished when the job was given up. */
  unfinishedLostNs: number;
  /** Work on the step under way. */
  underWayNs: number;
}

export class Trainer {
  readonly account: Account = {
    stepsDone: 0,
    stepsLost: 0,
    aborts: 0,
    checkpoints: 0,
    runningNs: 0,
    stalledNs: 0,
    checkpointNs: 0,
    restartNs: 0,
    waitingNs: 0,
    unfinishedLostNs: 0,
    underWayNs: 0,
  };
  readonly #settings: TrainerSettings;
  readonly #surroundings: Surroundings;
  readonly #step: StepRun;
  #pace: StepPace;
  #stepNs: number;
  #nowNs = 0;
  #phase: Phase = "training";
  /** When the checkpoint or the restart is over. */
  #phaseEndNs = 0;
  #nextCheckpointNs: number;
  /** Steps kept at the last checkpoint. */
  #safeSteps = 0;
  /** Since when a collective stands still; -1 when none does. */
  #stalledSinceNs = -1;

  constructor(settings: TrainerSettings, pace: StepPace, surroundings: Surroundings) {
    this.#settings = settings;
    this.#surroundings = surroundings;
    this.#step = new StepRun(settings.shape);
    this.#pace = pace;
    this.#stepNs = this.#stepLength(pace);
    this.#nextCheckpointNs = settings.checkpointIntervalNs;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Since when a collective stands still, in nanoseconds; undefined when none does. */
  get stalledSinceNs(): number | undefined {
    return this.#stalledSinceNs < 0 ? undefined : this.#stalledSinceNs;
  }

  /** Whole nanoseconds of a step at the present pace; infinite when it never ends. */
  get stepNs(): number {
    return this.#stepNs;
  }

  /** The network is faster or slower from now on. Steps are those that begin from now; the one under way goes on. */
  setPace(pace: StepPace): void {
    if (pace.exchangeS === this.#pace.exchangeS && pace.activationS === this.#pace.activationS) return;
    this.#pace = pace;
    this.#stepNs = this.#stepLength(pace);
    this.#watch();
  }

  /** A process of the job has died: it stops at once. */
  kill(): void {
    if (this.#phase === "training" || this.#phase === "checkpoint") this.#abort("process", this.#nowNs);
    else if (this.#phase === "restart") this.#phaseEndNs = this.#nowNs + this.#settings.restartNs;
  }

  /** A job that waits tries again. */
  tryAgain(): void {
    if (this.#phase === "waiting") this.#begin();
  }

  /** Lets time pass. */
  advance(untilNs: number): void {
    assert(untilNs >= this.#nowNs, "time goes forward");
    while (this.#nowNs < untilNs) {
      if (this.#phase === "training") this.#train(untilNs);
      else if (this.#phase === "waiting") {
        this.account.waitingNs += untilNs - this.#nowNs;
        this.#nowNs = untilNs;
      } else this.#pass(untilNs);
    }
  }

  /** A checkpoint or a restart under way. */
  #pass(untilNs: number): void {
    const endNs = Math.min(untilNs, this.#phaseEndNs);
    const passed = endNs - this.#nowNs;
    if (this.#phase === "checkpoint") this.account.checkpointNs += passed;
    else this.account.restartNs += passed;
    this.#nowNs = endNs;
    if (endNs < this.#phaseEndNs) return;
    if (this.#phase === "restart") {
      this.#begin();
      return;
    }
    this.account.checkpoints++;
    this.#safeSteps = this.account.stepsDone;
    this.#nextCheckpointNs = this.#nowNs + this.#settings.checkpointIntervalNs;
    if (this.#surroundings.rejoins(this.#nowNs)) {
      this.#restartFrom(this.#nowNs);
      return;
    }
    this.#phase = "training";
    this.#watch();
  }

  #begin(): void {
    const pace = this.#surroundings.restarted(this.#nowNs);
    this.#phase = pace === undefined ? "waiting" : "training";
    if (pace === undefined) return;
    this.#pace = pace;
    this.#stepNs = this.#stepLength(pace);
    this.#nextCheckpointNs = this.#nowNs + this.#settings.checkpointIntervalNs;
    this.#watch();
  }

  #train(untilNs: number): void {
    const { account } = this;
    const fresh = this.#step.compute === 0 && this.#step.sent === 0 && account.underWayNs === 0;
    if (fresh && this.#nowNs + this.#stepNs <= untilNs) {
      const whole = Math.floor((untilNs - this.#nowNs) / this.#stepNs);
      const untilCheckpoint = Math.max(1, Math.ceil((this.#nextCheckpointNs - this.#nowNs) / this.#stepNs));
      const steps = Math.min(whole, untilCheckpoint);
      account.stepsDone += steps;
      account.runningNs += steps * this.#stepNs;
      this.#nowNs += steps * this.#stepNs;
      this.#checkpointIfDue();
      return;
    }
    this.#trainPart(untilNs);
  }

  /** A part of a step, or one during which the pace has changed. */
  #trainPart(untilNs: number): void {
    const { account } = this;
    const abortNs = this.#stalledSinceNs < 0 ? Number.POSITIVE_INFINITY : this.#abortNs();
    const endNs = Math.min(untilNs, this.#standstillNs(), abortNs);
    const standsStill = this.#standsStill();
    const usedS = this.#step.advance((endNs - this.#nowNs) / 1e9, this.#pace);
    const usedNs = Math.min(endNs - this.#nowNs, Math.round(usedS * 1e9));
    if (standsStill) account.stalledNs += usedNs;
    else {
      account.runningNs += usedNs;
      account.underWayNs += usedNs;
    }
    this.#nowNs += usedNs;
    if (this.#step.isDone) {
      this.#step.reset();
      account.stepsDone++;
      account.underWayNs = 0;
      this.#checkpointIfDue();
    }
    this.#watch();
    if (this.#phase === "training" && this.#stalledSinceNs >= 0 && this.#nowNs >= this.#abortNs())
      this.#abort("timeout", this.#nowNs);
  }

  #abortNs(): number {
    return this.#stalledSinceNs + this.#settings.timeoutNs;
  }

  /** While the network stands still: when the next bucket becomes ready or compute ends, and so one more thing stands still. */
  #standstillNs(): number {
    if (this.#pace.exchangeS < Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
    return this.#nowNs + Math.ceil(this.#step.untilReady(this.#pace) * 1e9) + 1;
  }

  /** Whether nothing of the step can go on. */
  #standsStill(): boolean {
    return this.#stepNs === Number.POSITIVE_INFINITY && this.#step.compute >= 1 - 1e-12;
  }

  /** Notes when a collective begins or ceases to stand still. */
  #watch(): void {
    const stalls =
      this.#phase === "training" &&
      ((this.#pace.exchangeS === Number.POSITIVE_INFINITY && this.#step.hasToSend) ||
        this.#pace.activationS === Number.POSITIVE_INFINITY);
    if (!stalls) this.#stalledSinceNs = -1;
    else if (this.#stalledSinceNs < 0) this.#stalledSinceNs = this.#nowNs;
  }

  #checkpointIfDue(): void {
    if (this.#nowNs < this.#nextCheckpointNs) return;
    this.#phase = "checkpoint";
    this.#stalledSinceNs = -1;
    this.#phaseEndNs = this.#nowNs + this.#settings.checkpointWriteNs;
  }

  #abort(why: "timeout" | "process", atNs: number): void {
    const { account } = this;
    account.aborts++;
    account.stepsLost += account.stepsDone - this.#safeSteps;
    account.stepsDone = this.#safeSteps;
    account.unfinishedLostNs += account.underWayNs;
    account.underWayNs = 0;
    this.#step.reset();
    this.#restartFrom(atNs);
    this.#surroundings.aborted(atNs, why);
  }

  #restartFrom(atNs: number): void {
    this.#stalledSinceNs = -1;
    this.#phase = "restart";
    this.#phaseEndNs = atNs + this.#settings.restartNs;
  }

  #stepLength(pace: StepPace): number {
    const seconds = stepSeconds(this.#settings.shape, pace);
    return seconds === Number.POSITIVE_INFINITY ? seconds : Math.max(1, Math.round(seconds * 1e9));
  }
}
