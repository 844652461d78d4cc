/** Neighbours that LLDP tells, and what their ports are called: a switch may name a port otherwise to others than to itself. */

import { type FileLine, naturally } from "./wiring.ts";

export interface Neighbour extends FileLine {
  /** Interface of the device whose file it is. */
  readonly port: string;
  /** Name of the neighbour, or its chassis identifier. */
  readonly system: string;
  /** What the neighbour calls its port, the likeliest name first: its identifier, its description. */
  readonly remotePorts: readonly string[];
  readonly kind: "server" | "switch" | undefined;
  readonly speedGbps: number | undefined;
}

/** The file of a device: what it sees on its ports. */
export interface Sight {
  /** Full name of the device. */
  readonly own: string;
  readonly neighbours: readonly Neighbour[];
}

/**
 * The name of a neighbour's port as the neighbour itself knows it, where it has a file of its own: of the names that it tells others,
 * the one under which that file has a port; else the port that sees this one; else, where both see each other equally often, the port with the
 * same place in the order of names; else the likeliest. `full`: the full name of a device.
 */
export function remotePorts(
  sights: readonly Sight[],
  full: (name: string) => string,
): (own: string, neighbour: Neighbour) => string {
  const ports = new Map<string, Map<string, Neighbour>>();
  for (const { own, neighbours } of sights) {
    const known = ports.get(own) ?? new Map<string, Neighbour>();
    ports.set(own, known);
    for (const neighbour of neighbours) known.set(neighbour.port, neighbour);
  }
  const towards = new Map<string, ReadonlyMap<string, readonly Neighbour[]>>();
  const between = (own: string, other: string) => {
    let all = towards.get(own);
    if (all === undefined) {
      all = bySystem(ports.get(own)?.values() ?? [], full);
      towards.set(own, all);
    }
    return all.get(other) ?? [];
  };
  const aliases = new Map<string, Aliases>();
  return (own, neighbour) => {
    const { port, system, remotePorts: names } = neighbour;
    const other = full(system);
    const known = ports.get(other);
    if (known === undefined) return names[0]!;
    for (const name of names) {
      const seen = known.get(name);
      if (seen !== undefined && full(seen.system) === own) return name;
    }
    const key = `${own}\0${other}`;
    let told = aliases.get(key);
    if (told === undefined) {
      told = aliasesOf(between(own, other), between(other, own));
      aliases.set(key, told);
    }
    return told.bySight.get(port) ?? told.byOrder.get(names[0]!) ?? names[0]!;
  };
}

function bySystem(neighbours: Iterable<Neighbour>, full: (name: string) => string): Map<string, Neighbour[]> {
  const found = new Map<string, Neighbour[]>();
  for (const neighbour of neighbours) {
    const system = full(neighbour.system);
    const list = found.get(system);
    if (list === undefined) found.set(system, [neighbour]);
    else list.push(neighbour);
  }
  return found;
}

interface Aliases {
  /** The other device's port by what it calls ours. */
  readonly bySight: ReadonlyMap<string, string>;
  /** The other device's port by what it tells us of it. */
  readonly byOrder: ReadonlyMap<string, string>;
}

/** What two devices see of each other. */
function aliasesOf(ours: readonly Neighbour[], theirs: readonly Neighbour[]): Aliases {
  const bySight = new Map(theirs.flatMap(({ port, remotePorts: names }) => names.map((name) => [name, port] as const)));
  const told = [...new Set(ours.map(({ remotePorts: names }) => names[0]!))].sort(naturally);
  const ports = theirs.map(({ port }) => port).sort(naturally);
  const equal = told.length === ours.length && told.length === ports.length;
  return { bySight, byOrder: new Map(equal ? told.map((name, index) => [name, ports[index]!]) : []) };
}
