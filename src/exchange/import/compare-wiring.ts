/** The wiring mistakes of a fabric that exists: what differs from the fabric that a cluster file describes. */

import { partName, serverName, switchName } from "../../fabric/names.ts";
import type { Fabric } from "../../fabric/types.ts";
import { compareUplinks } from "./compare-uplinks.ts";
import { linkEnds } from "./link-ends.ts";
import { type DeviceMatch, type GivenMatch, matchDevices } from "./match-devices.ts";

/** Kinds of mistakes, in the order in which they are listed. */
export const mistakeKinds = [
  "missing device",
  "extra device",
  "same leaf",
  "swapped",
  "misplaced",
  "missing",
  "extra",
  "wrong speed",
  "wrong port",
] as const;
export type MistakeKind = (typeof mistakeKinds)[number];

/** One mistake, in the names of the import; what is missing in those of the cluster file. */
export interface Mistake {
  readonly kind: MistakeKind;
  /** The cable or device that is meant; of two swapped cables both, parted by " and ". */
  readonly what: string;
  /** Where it should lead, how fast it should be. */
  readonly expected: string;
  readonly found: string;
}

export interface WiringComparison {
  readonly mistakes: readonly Mistake[];
  readonly matchedBy: DeviceMatch["by"];
  /** Links that were looked at: those of the cluster file. */
  readonly expectedLinks: number;
}

/** `speedKnown`: 1 for each link of which the import told the speed. */
export function compareWiring(
  expected: Fabric,
  found: Fabric,
  speedKnown: Uint8Array,
  given: GivenMatch = new Map(),
): WiringComparison {
  const match = matchDevices(expected, found, given);
  const mistakes = [
    ...deviceMistakes(expected, found, match),
    ...accessMistakes(expected, found, match, speedKnown),
    ...compareUplinks(expected, found, match, speedKnown),
  ];
  const rank = ({ kind }: Mistake) => mistakeKinds.indexOf(kind);
  return {
    mistakes: mistakes.toSorted((left, right) => rank(left) - rank(right)),
    matchedBy: match.by,
    expectedLinks: expected.links.count,
  };
}

function deviceMistakes(expected: Fabric, found: Fabric, { serverOf, switchOf }: DeviceMatch): Mistake[] {
  const servers = new Set(serverOf);
  const switches = new Set(switchOf);
  const mistakes: Mistake[] = [];
  const missing = (what: string) => mistakes.push({ kind: "missing device", what, expected: what, found: "" });
  const extra = (what: string) => mistakes.push({ kind: "extra device", what, expected: "", found: what });
  for (let server = 0; server < expected.serverCount; server++)
    if (!servers.has(server)) missing(serverName(expected, server));
  for (let index = 0; index < expected.switches.count; index++)
    if (!switches.has(index)) missing(switchName(expected, index));
  for (const [server, of] of serverOf.entries()) if (of < 0) extra(serverName(found, server));
  for (const [index, of] of switchOf.entries()) if (of < 0) extra(switchName(found, index));
  return mistakes;
}

interface Stray {
  readonly what: string;
  /** Expected and found switch, as expected switches; -1 for one that the cluster file does not have. */
  readonly wanted: number;
  readonly actual: number;
  readonly wantedName: string;
  readonly actualName: string;
}

