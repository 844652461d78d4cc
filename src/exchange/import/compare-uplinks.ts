/** Links between switches against those of a cluster file: for each two switches, how many there are and how fast. */

import { switchName } from "../../fabric/names.ts";
import type { Fabric } from "../../fabric/types.ts";
import type { Mistake } from "./compare-wiring.ts";
import { linkEnds } from "./link-ends.ts";
import type { DeviceMatch } from "./match-devices.ts";

interface Pair {
  readonly one: number;
  readonly other: number;
  wanted: number[];
  /** The found links. */
  actual: number[];
}

/** Missing, extra, swapped and misplaced links between switches, and wrong speeds. */
export function compareUplinks(expected: Fabric, found: Fabric, match: DeviceMatch, speedKnown: Uint8Array): Mistake[] {
  const pairs = new Map<string, Pair>();
  const pairOf = (a: number, b: number) => {
    const [one, other] = a < b ? [a, b] : [b, a];
    const key = `${one} ${other}`;
    const known = pairs.get(key);
    if (known !== undefined) return known;
    const pair: Pair = { one, other, wanted: [], actual: [] };
    pairs.set(key, pair);
    return pair;
  };
  const present = new Set(match.switchOf);
  for (let link = 0; link < expected.links.count; link++) {
    const [lower, upper] = [expected.links.lowerSwitch[link]!, expected.links.upperSwitch[link]!];
    // Links of a switch that is missing as a whole are not listed one by one.
    if (lower >= 0 && present.has(lower) && present.has(upper))
      pairOf(lower, upper).wanted.push(expected.links.speedGbps[link]!);
  }
  for (let link = 0; link < found.links.count; link++) {
    if (found.links.lowerSwitch[link]! < 0) continue;
    const ends = [found.links.lowerSwitch[link]!, found.links.upperSwitch[link]!].map(
      (index) => match.switchOf[index]!,
    );
    if (ends.includes(-1)) continue;
    pairOf(ends[0]!, ends[1]!).actual.push(link);
  }
  const nameOf = new Map<number, string>();
  for (const [index, of] of match.switchOf.entries()) if (of >= 0) nameOf.set(of, switchName(found, index));
  const name = (index: number) => nameOf.get(index) ?? switchName(expected, index);
  const endOf = linkEnds(found);
  const cable = (link: number) => `${endOf(link, "lower")} - ${endOf(link, "upper")}`;
  const mistakes: Mistake[] = [];
  const missing: [number, number][] = [];
  const extra: [number, number][] = [];
  const surplus = new Map<string, string[]>();
  for (const pair of pairs.values()) {
    const { one, other, wanted, actual } = pair;
    for (let count = actual.length; count < wanted.length; count++) missing.push([one, other]);
    for (const link of actual.slice(wanted.length)) {
      extra.push([one, other]);
      surplus.set(keyOf([one, other]), [...(surplus.get(keyOf([one, other])) ?? []), cable(link)]);
    }
    const speed = Math.max(0, ...wanted);
    for (const link of actual) {
      const is = found.links.speedGbps[link]!;
      if (speedKnown[link] === 1 && wanted.length > 0 && !wanted.includes(is))
        mistakes.push({ kind: "wrong speed", what: cable(link), expected: `${speed} Gbps`, found: `${is} Gbps` });
    }
  }
  return [...mistakes, ...pairUp(missing, extra, name, (ends) => surplus.get(keyOf(ends))!.shift()!)];
}

type Ends = readonly [number, number];

/** Looks at pairs of cables, all together; beyond them swapped cables are listed as missing and extra ones. */
const swapStepsMax = 5_000_000;

/**
 * Two missing and two extra links between the same four switches are swapped cables; a missing and an extra one with a common switch is a cable
 * that leads elsewhere; the others are just missing or extra. `nextCable`: the ports of the next extra cable between two switches.
 */
