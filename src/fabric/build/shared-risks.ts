/** Shared things of the cluster file and of stacked leaf pairs, with their member devices found by name or pattern. */

import type { Diagnostic } from "../../base/diagnostics.ts";
import { closest } from "../../base/suggest.ts";
import type { Cluster } from "../../cluster/types.ts";
import { matching } from "../name-patterns.ts";
import { deviceNames, switchName } from "../names.ts";
import type { Fabric, SharedRisk } from "../types.ts";
import type { PartColumns } from "./columns.ts";

/** Adds a part for each shared thing; unknown members are diagnostics. */
export function addSharedRisks(
  cluster: Cluster,
  fabric: Fabric,
  parts: Pick<PartColumns, "add">,
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

/** The leaf pairs of planes whose leaves are stacked. */
function stackedPairs(cluster: Cluster, fabric: Fabric): [number, number][] {
  const pairs: [number, number][] = [];
  if (cluster.attachment !== "two-leaves") return pairs;
  for (let index = 0; index + 1 < fabric.switches.count; index++) {
    const plane = cluster.planes[fabric.switches.plane[index]!];
    const stacked = plane?.topology === "leaf-spine" && plane.leaf.stacked;
    if (stacked && fabric.switches.tier[index] === 0 && fabric.switches.ordinal[index]! % 2 === 0)
      pairs.push([index, index + 1]);
  }
  return pairs;
}
