/**
 * How often heartbeats may come, so that keeping them never takes more of the processor than it is worth: with hundreds of
 * peers to watch, a heartbeat every millisecond on each of their links would leave no time for anything else, and the
 * links would be blamed for it.
 */

/** Up to so many heartbeat paths everyone has the interval that was asked for. */
const freePaths = 8;
/** Intervals go up in steps, so that one path more seldom changes anything: 1, 1.5, 2, 3, 4, 6, ... milliseconds. */
const stepsUs = Array.from({ length: 24 }, (_, step) => 1_000 * 2 ** Math.floor(step / 2) * (step % 2 === 0 ? 1 : 1.5));

export class HeartbeatLoad {
  readonly #pathUs: number;
  readonly #listeners = new Set<() => void>();
  #paths = 0;
  #leastIntervalUs = 0;

  /** `pathUs`: the shortest interval at which one path would take its share of the processor. */
  constructor(pathUs: number) {
    this.#pathUs = pathUs;
  }

  /** The shortest interval that there is time for; 0 while there are few paths. */
  get leastIntervalUs(): number {
    return this.#leastIntervalUs;
  }

  /** A heartbeat path is opened; the returned function closes it. */
  open(): () => void {
    this.#change(1);
    let isOpen = true;
    return () => {
      if (isOpen) this.#change(-1);
      isOpen = false;
    };
  }

  /** Calls `listener` whenever the shortest interval has changed, until the returned function is called. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #change(by: number): void {
    this.#paths += by;
    const wantedUs = this.#paths * this.#pathUs;
    const stepUs = stepsUs.find((each) => each >= wantedUs) ?? Math.ceil(wantedUs);
    const leastIntervalUs = this.#paths <= freePaths ? 0 : stepUs;
    if (leastIntervalUs === this.#leastIntervalUs) return;
    this.#leastIntervalUs = leastIntervalUs;
    for (const listener of this.#listeners) listener();
  }
}
