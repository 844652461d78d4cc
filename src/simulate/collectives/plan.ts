/** What an algorithm does, before any routing: phases of connections between endpoints, and the steps that their latency counts. */

import type { Connections } from "../network/index.ts";
import type { Pace } from "./protocols.ts";

/** Steps on the longest chain of a phase, each of which waits for the one before. */
export interface Steps {
  readonly pace: Pace;
  /** Steps between GPUs of one server. */
  readonly inServer: number;
  /** Steps from server to server. */
  readonly network: number;
  /** Network steps of a ring with one rank on each server: nothing hides them, they cost what a tree's do. */
  readonly exposed: boolean;
  /** Cables and switches of all network steps together, in seconds. */
  readonly pathS: number;
  /** Network operations that one rank posts one after the other, beyond one for each step. */
  readonly extraPosts: number;
}

export interface PhasePlan {
  readonly label: string;
  /** Bytes that the channels move together for every byte of the collective. */
  readonly bytesPerByte: number;
  readonly channels: readonly Connections[];
  /** Whether the library may share the bytes among the channels in any proportion; otherwise all take equal shares. */
  readonly divisible: boolean;
  /** Bytes that the busiest GPU sends (and receives) inside its server for every byte of a channel. */
  readonly inServer: number;
  readonly steps: Steps;
}

/** Delay of the path between two endpoints, in seconds. */
export type DelayOf = (source: number, destination: number) => number;

/** Collects the hops of a channel. */
export class HopList {
  readonly #source: number[] = [];
  readonly #destination: number[] = [];
  readonly #share: number[] = [];

  /** `share`: bytes over this hop for every byte of the channel. */
  add(source: number, destination: number, share: number): void {
    this.#source.push(source);
    this.#destination.push(destination);
    this.#share.push(share);
  }

  get count(): number {
    return this.#source.length;
  }

  take(): Connections {
    return {
      count: this.#source.length,
      source: Int32Array.from(this.#source),
      destination: Int32Array.from(this.#destination),
      share: Float64Array.from(this.#share),
    };
  }
}
