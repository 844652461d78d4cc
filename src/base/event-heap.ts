/**
 * The one event heap: a binary heap of (time, order) pairs in typed arrays. Events at the same time leave in the order
 * in which they came, so that a run is reproducible. Times are integers below 2^53 in whatever unit the engine counts.
 */
export class EventHeap<T> {
  #times: Float64Array;
  #orders: Float64Array;
  #values: T[] = [];
  #size = 0;
  #nextOrder = 0;

  constructor(capacity = 64) {
    this.#times = new Float64Array(capacity);
    this.#orders = new Float64Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** Time of the earliest event, or undefined when empty. */
  peekTime(): number | undefined {
    return this.#size === 0 ? undefined : this.#times[0];
  }

  push(time: number, value: T): void {
    if (this.#size === this.#times.length) this.#grow();
    let hole = this.#size++;
    const order = this.#nextOrder++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (this.#times[parent]! <= time) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#times[hole] = time;
    this.#orders[hole] = order;
    this.#values[hole] = value;
  }

  /** Removes and returns the earliest event's value; undefined when empty. */
  pop(): T | undefined {
    if (this.#size === 0) return undefined;
    const first = this.#values[0];
    const last = --this.#size;
    if (last > 0) this.#sink(last);
    this.#values.pop();
    return first;
  }

  /** Takes everything out. */
  clear(): void {
    this.#size = 0;
    this.#values = [];
  }

  #sink(from: number): void {
    const time = this.#times[from]!;
    const order = this.#orders[from]!;
    const value = this.#values[from]!;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= this.#size) break;
      if (child + 1 < this.#size && this.#before(child + 1, child)) child++;
      if (this.#times[child]! > time || (this.#times[child] === time && this.#orders[child]! > order)) break;
      this.#move(child, hole);
      hole = child;
    }
    this.#times[hole] = time;
    this.#orders[hole] = order;
    this.#values[hole] = value;
  }

  #before(left: number, right: number): boolean {
    const difference = this.#times[left]! - this.#times[right]!;
    return difference < 0 || (difference === 0 && this.#orders[left]! < this.#orders[right]!);
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from]!;
    this.#orders[to] = this.#orders[from]!;
    this.#values[to] = this.#values[from]!;
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    times.set(this.#times);
    this.#times = times;
    const orders = new Float64Array(this.#orders.length * 2);
    orders.set(this.#orders);
    this.#orders = orders;
  }
}
