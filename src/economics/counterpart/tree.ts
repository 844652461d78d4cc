/** The tree baseline: as many parallel uplinks as fit, so that it is as little oversubscribed as one core allows. */

import type { Diagnostic } from "../../base/diagnostics.ts";
import type { Cluster, Plane } from "../../cluster/types.ts";
import { planPlane } from "../../fabric/build/plan.ts";
import { sizeTree, type TreePlan, type TreeSizing } from "../../fabric/build/tree.ts";
import type { Derived } from "./derive.ts";
import { treeOf } from "./planes.ts";

const uplinkCounts = [1, 2, 4, 8, 16, 32, 64, 128] as const;

/**
 * The feasible tree with the least oversubscription from server to core; of equals, the one with the fewest switches.
 * Single uplinks need the fewest ports: where they do not fit, nothing does; the parts chosen for them serve all others.
 */
export function bestTree(plane: Plane, make: (plane: Plane) => Cluster): Derived {
  const slimmest = make(treeOf(plane, 1, 1));
  const planned = planPlane(slimmest, 0);
  if (!("plan" in planned)) return { cluster: undefined, diagnostics: planned.rejections };
  if (planned.plan.kind !== "tree") return { cluster: undefined, diagnostics: [] };
  const { count, rails } = slimmest.servers;
  let best: { plane: Plane; oversubscription: number; switches: number } | undefined;
  for (const access of uplinkCounts) {
    for (const aggregation of uplinkCounts) {
      const tree = treeOf(plane, access, aggregation);
      const sizing = sizeTree(tree, planned.plan.tiers, count, rails);
      if ("code" in sizing) continue;
      const cost = costOf({ ...planned.plan, plane: tree, sizing }, rails);
      const better =
        best === undefined ||
        cost.oversubscription < best.oversubscription ||
        (cost.oversubscription === best.oversubscription && cost.switches < best.switches);
      if (better) best = { plane: tree, ...cost };
    }
  }
  if (best === undefined) return { cluster: undefined, diagnostics: [] };
  return { cluster: make(best.plane), diagnostics: narrow(best.oversubscription) };
}

function narrow(oversubscription: number): Diagnostic[] {
  if (oversubscription <= 1) return [];
  return [
    {
      code: "price/baseline",
      severity: "note",
      message: `the tree is oversubscribed ${oversubscription.toPrecision(3)}:1 from server to core: one core switch can do no better; the price counts its failures, not its slower steps`,
    },
  ];
}

/** Oversubscription of a full path from server to core, and the number of switches. */
function costOf(plan: TreePlan, rails: number): { oversubscription: number; switches: number } {
  const { links, plane } = plan;
  const sizing: TreeSizing = plan.sizing;
  const down = sizing.serversPerAccess * rails * links.access.assembly.speedGbps;
  const middle = plane.access.uplinks * links.aggregation.assembly.speedGbps;
  const top = plane.aggregation.uplinks * links.core.assembly.speedGbps;
  const ratio = (below: number, above: number) => Math.max(1, below / above);
  const oversubscription = ratio(down, middle) * ratio(middle * sizing.accessPerAggregation, top);
  return { oversubscription, switches: sizing.access + sizing.aggregation + 1 };
}
