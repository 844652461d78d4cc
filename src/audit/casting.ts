/** Turns effects into failures on the stage net: twins take the place of the switches that stand by themselves there. */

import { assert, defined } from "../base/assert.ts";
import type { Fabric } from "../fabric/types.ts";
import type { Failure } from "./failure-model.ts";
import type { Net } from "./net.ts";
import type { SwitchPairs } from "./switch-pairs.ts";

/** Which twin plays which switch. Exchanging twins changes no loads, so any choice is right. */
export class Casting {
  readonly #twinOf: Int32Array;
  readonly #actors: ReadonlyMap<number, readonly number[]>;
  readonly #played = new Map<number, number>();

  constructor(twinOf: Int32Array, actors: ReadonlyMap<number, readonly number[]>, from?: Casting) {
    this.#twinOf = twinOf;
    this.#actors = actors;
    if (from !== undefined) for (const [index, actor] of from.#played) this.#played.set(index, actor);
  }

  /** The switch that plays this one: the next free actor of its twin class, the same one ever after. */
  of(index: number): number {
    const known = this.#played.get(index);
    if (known !== undefined) return known;
    const actors = this.#actors.get(this.#twinOf[index]!);
    if (actors === undefined) return index;
    const taken = new Set(this.#played.values());
    const actor = defined(
      actors.find((candidate) => !taken.has(candidate)),
      "a switch of its own for each twin that fails",
    );
    this.#played.set(index, actor);
    return actor;
  }
}

/** Builds failures on one net. */
export class FailureBuilder {
  readonly #fabric: Fabric;
  readonly #pairs: SwitchPairs;
  readonly #net: Net;
  readonly #edgeBetween = new Map<string, number>();

  constructor(fabric: Fabric, pairs: SwitchPairs, net: Net) {
    this.#fabric = fabric;
    this.#pairs = pairs;
    this.#net = net;
    for (let edge = 0; edge < net.edgeCount; edge++)
      this.#edgeBetween.set(`${net.edgeLower[edge]}-${net.edgeUpper[edge]}@${net.edgeGbps[edge]}`, edge);
  }

  /** The failure of these switches and links; `isDead` leaves out links that have failed before. */
  build(
    links: Iterable<number>,
    deadSwitches: readonly number[],
    play: (index: number) => number,
    isDead: (link: number) => boolean = () => false,
  ): Failure {
    const { lowerSwitch, upperSwitch, endpoint, side } = this.#fabric.links;
    const { nodeOf, members } = this.#net;
    const sidesOf = new Map<number, number>();
    const linksOf = new Map<number, number>();
    const deadNodes = deadSwitches.map((index) => nodeOf[play(index)]!);
    for (const node of deadNodes) assert(members[node] === 1, "a switch that fails stands by itself");
    const dead = new Set(deadSwitches);
    for (const link of links) {
      if (isDead(link)) continue;
      const pair = this.#pairs.ofLink[link]!;
      if (pair < 0) {
        sidesOf.set(endpoint[link]!, (sidesOf.get(endpoint[link]!) ?? 0) | (1 << side[link]!));
      } else if (!dead.has(lowerSwitch[link]!) && !dead.has(upperSwitch[link]!)) {
        const low = nodeOf[play(lowerSwitch[link]!)]!;
        const high = nodeOf[play(upperSwitch[link]!)]!;
        assert(members[low] === 1 && members[high] === 1, "the switches of a failed link stand by themselves");
        const edge = defined(
          this.#edgeBetween.get(`${low}-${high}@${this.#pairs.speedGbps[pair]}`),
          "edge of a failed link",
        );
        linksOf.set(edge, (linksOf.get(edge) ?? 0) + 1);
      }
    }
    return {
      endpoints: [...sidesOf.keys()],
      sides: [...sidesOf.values()],
      edges: [...linksOf.keys()],
      deadLinks: [...linksOf.values()],
      deadNodes,
    };
  }
}
