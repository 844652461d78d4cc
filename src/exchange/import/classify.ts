/** Which devices are servers and which are switches, where the file does not say. docs/import.md has the rules. */

import type { Wiring } from "./wiring.ts";

const switchNames =
  /(^|[^a-z])(leaf|spine|core|superspine|tor|agg|aggr|aggregation|access|edge|switch|sw|swi|rtr|router|fw|firewall|border|fabric)(?![a-z])/i;
const serverNames =
  /(^|[^a-z])(srv|server|host|node|gpu|dgx|hgx|client|compute|worker|cn|vm|pc|bm|storage|login)(?![a-z])/i;

/** What a role or name says: undefined when it says nothing, or both. */
export function roleOf(text: string): "server" | "switch" | undefined {
  const [asSwitch, asServer] = [switchNames.test(text), serverNames.test(text)];
  if (asSwitch === asServer) return undefined;
  return asServer ? "server" : "switch";
}

export interface Kinds {
  /** By device index. */
  readonly isServer: Uint8Array;
  /** How many were told by their names, and how many by their cables alone. */
  readonly byName: number;
  readonly byCables: number;
}

/**
 * Said by the file, else by the name, else by the cables: a device is a server when it has no more cables than any of its
 * neighbours has, and fewer than one of them.
 */
export function classify({ devices, cables }: Wiring, isServerName?: (name: string) => boolean): Kinds {
  const degree = new Int32Array(devices.length);
  const most = new Int32Array(devices.length);
  const least = new Int32Array(devices.length).fill(0x7fffffff);
  for (const { ends } of cables) for (const end of ends) degree[end.device]!++;
  for (const { ends } of cables) {
    for (const [index, end] of ends.entries()) {
      const other = degree[ends[1 - index]!.device]!;
      most[end.device] = Math.max(most[end.device]!, other);
      least[end.device] = Math.min(least[end.device]!, other);
    }
  }
  const isServer = new Uint8Array(devices.length);
  let byName = 0;
  let byCables = 0;
  for (const [index, { name, kind }] of devices.entries()) {
    if (isServerName?.(name) === true) {
      isServer[index] = 1;
      continue;
    }
    if (kind !== undefined) {
      isServer[index] = kind === "server" ? 1 : 0;
      continue;
    }
    const own = degree[index]!;
    if (own === 0) continue;
    const told = roleOf(name);
    if (told !== undefined) {
      isServer[index] = told === "server" ? 1 : 0;
      byName++;
      continue;
    }
    isServer[index] = own <= least[index]! && own < most[index]! ? 1 : 0;
    byCables++;
  }
  return { isServer, byName, byCables };
}
