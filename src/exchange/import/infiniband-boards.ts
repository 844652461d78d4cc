/** Which InfiniBand adapters are one board, and what their ports are called. */

import { nicOfInterface } from "./interface-names.ts";
import type { WiredEnd } from "./wiring.ts";
import { naturally } from "./wiring.ts";

export interface Adapter {
  /** Index of the server that it sits in. */
  readonly device: number;
  /** What the host calls it: `mlx5_0`. */
  readonly label: string;
  /** GUID of the board; adapters with one board are the ports of one NIC. Undefined: not known. */
  readonly board: string | undefined;
}

/**
 * The NIC and port of each adapter's ports. A board that shows each of its ports as an adapter of its own (as
 * ConnectX-6 and later do) is one NIC, named after the first; its ports are numbered in the order of the adapters, unless their
 * names say NIC and port (`nic3p2`).
 */
export function boardPorts(
  adapters: ReadonlyMap<string, Adapter>,
): (id: string, number: number) => Pick<WiredEnd, "nic" | "port" | "number"> {
  const boards = new Map<string, string[]>();
  for (const [id, { device, board }] of adapters) {
    const key = `${device} ${board ?? `alone ${id}`}`;
    boards.set(key, [...(boards.get(key) ?? []), id]);
  }
  const nicOf = new Map<string, { nic: string; first: number }>();
  const taken = new Set<string>();
  for (const ids of boards.values()) {
    ids.sort(
      (left, right) => naturally(adapters.get(left)!.label, adapters.get(right)!.label) || naturally(left, right),
    );
    const { device, label: ofFirst } = adapters.get(ids[0]!)!;
    const label = saidBy(ofFirst)?.nic ?? ofFirst;
    let nic = label;
    for (let number = 2; taken.has(`${device} ${nic}`); number++) nic = `${label}~${number}`;
    taken.add(`${device} ${nic}`);
    for (const [index, id] of ids.entries())
      nicOf.set(id, { nic, first: saidBy(adapters.get(id)!.label)?.first ?? index });
  }
  return (id, number) => {
    const { nic, first } = nicOf.get(id)!;
    return { nic, number: first + number, port: `${nic}.${first + number}` };
  };
}

/** What `nic3p2` says: the NIC, and how many of its ports stand before this one. */
function saidBy(label: string): { nic: string; first: number } | undefined {
  const nic = nicOfInterface(label);
  const port = /^nic\d+[ab]?p([12])$/.exec(label)?.[1];
  return nic === undefined || port === undefined ? undefined : { nic, first: Number(port) - 1 };
}
