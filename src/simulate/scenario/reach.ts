/** Which links and servers go down with a part. */

import { linksOfParts } from "../../audit/effects.ts";
import { type Fabric, kindCode } from "../../fabric/types.ts";

/** What a part takes with it when it fails. */
export interface Reach {
  readonly links: readonly number[];
  /** Servers whose processes die. */
  readonly servers: readonly number[];
}

/** Answers for one fabric; counts the feeds of each device, which dies only when all its feeds have failed. */
export class Reaches {
  readonly #fabric: Fabric;
  readonly #needed: ReturnType<typeof linksOfParts>;
  readonly #feedsOf = new Map<number, number>();
  readonly #failedFeedsOf = new Map<number, number>();
  readonly #riskOfPart = new Map<number, number>();

  constructor(fabric: Fabric) {
    this.#fabric = fabric;
    this.#needed = linksOfParts(fabric);
    for (const [index, risk] of fabric.sharedRisks.entries()) {
      this.#riskOfPart.set(risk.part, index);
      if (risk.kind !== "feed") continue;
      for (const member of risk.members) this.#feedsOf.set(member, (this.#feedsOf.get(member) ?? 0) + 1);
    }
  }

  /** What dies with a part that fails now. Feeds are counted: the call that fails the last feed of a device kills it. */
  failing(part: number): Reach {
    return this.#of(part, 1);
  }

  /** What comes back with a part that works again; the mirror of {@link failing}. */
  healing(part: number): Reach {
    return this.#of(part, -1);
  }

  isFeed(part: number): boolean {
    return part >= 0 && this.#fabric.parts.kind[part] === kindCode.feed;
  }

  /** Links that need a part; of a shared thing none. */
  linksOfPart(part: number): readonly number[] {
    return this.#fabric.parts.kind[part]! < kindCode.feed ? this.#ofDevice(part).links : [];
  }

  #of(part: number, change: 1 | -1): Reach {
    const { parts } = this.#fabric;
    if (parts.kind[part]! < kindCode.feed) return this.#ofDevice(part);
    const risk = this.#fabric.sharedRisks[this.#riskOfPart.get(part)!]!;
    let members = Array.from(risk.members);
    if (risk.kind === "feed") {
      members = members.filter((member) => {
        const failed = this.#failedFeedsOf.get(member) ?? 0;
        this.#failedFeedsOf.set(member, failed + change);
        return Math.max(failed, failed + change) === this.#feedsOf.get(member);
      });
    }
    const reaches = members.map((member) => this.#ofDevice(member));
    return { links: reaches.flatMap((each) => each.links), servers: reaches.flatMap((each) => each.servers) };
  }

  #ofDevice(part: number): Reach {
    const fabric = this.#fabric;
    if (fabric.parts.kind[part] === kindCode.server) {
      const perServer = fabric.railsPerServer * fabric.linksPerEndpoint;
      const links = fabric.accessLink.subarray(part * perServer, (part + 1) * perServer).filter((link) => link >= 0);
      return { links: Array.from(links), servers: [part] };
    }
    const { offsets, links } = this.#needed;
    return { links: Array.from(links.subarray(offsets[part]!, offsets[part + 1]!)), servers: [] };
  }
}
