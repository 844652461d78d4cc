/** What is broken at a moment of a timeline. */

import type { Fabric } from "../../../src/fabric/index.ts";
import { FaultBoard } from "../../../src/simulate/scenario/fault-board.ts";
import type { Fault, Timeline } from "../../../src/simulate/scenario/happenings.ts";
import type { Wrong } from "./protocol.ts";

export class FaultsThroughTime {
  readonly #timeline: Timeline;
  readonly #board: FaultBoard;
  readonly #links = new Set<number>();
  readonly #parts = new Set<number>();
  #next = 0;

  constructor(fabric: Fabric, timeline: Timeline) {
    this.#timeline = timeline;
    this.#board = new FaultBoard(fabric);
  }

  /** Lets everything happen up to a moment; moments only go on. */
  advanceTo(atUs: number): void {
    const { happenings } = this.#timeline;
    for (let next = happenings[this.#next]; next !== undefined && next.atUs <= atUs; next = happenings[++this.#next]) {
      const { kind, fault, part } = next;
      if (kind === "healPart") for (const each of this.#board.faultsOf(part)) this.#end(each);
      else if (fault !== undefined && kind === "begin") {
        for (const link of this.#board.begin(fault).links) this.#links.add(link);
        if (fault.part >= 0) this.#parts.add(fault.part);
      } else if (fault !== undefined) this.#end(fault);
    }
  }

  now(): Wrong {
    const wrong: (readonly [link: number, state: number])[] = [];
    for (const link of this.#links) {
      const { up, down, shareUp, shareDown } = this.#board.condition(link);
      const state = !up && !down ? 3 : !up || !down ? 2 : shareUp < 1 || shareDown < 1 ? 1 : 0;
      if (state === 0) this.#links.delete(link);
      else wrong.push([link, state]);
    }
    for (const part of this.#parts) if (this.#board.faultsOf(part).length === 0) this.#parts.delete(part);
    return {
      links: Int32Array.from(wrong, ([link]) => link),
      states: Uint8Array.from(wrong, ([, state]) => state),
      parts: Int32Array.from(this.#parts),
    };
  }

  #end(fault: Fault): void {
    // A feed's end lets others show again what they hid.
    for (const link of this.#board.end(fault).links) this.#links.add(link);
  }
}
