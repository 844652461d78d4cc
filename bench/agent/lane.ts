/** Two hosts with measured streams and, where wanted, full load between them. */

import { setTimeout as sleep } from "node:timers/promises";
import type { Fabric, Link } from "../../test/agent/fabric.ts";
import { type Load, startLoad } from "./load.ts";
import { type Gaps, type Kind, type Streams, startStreams } from "./probes.ts";

/** A stream flows when its last packet is no older than this. */
const flowsMs = 20;

export interface LaneSetup {
  readonly program: string;
  readonly kinds: readonly Kind[];
  readonly full: boolean;
  /** MPTCP between the addresses of the links. */
  readonly multipath: boolean;
}

export class Lane {
  readonly fabric: Fabric;
  readonly #setup: LaneSetup;
  readonly #streams: Streams;
  readonly #load: Load | undefined;

  private constructor(fabric: Fabric, setup: LaneSetup, streams: Streams, load: Load | undefined) {
    this.fabric = fabric;
    this.#setup = setup;
    this.#streams = streams;
    this.#load = load;
  }

  static async start(fabric: Fabric, setup: LaneSetup): Promise<Lane> {
    const { program, kinds, multipath } = setup;
    const onLink = (link: Link) => [fabric.address(0, link), fabric.address(1, link)] as const;
    const own = [fabric.ownAddress(0), fabric.ownAddress(1)] as const;
    const streams = await startStreams(fabric, program, kinds, multipath ? onLink(0) : own, multipath);
    const load = setup.full ? startLoad(fabric, multipath ? [onLink(0), onLink(1)] : [own]) : undefined;
    return new Lane(fabric, setup, streams, load);
  }

  /** The longest gap of each stream in microseconds since the last call, the one that still lasts included. */
  async gapsUs(): Promise<number[]> {
    const gaps: Gaps = await this.#streams.gaps();
    return gaps.map(({ longestGapUs, openGapUs }) =>
      Math.max(longestGapUs, openGapUs > flowsMs * 1_000 ? openGapUs : 0),
    );
  }

  /** The gaps until every stream flows again, or this time is over. */
  async gapsWhenFlowing(waitMs: number): Promise<{ readonly gapsUs: number[]; readonly flows: boolean }> {
    const gapsUs = this.#setup.kinds.map(() => 0);
    for (const endMs = performance.now() + waitMs; ; await sleep(10)) {
      const now = await this.#streams.gaps();
      const flows = now.every(({ openGapUs }) => openGapUs < flowsMs * 1_000);
      for (const [index, { longestGapUs, openGapUs }] of now.entries())
        gapsUs[index] = Math.max(gapsUs[index]!, longestGapUs, flows ? 0 : openGapUs);
      if (flows || performance.now() > endMs) return { gapsUs, flows };
    }
  }

  /** The link that the streams take. */
  async linkInUse(): Promise<Link> {
    if (!this.#setup.multipath) return this.fabric.chosenLink();
    this.fabric.busierLink();
    await sleep(50);
    return this.fabric.busierLink();
  }

  pause(): void {
    this.#load?.pause();
    this.#streams.pause();
  }

  resume(): void {
    this.#streams.resume();
    this.#load?.resume();
  }

  async stop(): Promise<void> {
    this.#load?.stop();
    this.resume();
    await this.#streams.stop();
  }
}
