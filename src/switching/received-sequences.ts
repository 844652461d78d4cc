/** Which sequence numbers of one link have arrived: everything up to a number, and a bounded list of ranges beyond it. */

import { ackRangesMax } from "./codec/layout.ts";

export class ReceivedSequences {
  /** Everything up to this has arrived or is no longer waited for. */
  cumulative = 0;
  /** Pairs of first and last, ascending, with a gap before each. */
  readonly ranges: number[] = [];

  /**
   * Takes note of `sequence`. False when it is not new, or when it would need one range too many: then the frame must be
   * treated as lost, and will be sent again.
   */
  add(sequence: number): boolean {
    if (sequence === this.cumulative + 1 && this.ranges.length === 0) {
      this.cumulative = sequence;
      return true;
    }
    if (sequence <= this.cumulative) return false;
    return this.#insert(sequence);
  }

  /** The sender waits for nothing below `floor` any more. */
  raiseFloor(floor: number): void {
    if (floor <= this.cumulative + 1) return;
    this.cumulative = floor - 1;
    this.#absorb();
  }

  #insert(sequence: number): boolean {
    const { ranges } = this;
    let at = 0;
    while (at < ranges.length && ranges[at + 1]! < sequence - 1) at += 2;
    const first = ranges[at];
    if (first === undefined || sequence < first - 1) {
      if (sequence !== this.cumulative + 1 && ranges.length >= 2 * ackRangesMax) return false;
      ranges.splice(at, 0, sequence, sequence);
    } else if (sequence >= first && sequence <= ranges[at + 1]!) {
      return false;
    } else if (sequence === first - 1) {
      ranges[at] = sequence;
    } else {
      ranges[at + 1] = sequence;
      if (ranges[at + 2] === sequence + 1) ranges.splice(at + 1, 2);
    }
    this.#absorb();
    return true;
  }

  #absorb(): void {
    const { ranges } = this;
    while (ranges.length > 0 && ranges[0]! <= this.cumulative + 1) {
      this.cumulative = Math.max(this.cumulative, ranges[1]!);
      ranges.splice(0, 2);
    }
  }
}