function pairUp(
  missing: readonly Ends[],
  extra: readonly Ends[],
  name: (index: number) => string,
  nextCable: (ends: Ends) => string,
): Mistake[] {
  const mistakes: Mistake[] = [];
  const left = new Counted(extra);
  const open = new Counted(missing);
  const text = ([one, other]: Ends) => `${name(one)} - ${name(other)}`;
  let steps = 0;
  const swapOf = (ends: Ends): readonly [Ends, Ends, Ends] | undefined => {
    for (const [a, x] of [ends, [ends[1], ends[0]] as const]) {
      for (const y of left.around(a)) {
        if (steps > swapStepsMax) return undefined;
        for (const b of left.around(x)) {
          steps++;
          if (b === a || y === x || b === y || !open.has([b, y])) continue;
          return [
            [a, y],
            [x, b],
            [b, y],
          ];
        }
      }
    }
    return undefined;
  };
  for (const ends of missing) {
    if (!open.has(ends)) continue;
    const swap = swapOf(ends);
    if (swap === undefined) continue;
    const [one, other, partner] = swap;
    open.take(ends);
    if (!open.has(partner)) {
      open.add(ends);
      continue;
    }
    open.take(partner);
    left.take(one);
    left.take(other);
    mistakes.push({
      kind: "swapped",
      what: `cables of ${text(ends)} and ${text(partner)}`,
      expected: `${text(ends)} and ${text(partner)}`,
      found: `${nextCable(one)} and ${nextCable(other)}`,
    });
  }
  for (const ends of missing) {
    if (!open.has(ends)) continue;
    const [a, x] = ends;
    const stays = left.around(a).length > 0 ? a : x;
    const [elsewhere] = left.around(stays);
    if (elsewhere === undefined) continue;
    open.take(ends);
    left.take([stays, elsewhere]);
    const shall = stays === a ? x : a;
    mistakes.push({
      kind: "misplaced",
      what: `a cable of ${name(stays)}`,
      expected: name(shall),
      found: nextCable([stays, elsewhere]),
    });
  }
  for (const [ends, count] of open.all())
    mistakes.push({ kind: "missing", what: `${count} of ${text(ends)}`, expected: text(ends), found: "" });
  for (const [ends, count] of left.all())
    for (let each = 0; each < count; each++)
      mistakes.push({ kind: "extra", what: nextCable(ends), expected: "", found: text(ends) });
  return mistakes;
}

/** A multiset of pairs of switches. */
class Counted {
  readonly #counts = new Map<string, { readonly ends: Ends; count: number }>();
  readonly #around = new Map<number, Set<number>>();

  constructor(all: readonly Ends[]) {
    for (const ends of all) this.add(ends);
  }

  add(ends: Ends): void {
    const known = this.#counts.get(keyOf(ends));
    if (known !== undefined) known.count++;
    else this.#counts.set(keyOf(ends), { ends, count: 1 });
    for (const [from, to] of [ends, [ends[1], ends[0]] as const]) {
      const near = this.#around.get(from) ?? new Set();
      this.#around.set(from, near.add(to));
    }
  }

  has(ends: Ends): boolean {
    return (this.#counts.get(keyOf(ends))?.count ?? 0) > 0;
  }

  take(ends: Ends): void {
    const known = this.#counts.get(keyOf(ends));
    if (known === undefined) return;
    known.count--;
    if (known.count > 0) return;
    this.#around.get(ends[0])?.delete(ends[1]);
    this.#around.get(ends[1])?.delete(ends[0]);
  }

  /** Switches at the other ends of what is left at one switch. */
  around(index: number): readonly number[] {
    return [...(this.#around.get(index) ?? [])];
  }

  all(): readonly (readonly [Ends, number])[] {
    return [...this.#counts.values()].filter(({ count }) => count > 0).map(({ ends, count }) => [ends, count]);
  }
}

const keyOf = ([one, other]: Ends) => (one < other ? `${one} ${other}` : `${other} ${one}`);
