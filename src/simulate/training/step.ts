/**
 * One training step: compute, during which the gradients become ready bucket by bucket, and the exchange of the buckets one
 * after another. The share of them that can hide behind compute becomes ready at even intervals, each at the beginning
 * of its interval; the rest when compute is done. So with nothing in the way a step takes
 * C + X - min(o X, C): what the price assumes too (docs/physics.md).
 */

export interface StepShape {
  /** Seconds of compute, without waiting for activations. */
  readonly computeS: number;
  /** Share of the exchange that can hide behind compute, in [0, 1]. */
  readonly overlap: number;
  /** Buckets in all, at least 1. */
  readonly buckets: number;
}

/** Seconds that the two parts of a step take at the present pace; infinite when they stand still. */
export interface StepPace {
  /** Exchange of all buckets, with its latency. */
  readonly exchangeS: number;
  /** Waiting for activations, on top of compute. */
  readonly activationS: number;
}

/** Remainders this small (of 1) are rounding. */
const done = 1 - 1e-12;

/** A step under way. */
export class StepRun {
  readonly #shape: StepShape;
  readonly #hidden: number;
  /** Progress of compute and of the exchange, 0 to 1. */
  compute = 0;
  sent = 0;

  constructor(shape: StepShape) {
    this.#shape = shape;
    this.#hidden = shape.overlap === 0 ? 0 : Math.max(1, Math.round(shape.overlap * shape.buckets));
  }

  get isDone(): boolean {
    return this.compute >= done && this.sent >= done;
  }

  /** Whether a bucket is ready to be sent or on its way. */
  get hasToSend(): boolean {
    return this.sent < this.#ready() * done && this.sent < done;
  }

  /** Seconds until the next bucket becomes ready or compute ends; infinite when compute is done. */
  untilReady({ activationS }: StepPace): number {
    if (this.compute >= done) return Number.POSITIVE_INFINITY;
    return (this.#nextReady() - this.compute) * (this.#shape.computeS + activationS);
  }

  reset(): void {
    this.compute = 0;
    this.sent = 0;
  }

  /** Goes on for at most `seconds`; returns the seconds used, fewer when the step ends before. */
  advance(seconds: number, pace: StepPace): number {
    const computing = this.#shape.computeS + pace.activationS;
    let left = seconds;
    while (left > 0 && !this.isDone) {
      const ready = this.#ready();
      const untilReady = this.untilReady(pace);
      const sends = this.sent < ready * done;
      const untilSent = sends ? (ready - this.sent) * pace.exchangeS : Number.POSITIVE_INFINITY;
      const slice = Math.min(left, untilReady, untilSent);
      if (slice === Number.POSITIVE_INFINITY) return seconds;
      if (slice === untilReady) this.compute = this.#nextReady();
      else if (this.compute < done && computing > 0) this.compute += slice / computing;
      if (slice === untilSent) this.sent = ready;
      else if (sends && pace.exchangeS > 0) this.sent += slice / pace.exchangeS;
      left -= slice;
    }
    return seconds - left;
  }

  /** Share of the gradients that is ready. */
  #ready(): number {
    if (this.compute >= done) return 1;
    if (this.#hidden === 0) return 0;
    return (this.#shape.overlap * Math.min(this.#hidden, this.#interval() + 1)) / this.#hidden;
  }

  /** Progress of compute at which the next bucket becomes ready, or all of compute is done. */
  #nextReady(): number {
    return this.#hidden === 0 ? 1 : Math.min(1, (this.#interval() + 1) / this.#hidden);
  }

  /** Intervals of compute that are over; an end that rounding misses by a hair counts. */
  #interval(): number {
    return Math.floor(this.compute * this.#hidden + 1e-9);
  }
}

/** Seconds of a whole step at one pace; infinite when it never ends. */
export function stepSeconds(shape: StepShape, pace: StepPace): number {
  if (pace.exchangeS === Number.POSITIVE_INFINITY || pace.activationS === Number.POSITIVE_INFINITY)
    return Number.POSITIVE_INFINITY;
  const run = new StepRun(shape);
  return run.advance(2 * (shape.computeS + pace.activationS + pace.exchangeS) + 1, pace);
}
