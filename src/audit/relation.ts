/** How two failures lie to each other, in words. */

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
  readonly links: ReadonlySet<number>;
  readonly dead: number;
  readonly endpoints: readonly number[];
  readonly switches: ReadonlySet<number>;
  readonly rail: number;
  readonly planes: string;
  readonly pods: string;
}

export class Relations {
  readonly #stage: Stage;
  readonly #rings: Rings;
  readonly #known = new Map<number, Aspect>();

  constructor(stage: Stage, rings: Rings) {
    this.#stage = stage;
    this.#rings = rings;
  }

  /** Index of the relation of two different effects; see {@link relationText}. */
  of(left: number, right: number): number {
    const [first, second] = [this.#aspect(left), this.#aspect(right)];
    if (isDisjoint(first, second) === false) return first.dead >= 0 || second.dead >= 0 ? 1 : 0;
    const rails = this.#stage.fabric.railsPerServer;
    let nearest = 9;
    // Two switches can be compared by themselves; a switch's many endpoints say nothing about where it lies.
    if (first.dead < 0 && second.dead < 0) {
      for (const x of first.endpoints) {
        for (const y of second.endpoints) {
          if (x === y) return 2;
          if (Math.floor(x / rails) === Math.floor(y / rails)) nearest = Math.min(nearest, 3);
          else if (this.#rings.next[x] === y || this.#rings.next[y] === x) nearest = Math.min(nearest, 5);
        }
      }
    }
    if (nearest === 3) return 3;
    for (const index of first.switches) if (second.switches.has(index)) return 4;
    if (nearest === 5) return 5;
    if (first.rail >= 0 && first.rail === second.rail) return 6;
    if (first.planes !== second.planes) return 9;
    return first.pods === second.pods ? 7 : 8;
  }

  #aspect(effect: number): Aspect {
    const known = this.#known.get(effect);
    if (known !== undefined) return known;
    const { fabric, effects } = this.#stage;
    const links = linksOf(effects, effect);
    const dead = effects.deadSwitch[effect]!;
    const { endpoints } = dead >= 0 ? { endpoints: [] } : touchedEndpoints(fabric, links);
    const switches = new Set<number>(dead >= 0 ? [dead] : []);
    if (dead < 0)
      for (const link of links)
        for (const index of [fabric.links.lowerSwitch[link]!, fabric.links.upperSwitch[link]!])
          if (index >= 0) switches.add(index);
    const rails = new Set(endpoints.map((endpoint) => endpoint % fabric.railsPerServer));
    const aspect = {
      links: new Set(links),
      dead,
      endpoints,
      switches,
      rail: rails.size === 1 ? [...rails][0]! : -1,
      planes: [...new Set([...switches].map((index) => fabric.switches.plane[index]))].sort().join(),
      pods: [
        ...new Set(
          [...switches].map((index) => (fabric.switches.tier[index] === 2 ? "core" : fabric.switches.pod[index])),
        ),
      ]
        .sort()
        .join(),
    };
    this.#known.set(effect, aspect);
    return aspect;
  }
}

function isDisjoint(left: Aspect, right: Aspect): boolean {
  const [few, many] = left.links.size < right.links.size ? [left, right] : [right, left];
  for (const link of few.links) if (many.links.has(link)) return false;
  return true;
}

/** The relations of the pairs of one row, in words. */
export function relationText(found: ReadonlySet<number>): string {
  return [...found]
    .sort((left, right) => left - right)
    .map((index) => relations[index]!)
    .join(", ");
}
