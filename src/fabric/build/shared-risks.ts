/** Shared things of the cluster file and of stacked leaf pairs, with their member devices found by name or pattern. */

import type { Diagnostic } from "../../base/diagnostics.ts";
import { closest } from "../../base/suggest.ts";
import type { Cluster } from "../../cluster/types.ts";
import { deviceNames, switchName } from "../names.ts";
import type { Fabric, SharedRisk } from "../types.ts";
import type { PartColumns } from "./columns.ts";

/** Adds a part for each shared thing; unknown members are diagnostics. */
export function addSharedRisks(
  cluster: Cluster,
  fabric: Fabric,
  parts: PartColumns,
): { risks: SharedRisk[]; rejections: Diagnostic[] } {
  const risks: SharedRisk[] = [];
  const rejections: Diagnostic[] = [];
  const add = (name: string, kind: SharedRisk["kind"], members: Iterable<number>) => {
    const sorted = Int32Array.from(new Set(members)).sort();
    risks.push({ name, kind, part: parts.add(kind, "shared", undefined, -1, risks.length + 1), members: sorted });
  };
  const devices = cluster.sharedRisks.length > 0 ? deviceNames(fabric) : new Map<string, number>();
  for (const [index, wish] of cluster.sharedRisks.entries()) {
    const members = wish.members.flatMap((pattern, number) => {
      const found = matching(pattern, devices);
      if (found.length === 0)
        rejections.push(unknownMember(pattern, `sharedRisks.${index}.members.${number}`, devices));
      return found;
    });
    add(wish.name, wish.kind, members);
  }
  for (const [first, second] of stackedPairs(cluster, fabric)) {
    add(`stack of ${switchName(fabric, first)} and ${switchName(fabric, second)}`, "control-plane", [
      fabric.switches.part[first]!,
      fabric.switches.part[second]!,
    ]);
  }
  return { risks, rejections };
}

function unknownMember(pattern: string, path: string, devices: ReadonlyMap<string, number>): Diagnostic {
  const meant = closest(pattern, devices.keys());
  return {
    code: "design/unknown-device",
    severity: "error",
    message: `no server or switch is named "${pattern}"`,
    remedy:
      meant === undefined
        ? "Names look like srv-0001 and leaf-a-01; * and [0001-0016] are allowed."
        : `Did you mean "${meant}"?`,
    path,
  };
}

/** Devices whose name fits the pattern: * for anything, [0001-0016] for a range of numbers. */
export function matching(pattern: string, devices: ReadonlyMap<string, number>): number[] {
  const exact = devices.get(pattern);
  if (exact !== undefined) return [exact];
  if (!/[*[]/.test(pattern)) return [];
  const pieces = piecesOf(pattern);
  return [...devices].flatMap(([name, part]) => (fits(pieces, name) ? [part] : []));
}

/** A piece of a pattern: a text, anything, or a number in a range. */
type Piece = string | "*" | readonly [low: number, high: number];

function piecesOf(pattern: string): readonly Piece[] {
  const pieces = pattern.split(/(\*|\[\d+-\d+\])/).filter((piece) => piece !== "");
  return pieces.map((piece) => {
    const range = /^\[(\d+)-(\d+)\]$/.exec(piece);
    return range === null ? piece : [Number(range[1]), Number(range[2])];
  });
}

/**
 * Whether a name fits, in time linear in the pattern: after each piece, the positions of the name that can have been
 * reached (a backtracking regular expression would take exponential time for patterns such as *a*a*a*a).
 */
function fits(pieces: readonly Piece[], name: string): boolean {
  let reached: readonly number[] = [0];
  for (const piece of pieces) {
    if (reached.length === 0) return false;
    if (piece === "*") {
      const first = Math.min(...reached);
      reached = Array.from({ length: name.length - first + 1 }, (_, index) => first + index);
    } else if (typeof piece === "string") {
      reached = reached.filter((at) => name.startsWith(piece, at)).map((at) => at + piece.length);
    } else reached = [...new Set(reached.flatMap((at) => numberEnds(name, at, piece)))];
  }
  return reached.includes(name.length);
}

/** Where a number in the range that begins at `start` can end. */
function numberEnds(name: string, start: number, [low, high]: readonly [number, number]): number[] {
  const ends: number[] = [];
  for (let end = start + 1; end <= name.length && /\d/.test(name[end - 1]!); end++) {
    const number = Number(name.slice(start, end));
    if (number >= low && number <= high) ends.push(end);
  }
  return ends;
}

/** The leaf pairs of planes whose leaves are stacked. */
function stackedPairs(cluster: Cluster, fabric: Fabric): [number, number][] {
  const pairs: [number, number][] = [];
  if (cluster.attachment !== "two-leaves") return pairs;
  for (let index = 0; index + 1 < fabric.switches.count; index++) {
    const plane = cluster.planes[fabric.switches.plane[index]!]!;
    const stacked = plane.topology === "leaf-spine" && plane.leaf.stacked;
    if (stacked && fabric.switches.tier[index] === 0 && fabric.switches.ordinal[index]! % 2 === 0)
      pairs.push([index, index + 1]);
  }
  return pairs;
}
