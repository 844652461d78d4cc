/** How two failures lie to each other, in words. */

import type { Fabric } from "../fabric/types.ts";
import { touchedEndpoints } from "./effect-classes.ts";
import type { Rings } from "./ring.ts";
import { linksOf, type Stage } from "./stage.ts";

/** From the nearest to the farthest. */
const relations = [
  "same link",
  "a switch and a link of it",
  "both links of one endpoint",
  "same server",
  "same switch",
  "neighbours in the ring",
  "same rail",
  "same pod",
  "same plane",
  "different planes",
] as const;

/** What of an effect the relation looks at. */
interface Aspect {
  readonly links: Int32Array;
  readonly dead: number;
  /** Of links alone; a switch's many endpoints say nothing about where it lies. */
  readonly endpoints: readonly number[];
  /** The switches at the ends of its links, or the dead one. */
  readonly switches: readonly number[];
  readonly rail: number;
  /** Equal for effects of the same planes, and of the same pods. */
  readonly planes: string;
  readonly pods: string;
}

export class Relations {
  readonly #stage: Stage;
  readonly #rings: Rings;
  readonly #known: (Aspect | undefined)[];

  constructor(stage: Stage, rings: Rings) {
    this.#stage = stage;
    this.#rings = rings;
    this.#known = new Array(stage.effects.count);
  }

  /** Index of the relation of two different effects; see {@link relationText}. */
  of(left: number, right: number): number {
    const [first, second] = [this.#aspect(left), this.#aspect(right)];
    if (first.dead >= 0 || second.dead >= 0) {
      if (this.#isSwitchOf(first, second) || this.#isSwitchOf(second, first)) return 1;
    } else {
      if (first.links.some((link) => second.links.includes(link))) return 0;
    }
    const nearest = this.#onServers(first, second);
    if (nearest <= 3) return nearest;
    if (first.switches.some((index) => second.switches.includes(index))) return 4;
    if (nearest === 5) return 5;
    if (first.rail >= 0 && first.rail === second.rail) return 6;
    if (first.planes !== second.planes) return 9;
    return first.pods === second.pods ? 7 : 8;
  }

  /** Whether the first is a dead switch that the second's links end in. */
  #isSwitchOf(first: Aspect, second: Aspect): boolean {
    if (first.dead < 0) return false;
    if (second.dead < 0) return second.switches.includes(first.dead);
    const { lowerSwitch, upperSwitch } = this.#stage.fabric.links;
    return second.links.some((link) => lowerSwitch[link] === first.dead || upperSwitch[link] === first.dead);
  }

  /** The nearest relation of two endpoints of the two: 2, 3 or 5; 9 for none. */
  #onServers(first: Aspect, second: Aspect): number {
    const rails = this.#stage.fabric.railsPerServer;
    let nearest = 9;
    for (const x of first.endpoints) {
      for (const y of second.endpoints) {
        if (x === y) return 2;
        if (Math.floor(x / rails) === Math.floor(y / rails)) nearest = 3;
        else if (nearest > 5 && (this.#rings.next[x] === y || this.#rings.next[y] === x)) nearest = 5;
      }
    }
    return nearest;
  }

  #aspect(effect: number): Aspect {
    const known = this.#known[effect];
    if (known !== undefined) return known;
    const { fabric, effects } = this.#stage;
    const links = linksOf(effects, effect);
    const dead = effects.deadSwitch[effect]!;
    const endpoints = dead >= 0 ? [] : touchedEndpoints(fabric, links).endpoints;
    const switches = dead >= 0 ? [dead] : switchesOf(fabric, links);
    const rails = new Set(endpoints.map((endpoint) => endpoint % fabric.railsPerServer));
    const planes = new Set(switches.map((index) => fabric.switches.plane[index]!));
    const pods = new Set(
      switches.map((index) => (fabric.switches.tier[index] === 2 ? -1 : fabric.switches.pod[index]!)),
    );
    const aspect = {
      links,
      dead,
      endpoints,
      switches,
      rail: rails.size === 1 ? [...rails][0]! : -1,
      planes: [...planes].sort().join(),
      pods: [...pods].sort().join(),
    };
    this.#known[effect] = aspect;
    return aspect;
  }
}

function switchesOf(fabric: Fabric, links: Int32Array): number[] {
  const found = new Set<number>();
  for (const link of links)
    for (const index of [fabric.links.lowerSwitch[link]!, fabric.links.upperSwitch[link]!])
      if (index >= 0) found.add(index);
  return [...found];
}

/** The relations of the pairs of one row, in words. */
export function relationText(found: ReadonlySet<number>): string {
  return [...found]
    .sort((left, right) => left - right)
    .map((index) => relations[index]!)
    .join(" or ");
}
