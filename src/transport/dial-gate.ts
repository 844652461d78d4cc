/**
 * How many sessions dial a link to one peer at once. A thousand sessions that lose a link together would otherwise keep
 * each other, and the listener, from getting anywhere; and while the link is dead one of them is enough to find out
 * when it is back.
 */

export class DialGate {
  readonly #most: () => number;
  readonly #waiting = new Set<() => void>();
  #inside = 0;

  /** `most` says how many may dial now. */
  constructor(most: () => number) {
    this.#most = most;
  }

  /** Resolves when the caller may dial, with what it calls once it is through; rejects with the signal's reason. */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#inside < this.#most() && this.#waiting.size === 0) this.#inside += 1;
    else await this.#wait(signal);
    let isInside = true;
    return () => {
      if (!isInside) return;
      isInside = false;
      this.#inside -= 1;
      this.look();
    };
  }

  /** Lets in whom it may: to be called when more may dial than before. */
  look(): void {
    for (const letIn of this.#waiting) {
      if (this.#inside >= this.#most()) return;
      this.#waiting.delete(letIn);
      // Counted here: whoever is let in takes it up only later.
      this.#inside += 1;
      letIn();
    }
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const letIn = () => {
        signal.removeEventListener("abort", giveUp);
        resolve();
      };
      const giveUp = () => {
        this.#waiting.delete(letIn);
        reject(signal.reason);
      };
      this.#waiting.add(letIn);
      signal.addEventListener("abort", giveUp, { once: true });
    });
  }
}
