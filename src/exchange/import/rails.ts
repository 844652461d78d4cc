/** Which rail each NIC of each server is, and which of its links come first. docs/import.md has the rules. */

import { railOfNic } from "./interface-names.ts";
import { naturally } from "./wiring.ts";

/** A server's cable as its server sees it. */
export interface ServerPort {
  readonly cable: number;
  readonly port: string;
  readonly nic: string | undefined;
  readonly number: number | undefined;
}

export interface RailPlan {
  readonly rails: number;
  readonly linksPerEndpoint: 1 | 2;
  readonly nicsPerEndpoint: 1 | 2;
  /** The port in each slot (rail x links + side) of each server; undefined: no link. */
  readonly slots: readonly (readonly (ServerPort | undefined)[])[];
  /** Ports that found no slot, by server. */
  readonly leftOver: readonly (readonly ServerPort[])[];
  /** Whether the files tell which ports are one NIC. */
  readonly nicsKnown: boolean;
}

export interface RailWish {
  readonly linksPerEndpoint?: 1 | 2;
  /** Rails of each server; default: as most servers have. */
  readonly rails?: number;
}

/** Rails and sides of all servers' ports. */
export function planRails(servers: readonly (readonly ServerPort[])[], wish: RailWish): RailPlan {
  const all = servers.flat();
  const nicsKnown = 2 * all.filter((each) => each.nic !== undefined).length > all.length;
  const groups = servers.map((ports) => (nicsKnown ? nicsOf(ports) : [...ports].sort(byPort).map((port) => [port])));
  const perNic = nicsKnown ? mostPortsOfNic(groups) : 1;
  const most = mode(groups.map((each) => each.length));
  const links = nicsKnown ? (inPairs(groups) ? 2 : perNic) : most % 2 === 0 ? 2 : 1;
  const linksPerEndpoint = wish.linksPerEndpoint ?? links;
  const nicsPerEndpoint = nicsKnown && linksPerEndpoint === 2 && perNic === 1 ? 2 : 1;
  // How many of the groups (NICs, or single ports where NICs are not known) make one rail.
  const groupsPerRail = nicsKnown ? nicsPerEndpoint : linksPerEndpoint;
  const rails = wish.rails ?? Math.max(1, Math.ceil(most / groupsPerRail));
  const places = rails * groupsPerRail;
  const labels = saidPlaces(groups, groupsPerRail, places) ?? commonLabels(groups, places);
  const slots: (ServerPort | undefined)[][] = [];
  const leftOver: ServerPort[][] = [];
  for (const own of groups) {
    const row = new Array<ServerPort | undefined>(rails * linksPerEndpoint).fill(undefined);
    const left: ServerPort[] = [];
    for (const [place, group] of placed(own, places, labels)) {
      const portsPerGroup = linksPerEndpoint / groupsPerRail;
      for (const [index, port] of group.entries()) {
        const side = group.length === 1 && portsPerGroup === 2 ? sideOf(port) : index;
        if (place < 0 || side >= portsPerGroup) left.push(port);
        else row[place * portsPerGroup + side] = port;
      }
    }
    slots.push(row);
    leftOver.push(left);
  }
  return { rails, linksPerEndpoint, nicsPerEndpoint, slots, leftOver, nicsKnown };
}

const byPort = (left: ServerPort, right: ServerPort) =>
  (left.number ?? 0) - (right.number ?? 0) || naturally(left.port, right.port);

/** Ports of each NIC, NICs and ports in natural order; a port of which the NIC is not known is a NIC by itself. */
function nicsOf(ports: readonly ServerPort[]): ServerPort[][] {
  const nics = new Map<string, ServerPort[]>();
  for (const port of ports) {
    const key = port.nic ?? port.port;
    nics.set(key, [...(nics.get(key) ?? []), port]);
  }
  return [...nics].sort(([left], [right]) => naturally(left, right)).map(([, own]) => own.sort(byPort));
}

/** 2 when at least a quarter of the NICs have two links. */
function mostPortsOfNic(groups: readonly (readonly ServerPort[][])[]): 1 | 2 {
  const nics = groups.flat();
  return 4 * nics.filter((nic) => nic.length >= 2).length >= nics.length ? 2 : 1;
}

/** The side of the only link of a NIC with two ports: by the number or the name of its port. */
function sideOf(port: ServerPort): 0 | 1 {
  return port.number === 2 || /(f1|np1|f1np1|port-?2|^nic\d+p2)$/.test(port.port) ? 1 : 0;
}

/** The count that most servers have, each weighed by its links; of equals the larger. */
export function mode(counts: readonly number[]): number {
  const seen = new Map<number, number>();
  for (const count of counts) seen.set(count, (seen.get(count) ?? 0) + count);
  let best = 0;
  for (const [count, weight] of seen)
    if (weight > (seen.get(best) ?? 0) || (weight === seen.get(best) && count > best)) best = count;
  return best;
}

/** Whether NICs come in pairs by name, `nic3a` and `nic3b`: then each pair is a rail. */
function inPairs(groups: readonly (readonly ServerPort[][])[]): boolean {
  const letters = new Set(groups.flat().map((group) => railOfNic(labelOf(group))?.letter));
  return letters.has("a") && letters.has("b");
}

/** The place of each label where every one says its rail, and its letter where a rail has two NICs. */
function saidPlaces(
  groups: readonly (readonly ServerPort[][])[],
  groupsPerRail: number,
  places: number,
): Map<string, number> | undefined {
  const found = new Map<string, number>();
  for (const label of new Set(groups.flat().map(labelOf))) {
    const said = railOfNic(label);
    if (said === undefined || (groupsPerRail === 2) !== (said.letter !== undefined)) return undefined;
    const place = (said.rail - 1) * groupsPerRail + (said.letter === "b" ? 1 : 0);
    if (place >= places) return undefined;
    found.set(label, place);
  }
  return found;
}

const labelOf = (group: readonly ServerPort[]) => group[0]!.nic ?? group[0]!.port;

/**
 * The place of each label, when as many labels as there are places are each on at least half of the servers: then a NIC without a link
 * leaves a gap instead of moving those after it. Undefined: servers name their NICs differently.
 */
function commonLabels(groups: readonly (readonly ServerPort[][])[], places: number): Map<string, number> | undefined {
  const counts = new Map<string, number>();
  for (const own of groups) for (const group of own) counts.set(labelOf(group), (counts.get(labelOf(group)) ?? 0) + 1);
  const common = [...counts].filter(([, count]) => 2 * count >= groups.length).map(([label]) => label);
  if (common.length === 0 || common.length > places) return undefined;
  return new Map(common.sort(naturally).map((label, index) => [label, index]));
}

/** Each group with its place; -1 for those beyond the last. */
function placed(
  own: readonly ServerPort[][],
  places: number,
  labels: ReadonlyMap<string, number> | undefined,
): [number, ServerPort[]][] {
  const taken = new Set<number>();
  const result: [number, ServerPort[]][] = [];
  const waiting: ServerPort[][] = [];
  for (const group of own) {
    const place = labels?.get(labelOf(group));
    if (place === undefined) waiting.push(group);
    else {
      taken.add(place);
      result.push([place, group]);
    }
  }
  let next = 0;
  for (const group of waiting) {
    while (taken.has(next)) next++;
    result.push([next < places ? next : -1, group]);
    if (next < places) taken.add(next);
  }
  return result;
}
