/**
 * A queue of levels for filling, where what comes out never falls: what is put in lies at or above what came out last, but
 * for rounding. Levels are sorted into buckets by their leading bits, and only the bucket in turn is kept in exact order.
 */

import { EventHeap } from "../../base/event-heap.ts";

/** So few are ordered exactly from the beginning, and by insertion. */
const fewMax = 32;
const bucketsMax = 65_536;
const none = -1;

export class LevelQueue {
  /** Level of what {@link pop} has given last. */
  level = 0;
  /** What came into the bucket in turn after it was put into order, and what would take long to put into order. */
  readonly #exact = new EventHeap<number>(1024);
  /** The bucket in turn, in order, from {@link #runAt} up to {@link #runEnd}. */
  #runLevels = new Float64Array(256);
  #runValues = new Int32Array(256);
  #runAt = 0;
  #runEnd = 0;
  /** Waiting entries: level, value, and the next of the same bucket. */
  #levels = new Float64Array(256);
  #values = new Int32Array(256);
  #next = new Int32Array(256);
  #count = 0;
  /** Unused entries below {@link #count}. */
  #free = none;
  #heads = new Int32Array(64);
  /** Buckets in use; 0 while entries are only gathered. */
  #buckets = 0;
  /** Entries of this bucket and those before are in exact order. */
  #current = none;
  #lowest = 0;
  #shift = 0;
  readonly #double = new Float64Array(1);
  readonly #words = new Int32Array(this.#double.buffer);

  /** Levels are at least 0; values any integers of 32 bits. */
  push(level: number, value: number): void {
    let bucket = 0;
    if (this.#buckets > 0) {
      bucket = this.#bucketOf(level);
      if (bucket <= this.#current) {
        this.#exact.push(level, value);
        return;
      }
    }
    let entry = this.#free;
    if (entry === none) {
      entry = this.#count++;
      if (entry === this.#levels.length) this.#grow();
    } else this.#free = this.#next[entry]!;
    this.#levels[entry] = level;
    this.#values[entry] = value;
    if (this.#buckets === 0) return;
    this.#next[entry] = this.#heads[bucket]!;
    this.#heads[bucket] = entry;
  }

  /** Takes out a value of the lowest level, which {@link level} then tells; undefined when the queue is empty. */
  pop(): number | undefined {
    if (this.#buckets === 0) this.#sort();
    while (this.#runAt === this.#runEnd && this.#exact.size === 0) {
      if (++this.#current >= this.#buckets) return undefined;
      const first = this.#heads[this.#current]!;
      if (first !== none) this.#order(first);
    }
    const later = this.#exact.peekTime();
    // What came first leaves first where levels are equal.
    if (this.#runAt < this.#runEnd && (later === undefined || this.#runLevels[this.#runAt]! <= later)) {
      this.level = this.#runLevels[this.#runAt]!;
      return this.#runValues[this.#runAt++]!;
    }
    this.level = later!;
    return this.#exact.pop();
  }

  clear(): void {
    this.#exact.clear();
    this.#runAt = 0;
    this.#runEnd = 0;
    this.#count = 0;
    this.#free = none;
    this.#buckets = 0;
    this.#current = none;
  }

  /** Puts the entries of a bucket into exact order, the last of the chain first. */
  #order(first: number): void {
    const levels = this.#runLevels;
    const values = this.#runValues;
    let last = first;
    let count = 0;
    let isInOrder = true;
    for (let entry = first; entry !== none; entry = this.#next[entry]!) {
      const level = this.#levels[entry]!;
      if (count > 0 && level < levels[count - 1]!) isInOrder = false;
      levels[count] = level;
      values[count++] = this.#values[entry]!;
      last = entry;
    }
    this.#next[last] = this.#free;
    this.#free = first;
    this.#runAt = 0;
    this.#runEnd = count;
    if (isInOrder) return;
    if (count <= fewMax) {
      this.#insert(count);
      return;
    }
    for (let at = 0; at < count; at++) this.#exact.push(levels[at]!, values[at]!);
    this.#runEnd = 0;
  }

  /** Sorts the first `count` of the run by insertion; equal levels keep their order. */
  #insert(count: number): void {
    const levels = this.#runLevels;
    const values = this.#runValues;
    for (let from = 1; from < count; from++) {
      const level = levels[from]!;
      const value = values[from]!;
      let hole = from;
      for (; hole > 0 && levels[hole - 1]! > level; hole--) {
        levels[hole] = levels[hole - 1]!;
        values[hole] = values[hole - 1]!;
      }
      levels[hole] = level;
      values[hole] = value;
    }
  }

  /** Shares out what was gathered: buckets over the range of its levels, those above all in the last. */
  #sort(): void {
    let lowest = Number.POSITIVE_INFINITY;
    let highest = 0;
    for (let entry = 0; entry < this.#count; entry++) {
      const level = this.#levels[entry]!;
      if (level === 0 || level === Number.POSITIVE_INFINITY) continue;
      if (level < lowest) lowest = level;
      if (level > highest) highest = level;
    }
    this.#lowest = highest === 0 ? 0 : this.#bits(lowest);
    // What rises later: twice the highest and more.
    const range = highest === 0 ? 1 : this.#bits(8 * highest) - this.#lowest + 1;
    let buckets = 1;
    if (this.#count > fewMax) while (buckets < 4 * this.#count && buckets < bucketsMax) buckets *= 2;
    this.#shift = 0;
    while (range >> this.#shift >= buckets) this.#shift++;
    this.#buckets = buckets;
    if (buckets > this.#heads.length) this.#heads = new Int32Array(buckets);
    this.#heads.fill(none, 0, buckets);
    for (let entry = 0; entry < this.#count; entry++) {
      const bucket = this.#bucketOf(this.#levels[entry]!);
      this.#next[entry] = this.#heads[bucket]!;
      this.#heads[bucket] = entry;
    }
  }

  #bucketOf(level: number): number {
    const bucket = (this.#bits(level) - this.#lowest) >> this.#shift;
    return bucket < 0 ? 0 : bucket < this.#buckets ? bucket : this.#buckets - 1;
  }

  /** The leading 32 bits of a level: they order as levels do. */
  #bits(level: number): number {
    this.#double[0] = level;
    return this.#words[1]!;
  }

  #grow(): void {
    const size = 2 * this.#levels.length;
    const levels = new Float64Array(size);
    levels.set(this.#levels);
    this.#levels = levels;
    const values = new Int32Array(size);
    values.set(this.#values);
    this.#values = values;
    const next = new Int32Array(size);
    next.set(this.#next);
    this.#next = next;
    this.#runLevels = new Float64Array(size);
    this.#runValues = new Int32Array(size);
  }
}
