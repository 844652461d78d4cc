/**
 * What the links can carry at this moment and what routing knows of it. The two differ after a failure: first traffic is
 * still sent into the dead link and lost; after local repair the two ends of the link know and use their other
 * equal-cost links; after convergence every switch knows.
 */

import { assert } from "../../base/assert.ts";
import type { Network } from "./network.ts";
import { SwitchesBelow } from "./switches-below.ts";
import { type UpGroups, upGroupsOf } from "./up-groups.ts";

/** The latest changes of routing, which are told one by one. */
export const routingChangesMax = 1024;
/** Bits of {@link NetworkState.avoided}. */
export const nearby = 1;
export const everywhere = 2;

export class NetworkState {
  readonly network: Network;
  readonly below: SwitchesBelow;
  readonly upGroups: UpGroups;
  /** Share of its capacity that each resource has left, 0 (dead) to 1. */
  readonly #share: Float64Array;
  /**
   * Of each link: {@link nearby} when the switches (or server) at its two ends have taken it out of use, plus
   * {@link everywhere} when every switch routes around it.
   */
  readonly avoided: Uint8Array;
  /** Links up of each switch that every switch routes around. */
  readonly #avoidedAbove: Int32Array;
  #routingVersion = 0;
  /** The link of change number n at n modulo {@link routingChangesMax}. */
  readonly #changes = new Int32Array(routingChangesMax);

  constructor(network: Network) {
    this.network = network;
    this.below = new SwitchesBelow(network);
    this.upGroups = upGroupsOf(network);
    this.#avoidedAbove = new Int32Array(network.fabric.switches.count);
    this.#share = new Float64Array(network.resourceCount).fill(1);
    this.avoided = new Uint8Array(network.fabric.links.count);
  }

  /** Grows by one whenever what all switches know changes. */
  get routingVersion(): number {
    return this.#routingVersion;
  }

  /** The link that routing left or took back when its version was this, one of the last {@link routingChangesMax}. */
  routingChange(version: number): number {
    return this.#changes[version % routingChangesMax]!;
  }

  /** Share of its capacity that a resource has left, 0 to 1. */
  share(resource: number): number {
    return this.#share[resource]!;
  }

  /** Sets what a resource has left: 0 dead, 1 healthy, between the two degraded. */
  setShare(resource: number, share: number): void {
    assert(share >= 0 && share <= 1, "a share of capacity lies between 0 and 1");
    this.#share[resource] = share;
  }

  /** Bytes a second that a resource carries now; none on a link that its ends have taken out of use. */
  capacity(resource: number): number {
    if (resource < 2 * this.network.fabric.links.count && this.isAvoidedNearby(resource >> 1)) return 0;
    return this.network.capacities[resource]! * this.#share[resource]!;
  }

  /** Capacities of all resources now, in bytes a second. */
  capacities(): Float64Array {
    return this.network.capacities.map((_, resource) => this.capacity(resource));
  }

  isAvoidedNearby(link: number): boolean {
    return (this.avoided[link]! & nearby) !== 0;
  }

  isAvoidedEverywhere(link: number): boolean {
    return (this.avoided[link]! & everywhere) !== 0;
  }

  /** Whether every switch routes around one of the links up of a switch. */
  isAvoidedAbove(node: number): boolean {
    return this.#avoidedAbove[node]! > 0;
  }

  /** The two ends of a link take it out of use, or back into use. */
  avoidNearby(link: number, avoided: boolean): void {
    this.avoided[link] = (this.avoided[link]! & everywhere) | (avoided ? nearby : 0);
  }

  /** Every switch routes around a link, or no longer does. */
  avoidEverywhere(link: number, avoided: boolean): void {
    if (this.isAvoidedEverywhere(link) === avoided) return;
    this.avoided[link] = (this.avoided[link]! & nearby) | (avoided ? everywhere : 0);
    const lower = this.network.fabric.links.lowerSwitch[link]!;
    if (lower >= 0) this.#avoidedAbove[lower]! += avoided ? 1 : -1;
    this.#changes[this.#routingVersion % routingChangesMax] = link;
    this.#routingVersion++;
  }
}
