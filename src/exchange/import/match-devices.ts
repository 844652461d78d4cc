/** Which device of an imported fabric is which of the fabric that a cluster file describes. */

import { serverName, switchName } from "../../fabric/names.ts";
import type { Fabric } from "../../fabric/types.ts";

export interface DeviceMatch {
  /** Expected server of each found one; -1: not in the cluster file. */
  readonly serverOf: Int32Array;
  /** Expected switch of each found one; -1: not in the cluster file. */
  readonly switchOf: Int32Array;
  readonly by: "names" | "order";
}

/** Names in the cluster file by names in the import, as the user gave them. */
export type GivenMatch = ReadonlyMap<string, string>;

/**
 * By name, where at least half of the found devices have (or were given) a name of the cluster file; else by order: servers one after
 * the other, switches one after the other in each plane and tier.
 */
export function matchDevices(expected: Fabric, found: Fabric, given: GivenMatch): DeviceMatch {
  const servers = new Map(range(expected.serverCount).map((server) => [serverName(expected, server), server]));
  const switches = new Map(range(expected.switches.count).map((index) => [switchName(expected, index), index]));
  const meant = (name: string) => given.get(name) ?? name;
  const serverOf = Int32Array.from(
    range(found.serverCount),
    (server) => servers.get(meant(serverName(found, server))) ?? -1,
  );
  const switchOf = Int32Array.from(
    range(found.switches.count),
    (index) => switches.get(meant(switchName(found, index))) ?? -1,
  );
  const known = [...serverOf, ...switchOf].filter((each) => each >= 0).length;
  if (2 * known >= serverOf.length + switchOf.length)
    return { serverOf: onlyOnce(serverOf), switchOf: onlyOnce(switchOf), by: "names" };
  return {
    serverOf: serverOf.map((_, server) => (server < expected.serverCount ? server : -1)),
    switchOf: inOrder(expected, found),
    by: "order",
  };
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** A second device with a name that was given twice is none of the cluster file's. */
function onlyOnce(of: Int32Array): Int32Array {
  const taken = new Set<number>();
  return of.map((each) => {
    if (each < 0 || taken.has(each)) return -1;
    taken.add(each);
    return each;
  });
}

function inOrder(expected: Fabric, found: Fabric): Int32Array {
  const key = ({ switches }: Fabric, index: number) => `${switches.plane[index]} ${switches.tier[index]}`;
  const waiting = new Map<string, number[]>();
  for (const index of range(expected.switches.count)) {
    const place = key(expected, index);
    const list = waiting.get(place);
    if (list === undefined) waiting.set(place, [index]);
    else list.push(index);
  }
  const next = new Map<string, number>();
  return Int32Array.from(range(found.switches.count), (index) => {
    const place = key(found, index);
    const at = next.get(place) ?? 0;
    next.set(place, at + 1);
    return waiting.get(place)?.[at] ?? -1;
  });
}
