/** What is wrong with each link at this moment, from all faults that are active at once. */

import type { Fabric } from "../../fabric/types.ts";
import type { Fault } from "./happenings.ts";
import { type Reach, Reaches } from "./reach.ts";

/** The condition of one link. */
export interface LinkCondition {
  /** Whether anything passes away from the servers, towards them. */
  readonly up: boolean;
  readonly down: boolean;
  readonly carrier: boolean;
  /** Traffic was asked to leave it. */
  readonly drained: boolean;
  /** Share of the bandwidth left in each direction, in [0, 1]; 0 when dead. */
  readonly shareUp: number;
  readonly shareDown: number;
  /** Share of packets lost. */
  readonly errorRate: number;
}

/** What a fault's begin or end has changed. */
export interface Changed {
  readonly links: readonly number[];
  readonly serversDied: readonly number[];
  readonly serversBack: readonly number[];
}

interface Active {
  readonly fault: Fault;
  readonly reach: Reach;
}

const healthy: LinkCondition = {
  up: true,
  down: true,
  carrier: true,
  drained: false,
  shareUp: 1,
  shareDown: 1,
  errorRate: 0,
};

export class FaultBoard {
  readonly #reaches: Reaches;
  readonly #active = new Map<Fault, Active>();
  readonly #faultsOfLink = new Map<number, Set<Fault>>();
  readonly #faultsOfPart = new Map<number, Set<Fault>>();
  /** How many faults keep each server down. */
  readonly #downServers = new Map<number, number>();

  constructor(fabric: Fabric) {
    this.#reaches = new Reaches(fabric);
  }

  begin(fault: Fault): Changed {
    const reach = this.#reachOf(fault, true);
    this.#active.set(fault, { fault, reach });
    for (const link of reach.links) put(this.#faultsOfLink, link, fault);
    put(this.#faultsOfPart, fault.part, fault);
    const serversDied: number[] = [];
    for (const server of fault.kind === "dead" && fault.up && fault.down ? reach.servers : []) {
      const count = this.#downServers.get(server) ?? 0;
      this.#downServers.set(server, count + 1);
      if (count === 0) serversDied.push(server);
    }
    return { links: reach.links, serversDied, serversBack: [] };
  }

  /** Ends a fault; nothing happens when it is not active any more. */
  end(fault: Fault): Changed {
    const active = this.#active.get(fault);
    if (active === undefined) return { links: [], serversDied: [], serversBack: [] };
    // A device that the second of its feeds has killed lives again with either: so the other feeds begin anew.
    const feeds = this.#reaches.isFeed(fault.part)
      ? [...this.#active.keys()].filter((each) => each !== fault && this.#reaches.isFeed(each.part))
      : [];
    const ended = [fault, ...feeds].map((each) => this.#take(each));
    const begun = feeds.map((each) => this.begin(each));
    const died = new Set(begun.flatMap((each) => each.serversDied));
    return {
      links: [...new Set([...ended, ...begun].flatMap((each) => each.links))],
      serversDied: [],
      serversBack: ended.flatMap((each) => each.serversBack).filter((server) => !died.has(server)),
    };
  }

  #take(fault: Fault): Changed {
    const { reach } = this.#active.get(fault)!;
    this.#active.delete(fault);
    this.#reachOf(fault, false);
    for (const link of reach.links) this.#faultsOfLink.get(link)!.delete(fault);
    this.#faultsOfPart.get(fault.part)!.delete(fault);
    const serversBack: number[] = [];
    for (const server of fault.kind === "dead" && fault.up && fault.down ? reach.servers : []) {
      const count = this.#downServers.get(server)! - 1;
      this.#downServers.set(server, count);
      if (count === 0) serversBack.push(server);
    }
    return { links: reach.links, serversDied: [], serversBack };
  }

  /** Faults of a part that are active. */
  faultsOf(part: number): readonly Fault[] {
    return [...(this.#faultsOfPart.get(part) ?? [])];
  }

  /** Faults that hit a link now, the oldest first. */
  faultsOn(link: number): readonly Fault[] {
    return [...(this.#faultsOfLink.get(link) ?? [])];
  }

  /** Links that a fault hits while it is active; none after it has ended. */
  linksOf(fault: Fault): readonly number[] {
    return this.#active.get(fault)?.reach.links ?? [];
  }

  /** Links that need a part; of a shared thing none. */
  linksOfPart(part: number): readonly number[] {
    return this.#reaches.linksOfPart(part);
  }

  isServerDown(server: number): boolean {
    return (this.#downServers.get(server) ?? 0) > 0;
  }

  condition(link: number): LinkCondition {
    const faults = this.#faultsOfLink.get(link);
    if (faults === undefined || faults.size === 0) return healthy;
    let { up, down, carrier, drained, shareUp, shareDown } = healthy;
    let passing = 1;
    for (const fault of faults) {
      if (fault.kind === "drained") drained = true;
      else if (fault.kind === "dead") {
        if (fault.up) up = false;
        if (fault.down) down = false;
        if (fault.dark) carrier = false;
      } else {
        if (fault.up) shareUp *= fault.share;
        if (fault.down) shareDown *= fault.share;
        passing *= 1 - fault.errorRate;
      }
    }
    if (shareUp === 0) up = false;
    if (shareDown === 0) down = false;
    return {
      up,
      down,
      carrier,
      drained,
      shareUp: up ? shareUp : 0,
      shareDown: down ? shareDown : 0,
      errorRate: 1 - passing,
    };
  }

  #reachOf(fault: Fault, begins: boolean): Reach {
    if (fault.part < 0) return { links: [], servers: [fault.server] };
    return begins ? this.#reaches.failing(fault.part) : this.#reaches.healing(fault.part);
  }
}

function put(sets: Map<number, Set<Fault>>, key: number, fault: Fault): void {
  const found = sets.get(key);
  if (found === undefined) sets.set(key, new Set([fault]));
  else found.add(fault);
}
