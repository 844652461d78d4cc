/**
 * What lies near a failed effect on the server side: endpoints of its servers and neighbours in the rings, and the
 * effects on them. Effects that lie farther away are touched by the first failure only through loads and components.
 */

import { mix } from "../base/random.ts";
import { type EffectClasses, touchedEndpoints } from "./effect-classes.ts";
import type { Rings } from "./ring.ts";
import { linksOf, type Stage } from "./stage.ts";

export class PairIndex {
  readonly #stage: Stage;
  readonly #rings: Rings;
  readonly #isLeaf: Uint8Array;
  /** Endpoints of each effect of access links with the sides that die, as compressed rows; none for others. */
  readonly #endOffsets: Int32Array;
  readonly #ends: Int32Array;
  readonly #endSides: Uint8Array;
  /** Effects of access links by endpoint, as compressed rows. */
  readonly #offsets: Int32Array;
  readonly #effects: Int32Array;
  readonly #effectOfLeaf: Int32Array;
  /** Dead sides of each endpoint under the effect in play. */
  readonly #dead: Uint8Array;
  readonly #near: Uint8Array;
  readonly #seen: Int32Array;
  /** Of the leaves among the neighbours last asked for. */
  readonly #leafHash: Int32Array;
  #stamp = 0;
  #touched: readonly number[] = [];
  #region: number[] = [];

