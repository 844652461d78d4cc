/**
 * Failures of access links that are equal by their numbers: the same rail, the same leaves and speeds of the endpoint
 * and of its two neighbours in the ring, the same sides dead. Loads and cuts are made of nothing else.
 */

import type { Fabric } from "../fabric/types.ts";
import type { Rings } from "./ring.ts";

/** Class of each endpoint; endpoints of one class have the same surroundings in all the rings. */
export function endpointClasses(fabric: Fabric, rings: readonly Rings[]): Int32Array {
  const count = fabric.serverCount * fabric.railsPerServer;
  const { linksPerEndpoint, railsPerServer, accessLink, links } = fabric;
  const attachments = new Map<string, number>();
  const attachment = Int32Array.from({ length: count }, (_, endpoint) => {
    let key = `${endpoint % railsPerServer}`;
    for (let side = 0; side < linksPerEndpoint; side++) {
      const link = accessLink[endpoint * linksPerEndpoint + side]!;
      key += link < 0 ? "/-" : `/${links.upperSwitch[link]}@${links.speedGbps[link]}`;
    }
    const id = attachments.get(key) ?? attachments.size;
    attachments.set(key, id);
    return id;
  });
  let of = attachment;
  for (const { previous, next } of rings) {
    const ids = new Map<string, number>();
    const base = of;
    of = Int32Array.from({ length: count }, (_, endpoint) => {
      const key = `${base[endpoint]},${attachment[previous[endpoint]!]},${attachment[next[endpoint]!]}`;
      const id = ids.get(key) ?? ids.size;
      ids.set(key, id);
      return id;
    });
  }
  return of;
}

/** How two endpoints lie to each other: bits for one server, and for neighbours in each ring. */
export function relationOf(fabric: Fabric, rings: readonly Rings[], first: number, second: number): number {
  const rails = fabric.railsPerServer;
  let bits = Math.floor(first / rails) === Math.floor(second / rails) ? 1 : 0;
  for (const [index, { next }] of rings.entries()) {
    if (next[first] === second) bits |= 2 << (2 * index);
    if (next[second] === first) bits |= 4 << (2 * index);
  }
  return bits;
}

/** A key that is equal for failures of access links with equal outcomes. */
export function accessKey(
  fabric: Fabric,
  rings: readonly Rings[],
  classOf: Int32Array,
  endpoints: readonly number[],
  sides: readonly number[],
): string {
  if (endpoints.length === 1) return `${classOf[endpoints[0]!]}:${sides[0]}`;
  let key = "";
  for (const [index, endpoint] of endpoints.entries()) {
    key += `${classOf[endpoint]}:${sides[index]}`;
    for (let before = 0; before < index; before++) key += `~${relationOf(fabric, rings, endpoints[before]!, endpoint)}`;
    key += "|";
  }
  return key;
}
