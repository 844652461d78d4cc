/** How far a rank may go. All ranks are granted the same, so that none begins an iteration that the others leave out. */

import type { ToRank } from "./messages.ts";

export class Grants {
  #through = -1;
  #last = false;
  #wake: () => void = () => {};

  /** Hears of grants from now on. */
  constructor() {
    process.on("message", (message: ToRank) => {
      if (message.kind !== "go") return;
      this.#through = message.through;
      this.#last = message.last;
      this.#wake();
    });
  }

  /** Whether an iteration may begin; resolves once it is known. */
  async allow(iteration: number): Promise<boolean> {
    while (iteration > this.#through && !this.#last)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return iteration <= this.#through;
  }
}
