/** Which devices are servers and which are switches, where the file does not say. docs/import.md has the rules. */

import type { Wiring } from "./wiring.ts";

const switchNames =
  /(^|[^a-z])(leaf|leaves|spine|core|superspine|tor|agg|aggr|aggregation|access|edge|switch|switches|sw|swi|rtr|router|gw|gateway|fw|firewall|border|fabric)s?(?![a-z])/i;
const serverNames =
  /(^|[^a-z])(srv|server|host|node|gpu|dgx|hgx|client|compute|worker|cn|vm|pc|bm|storage|login)s?(?![a-z])/i;

/** What a role or name says: undefined when it says nothing, or both. */
export function roleOf(text: string): "server" | "switch" | undefined {
  const [asSwitch, asServer] = [switchNames.test(text), serverNames.test(text)];
  if (asSwitch === asServer) return undefined;
  return asServer ? "server" : "switch";
}

export interface Kinds {
  /** By device index. */
  readonly isServer: Uint8Array;
  /** Device indices that were told by their names, and by their cables alone. */
  readonly byName: readonly number[];
  readonly byCables: readonly number[];
}

/**
 * Said by the file, else by the name, else by the cables: a device is a server when it has no more cables than any of its
 * neighbours has, and fewer than one of them. Names that make servers of all (`node1`, `node2`) say nothing.
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
  const byNames = devices.map(({ kind, name }, index) =>
    kind === undefined && degree[index]! > 0 ? roleOf(name) : undefined,
  );
  const isSwitch = devices.some(({ kind }, index) => degree[index]! > 0 && (kind ?? byNames[index]) !== "server");
  const isServer = new Uint8Array(devices.length);
  const byName: number[] = [];
  const byCables: number[] = [];
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
    const told = isSwitch ? byNames[index] : undefined;
    if (told !== undefined) {
      isServer[index] = told === "server" ? 1 : 0;
      byName.push(index);
      continue;
    }
    isServer[index] = own <= least[index]! && own < most[index]! ? 1 : 0;
    byCables.push(index);
  }
  return { isServer, byName, byCables };
}
