/** Seeded random streams: the only source of randomness in the program. The same seed gives the same numbers everywhere. */

import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A stream of random numbers. Streams are cheap; give every independent consumer its own, made by {@link RandomStream.fork}. */
export interface RandomStream {
  /** An integer in [0, 2^32). */
  uint32(): number;
  /** A double in [0, 1) with 53 random bits. */
  unit(): number;
  /** An integer in [0, bound), 1 <= bound <= 2^53, without modulo bias. */
  below(bound: number): number;
  /** An integer in [low, high], both included. */
  between(low: number, high: number): number;
  /** True with probability p. */
  chance(p: number): boolean;
  /** One of the values; `values` is not empty. */
  pick<T>(values: readonly T[]): T;
  /** An exponentially distributed number with this mean. */
  exponential(mean: number): number;
  /** Shuffles in place (Fisher-Yates) and returns the array. */
  shuffle<T>(values: T[]): T[];
  /** An independent stream; the label makes forks of one stream differ without drawing from it. */
  fork(label: string): RandomStream;
}

/** A stream from a seed, an integer in [0, 2^53]. */
export function randomStream(seed: number): RandomStream {
  return makeStream(mix(hashText(`seed:${seed}`), 0x9e3779b9));
}

function makeStream(seed: number): RandomStream {
  const generator = xoroshiro128plus(seed);
  const uint32 = () => generator.next() >>> 0;
  const unit = () => ((uint32() >>> 5) * 67_108_864 + (uint32() >>> 6)) / 9_007_199_254_740_992;
  const below = (bound: number): number => {
    if (bound > 4_294_967_296) return Math.floor(unit() * bound);
    const limit = 4_294_967_296 - (4_294_967_296 % bound);
    for (;;) {
      const value = uint32();
      if (value < limit) return value % bound;
    }
  };
  return {
    uint32,
    unit,
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (p) => unit() < p,
    pick: (values) => values[below(values.length)]!,
    exponential: (mean) => -Math.log(1 - unit()) * mean,
    shuffle: (values) => {
      for (let last = values.length - 1; last > 0; last--) {
        const other = below(last + 1);
        [values[last], values[other]] = [values[other]!, values[last]!];
      }
      return values;
    },
    fork: (label) => makeStream(mix(seed, hashText(label))),
  };
}

/** FNV-1a over UTF-16 code units. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

/** Mixes two 32-bit integers into one (the finaliser of MurmurHash3). */
export function mix(left: number, right: number): number {
  let hash = Math.imul(left ^ Math.imul(right, 0x9e3779b1), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}