/** Links of servers, one slot (server, rail, side) after the other. */
function accessMistakes(expected: Fabric, found: Fabric, match: DeviceMatch, speedKnown: Uint8Array): Mistake[] {
  const mistakes: Mistake[] = [];
  const strays: Stray[] = [];
  const comparePorts = match.by === "names" && countsCages(found);
  const nameOf = new Map<number, string>();
  for (const [index, of] of match.switchOf.entries()) if (of >= 0) nameOf.set(of, switchName(found, index));
  const present = new Set(match.switchOf);
  const endOf = linkEnds(found);
  const inTheImport = (index: number) => nameOf.get(index) ?? switchName(expected, index);
  for (const [server, of] of match.serverOf.entries()) {
    if (of < 0) continue;
    for (let rail = 0; rail < Math.max(expected.railsPerServer, found.railsPerServer); rail++) {
      const wanted = linksOf(expected, of, rail);
      const actual = linksOf(found, server, rail);
      for (let side = 0; side < Math.max(wanted.length, actual.length); side++) {
        const [want, have] = [wanted[side] ?? -1, actual[side] ?? -1];
        if (want < 0 && have < 0) continue;
        if (have < 0) {
          // Links of a switch that is missing as a whole are not listed one by one.
          if (!present.has(expected.links.upperSwitch[want]!)) continue;
          const leaf = inTheImport(expected.links.upperSwitch[want]!);
          const what = `${serverName(found, server)}, rail ${rail + 1}, link ${side + 1}`;
          mistakes.push({ kind: "missing", what, expected: leaf, found: "" });
          continue;
        }
        const what = partName(found, found.links.lowerPort[have]!);
        const upper = found.links.upperSwitch[have]!;
        const farEnd = endOf(have, "upper");
        if (want < 0) {
          mistakes.push({ kind: "extra", what, expected: "", found: farEnd });
          continue;
        }
        const leaf = expected.links.upperSwitch[want]!;
        const [is, shall] = [found.links.speedGbps[have]!, expected.links.speedGbps[want]!];
        if (speedKnown[have] === 1 && is !== shall)
          mistakes.push({
            kind: "wrong speed",
            what: `${what} - ${farEnd}`,
            expected: `${shall} Gbps`,
            found: `${is} Gbps`,
          });
        // A switch that is not the cluster file's, in the place of one that is missing: its cables are as they should be.
        const renamed = match.switchOf[upper]! < 0 && !present.has(leaf);
        if (match.switchOf[upper] !== leaf) {
          if (renamed) continue;
          strays.push({
            what,
            wanted: leaf,
            actual: match.switchOf[upper]!,
            wantedName: inTheImport(leaf),
            actualName: farEnd,
          });
        } else if (comparePorts) {
          const ports = [
            partName(expected, expected.links.upperPort[want]!),
            partName(found, found.links.upperPort[have]!),
          ];
          const [one, other] = ports.map((name) => name.slice(name.lastIndexOf("/") + 1)) as [string, string];
          if (one !== other)
            mistakes.push({
              kind: "wrong port",
              what,
              expected: `${switchName(found, upper)}/${one}`,
              found: ports[1]!,
            });
        }
      }
      mistakes.push(...sameLeaf(expected, found, wanted, actual));
    }
  }
  return [...mistakes, ...strayMistakes(strays)];
}

/** The links of a server's rail by side; -1 for none. */
function linksOf({ accessLink, railsPerServer, linksPerEndpoint }: Fabric, server: number, rail: number): Int32Array {
  if (rail >= railsPerServer) return new Int32Array(0);
  const first = (server * railsPerServer + rail) * linksPerEndpoint;
  return accessLink.subarray(first, first + linksPerEndpoint);
}

/** Both links of a pair in one switch, where they should lead to two. */
function sameLeaf(expected: Fabric, found: Fabric, wanted: Int32Array, actual: Int32Array): Mistake[] {
  if (wanted.length !== 2 || actual.length !== 2 || actual.includes(-1) || wanted.includes(-1)) return [];
  const leaves = ({ links }: Fabric, pair: Int32Array) => Array.from(pair, (link) => links.upperSwitch[link]!);
  const [shall, is] = [leaves(expected, wanted), leaves(found, actual)];
  if (is[0] !== is[1] || shall[0] === shall[1]) return [];
  const ports = Array.from(actual, (link) => partName(found, found.links.lowerPort[link]!));
  const leaf = switchName(found, is[0]!);
  return [{ kind: "same leaf", what: ports.join(" and "), expected: "two leaves", found: leaf }];
}

/** Two cables that lead where the other should are one mistake: they are swapped. */
function strayMistakes(strays: readonly Stray[]): Mistake[] {
  const waiting = new Map<string, Stray[]>();
  const mistakes: Mistake[] = [];
  const pending = new Set<Stray>();
  for (const stray of strays) {
    const partner = waiting.get(`${stray.actual} ${stray.wanted}`)?.pop();
    if (partner !== undefined) {
      pending.delete(partner);
      mistakes.push({
        kind: "swapped",
        what: `${partner.what} and ${stray.what}`,
        expected: `${partner.wantedName} and ${stray.wantedName}`,
        found: `${partner.actualName} and ${stray.actualName}`,
      });
      continue;
    }
    pending.add(stray);
    const key = `${stray.wanted} ${stray.actual}`;
    const list = waiting.get(key);
    if (list === undefined) waiting.set(key, [stray]);
    else list.push(stray);
  }
  for (const { what, wantedName, actualName } of pending)
    mistakes.push({ kind: "misplaced", what, expected: wantedName, found: actualName });
  return mistakes;
}

/** Whether the import calls its cages as built fabrics do, so that ports can be compared. */
function countsCages({ names }: Fabric): boolean {
  return (
    names === undefined || ![...names.ports.values()].some((label) => /^(swp|port-|eth|Ethernet|e\d)/i.test(label))
  );
}
