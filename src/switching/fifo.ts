/** A first-in, first-out queue with cheap removal at the front. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #first = 0;

  get size(): number {
    return this.#items.length - this.#first;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  peek(): T | undefined {
    return this.#items[this.#first];
  }

  shift(): T | undefined {
    const item = this.#items[this.#first];
    if (item === undefined) return undefined;
    this.#items[this.#first++] = undefined;
    if (this.#first === this.#items.length) {
      this.#items.length = 0;
      this.#first = 0;
    } else if (this.#first >= 256 && this.#first * 2 >= this.#items.length) {
      this.#items.splice(0, this.#first);
      this.#first = 0;
    }
    return item;
  }

  /** The first few, in order. */
  first(count: number): readonly T[] {
    return this.#items.slice(this.#first, this.#first + count) as T[];
  }

  /** Removes and returns everything. */
  takeAll(): T[] {
    const items = this.#items.slice(this.#first) as T[];
    this.#items.length = 0;
    this.#first = 0;
    return items;
  }

  /** Keeps only what passes. */
  retain(passes: (item: T) => boolean): void {
    const kept = this.takeAll().filter(passes);
    this.#items = kept;
  }
}
