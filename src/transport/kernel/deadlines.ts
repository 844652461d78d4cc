/** When which session wants to be told the time: a heap in which a deadline that is put off costs nothing. */

import { EventHeap } from "../../base/event-heap.ts";

export class Deadline {
  dueUs = Number.POSITIVE_INFINITY;
  /** Told the time; undefined once nobody wants to know. */
  fire: ((drainedUs: number) => void) | undefined;
  /** When the heap will come to it, the earliest last. */
  readonly heapTimesUs: number[] = [];

  constructor(fire: (drainedUs: number) => void) {
    this.fire = fire;
  }
}

export class Deadlines {
  readonly #heap = new EventHeap<Deadline>();

  /** The earliest time at which something may be due; infinity when nothing ever is. */
  get nextUs(): number {
    return this.#heap.peekTime() ?? Number.POSITIVE_INFINITY;
  }

  /** Sets a deadline anew. The heap is told only of earlier ones: it finds the later ones when it comes to the old. */
  set(deadline: Deadline, dueUs: number): void {
    deadline.dueUs = dueUs;
    const earliestUs = deadline.heapTimesUs.at(-1) ?? Number.POSITIVE_INFINITY;
    if (dueUs < earliestUs) this.#push(deadline, dueUs);
  }

  /** The deadlines that have come by `atUs`, each once; one that is not set anew is due no more. */
  takeDue(atUs: number): Deadline[] {
    const due: Deadline[] = [];
    while (this.nextUs <= atUs) {
      const deadline = this.#heap.pop()!;
      deadline.heapTimesUs.pop();
      if (deadline.fire === undefined) continue;
      if (deadline.dueUs <= atUs) {
        deadline.dueUs = Number.POSITIVE_INFINITY;
        due.push(deadline);
      } else if (deadline.dueUs < (deadline.heapTimesUs.at(-1) ?? Number.POSITIVE_INFINITY))
        this.#push(deadline, deadline.dueUs);
    }
    return due;
  }

  #push(deadline: Deadline, dueUs: number): void {
    deadline.heapTimesUs.push(dueUs);
    this.#heap.push(dueUs, deadline);
  }
}