  constructor(stage: Stage, rings: Rings, classes: EffectClasses) {
    this.#stage = stage;
    this.#rings = rings;
    const { fabric, effects } = stage;
    const endpoints = fabric.serverCount * fabric.railsPerServer;
    this.#dead = new Uint8Array(endpoints);
    this.#near = new Uint8Array(endpoints);
    this.#seen = new Int32Array(effects.count);
    this.#leafHash = new Int32Array(effects.count);
    this.#isLeaf = new Uint8Array(effects.count);
    this.#effectOfLeaf = new Int32Array(fabric.switches.count).fill(-1);
    this.#endOffsets = new Int32Array(effects.count + 1);
    this.#ends = new Int32Array(effects.links.length);
    this.#endSides = new Uint8Array(effects.links.length);
    this.#offsets = new Int32Array(endpoints + 1);
    let end = 0;
    for (let effect = 0; effect < effects.count; effect++) {
      const footprint = classes.footprint[classes.of[effect]!]!;
      if (footprint === "leaf") {
        this.#isLeaf[effect] = 1;
        this.#effectOfLeaf[effects.deadSwitch[effect]!] = effect;
      } else if (footprint === "access") {
        const touched = touchedEndpoints(fabric, linksOf(effects, effect));
        for (const [index, endpoint] of touched.endpoints.entries()) {
          this.#ends[end] = endpoint;
          this.#endSides[end++] = touched.sides[index]!;
          this.#offsets[endpoint + 1]!++;
        }
      }
      this.#endOffsets[effect + 1] = end;
    }
    for (let endpoint = 0; endpoint < endpoints; endpoint++) this.#offsets[endpoint + 1]! += this.#offsets[endpoint]!;
    const next = this.#offsets.slice(0, endpoints);
    this.#effects = new Int32Array(end);
    for (let effect = 0; effect < effects.count; effect++)
      for (let at = this.#endOffsets[effect]!; at < this.#endOffsets[effect + 1]!; at++)
        this.#effects[next[this.#ends[at]!]!++] = effect;
  }

  /** Lets sides of endpoints die, in place of those before. */
  play(endpoints: readonly number[], sides: readonly number[]): void {
    for (const endpoint of this.#touched) this.#dead[endpoint] = 0;
    for (const endpoint of this.#region) this.#near[endpoint] = 0;
    const rails = this.#stage.fabric.railsPerServer;
    this.#touched = endpoints;
    this.#region = [];
    const add = (endpoint: number) => {
      if (this.#near[endpoint] === 1) return;
      this.#near[endpoint] = 1;
      this.#region.push(endpoint);
    };
    for (const [index, endpoint] of endpoints.entries()) {
      this.#dead[endpoint] = sides[index]!;
      const first = endpoint - (endpoint % rails);
      for (let rail = 0; rail < rails; rail++) add(first + rail);
      add(this.#rings.next[endpoint]!);
      add(this.#rings.previous[endpoint]!);
    }
  }

  /** Effects on the endpoints near those in play: of access links, and of leaves. Each once. */
  neighbours(): number[] {
    const { fabric } = this.#stage;
    const stamp = ++this.#stamp;
    const found: number[] = [];
    const add = (effect: number) => {
      if (this.#seen[effect] === stamp) return;
      this.#seen[effect] = stamp;
      found.push(effect);
    };
    const sides = fabric.linksPerEndpoint;
    for (const endpoint of this.#region) {
      for (let at = this.#offsets[endpoint]!; at < this.#offsets[endpoint + 1]!; at++) add(this.#effects[at]!);
      const first = this.#leafEffectOf(endpoint * sides);
      const second = sides === 2 ? this.#leafEffectOf(endpoint * sides + 1) : -1;
      for (const effect of [first, second]) {
        if (effect < 0) continue;
        if (this.#seen[effect] !== stamp) this.#leafHash[effect] = 0;
        add(effect);
      }
      if (first >= 0) this.#addLeafHash(first, endpoint, first === second ? 3 : 1);
      if (second >= 0 && second !== first) this.#addLeafHash(second, endpoint, 2);
    }
    return found;
  }

  /** How the endpoints of another effect of access links lie to those in play: what is dead at and around each. */
  relationKey(effect: number): string {
    const rails = this.#stage.fabric.railsPerServer;
    const dead = this.#dead;
    let key = "";
    for (let at = this.#endOffsets[effect]!; at < this.#endOffsets[effect + 1]!; at++) {
      const endpoint = this.#ends[at]!;
      key += `${dead[this.#rings.previous[endpoint]!]}<${dead[endpoint]}>${dead[this.#rings.next[endpoint]!]}`;
      const first = endpoint - (endpoint % rails);
      for (let rail = 0; rail < rails; rail++) key += `.${dead[first + rail]}`;
      key += "|";
    }
    return key;
  }

  #leafEffectOf(slot: number): number {
    const link = this.#stage.fabric.accessLink[slot]!;
    return link < 0 ? -1 : this.#effectOfLeaf[this.#stage.fabric.links.upperSwitch[link]!]!;
  }

  #addLeafHash(effect: number, endpoint: number, sides: number): void {
    this.#leafHash[effect] = (this.#leafHash[effect]! + this.#hashAround(endpoint, sides)) | 0;
  }

  /**
   * A hash of how one of the neighbours lies to those in play, that does not depend on the names of the rails. Of a
   * leaf, only its endpoints near those in play count.
   */
  relationHash(effect: number): number {
    if (this.#isLeaf[effect] === 1) return this.#leafHash[effect]!;
    let sum = 0;
    const start = this.#endOffsets[effect]!;
    for (let at = start; at < this.#endOffsets[effect + 1]!; at++)
      sum = (sum + this.#hashAround(this.#ends[at]!, 4 * (at - start + 1) + this.#endSides[at]!)) | 0;
    return sum;
  }

  #hashAround(endpoint: number, seed: number): number {
    const rails = this.#stage.fabric.railsPerServer;
    const dead = this.#dead;
    const first = endpoint - (endpoint % rails);
    let others = 0;
    for (let rail = 0; rail < rails; rail++) if (dead[first + rail] !== 0) others += 5 << (4 * dead[first + rail]!);
    const around =
      dead[endpoint]! + 4 * dead[this.#rings.previous[endpoint]!]! + 16 * dead[this.#rings.next[endpoint]!]!;
    return mix(mix(seed, around), others);
  }
}
