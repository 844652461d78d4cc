/**
 * What the failure of an access link depends on: the leaves and speeds of its endpoint, of the endpoint's neighbours in
 * the ring, and of its server. Endpoints with equal surroundings are equal.
 */

import type { Fabric } from "../fabric/types.ts";
import type { Rings } from "./ring.ts";

/** Numbers for combinations of integers, given out in order of appearance. */
export class Numbering {
  readonly keys: number[][] = [];
  readonly #ids = new Map<string, number>();

  idOf(key: readonly number[]): number {
    const text = key.join();
    const known = this.#ids.get(text);
    if (known !== undefined) return known;
    this.#ids.set(text, this.keys.length);
    this.keys.push([...key]);
    return this.keys.length - 1;
  }

  /** The number of a combination, or -1 when it never appeared. */
  find(key: readonly number[]): number {
    return this.#ids.get(key.join()) ?? -1;
  }
}

export interface Surroundings {
  /** Attachment of each endpoint. Keys: rail, then leaf (switch index; -1 for none) and speed for each side. */
  readonly attachment: Int32Array;
  readonly attachments: Numbering;
  /** Surroundings of each endpoint. Keys: attachment of the endpoint, the one before, the one after; server class. */
  readonly of: Int32Array;
  readonly kinds: Numbering;
  /** Server classes. Keys: attachments by rail. */
  readonly serverClasses: Numbering;
}

export function findSurroundings(fabric: Fabric, rings: Rings): Surroundings {
  const { linksPerEndpoint, railsPerServer, accessLink, links, serverCount } = fabric;
  const count = serverCount * railsPerServer;
  const attachments = new Numbering();
  const attachment = Int32Array.from({ length: count }, (_, endpoint) => {
    const key = [endpoint % railsPerServer];
    for (let side = 0; side < linksPerEndpoint; side++) {
      const link = accessLink[endpoint * linksPerEndpoint + side]!;
      key.push(link < 0 ? -1 : links.upperSwitch[link]!, link < 0 ? 0 : links.speedGbps[link]!);
    }
    return attachments.idOf(key);
  });
  const serverClasses = new Numbering();
  const classOfServer = Array.from({ length: serverCount }, (_, server) =>
    serverClasses.idOf(Array.from(attachment.subarray(server * railsPerServer, (server + 1) * railsPerServer))),
  );
  const kinds = new Numbering();
  const of = attachment.map((own, endpoint) =>
    kinds.idOf([
      own,
      attachment[rings.previous[endpoint]!]!,
      attachment[rings.next[endpoint]!]!,
      classOfServer[Math.floor(endpoint / railsPerServer)]!,
    ]),
  );
  return { attachment, attachments, of, kinds, serverClasses };
}

/** How two endpoints lie to each other: bits for one server, and for neighbours in the ring. */
export function relationOf(fabric: Fabric, { next }: Rings, first: number, second: number): number {
  const rails = fabric.railsPerServer;
  const sameServer = Math.floor(first / rails) === Math.floor(second / rails) ? 1 : 0;
  return sameServer | (next[first] === second ? 2 : 0) | (next[second] === first ? 4 : 0);
}
