/** The tree baseline: as many parallel uplinks as fit, so that it is as little oversubscribed as one core allows. */

import type { Diagnostic } from "../../base/diagnostics.ts";
import type { Cluster, Plane } from "../../cluster/types.ts";
import { type PlanePlan, planPlane } from "../../fabric/build/plan.ts";
import type { Derived } from "./derive.ts";
import { treeOf } from "./planes.ts";

const uplinkCounts = [1, 2, 4, 8, 16, 32, 64, 128] as const;

/** The feasible tree with the least oversubscription from server to core; of equals, the one with the fewest switches. */
export function bestTree(plane: Plane, make: (plane: Plane) => Cluster): Derived {
  let best: { cluster: Cluster; oversubscription: number; switches: number } | undefined;
  const refusals: Diagnostic[] = [];
  for (const access of uplinkCounts) {
    for (const aggregation of uplinkCounts) {
      const cluster = make(treeOf(plane, access, aggregation));
      const planned = planPlane(cluster, 0);
      if (!("plan" in planned)) {
        refusals.push(...planned.rejections);
        continue;
      }
      const cost = costOf(planned.plan, cluster.servers.rails);
      const better =
        best === undefined ||
        cost.oversubscription < best.oversubscription ||
        (cost.oversubscription === best.oversubscription && cost.switches < best.switches);
      if (better) best = { cluster, ...cost };
    }
  }
  return { cluster: best?.cluster, diagnostics: best === undefined ? refusals : [] };
}

/** Oversubscription of a full path from server to core, and the number of switches. */
function costOf(plan: PlanePlan, rails: number): { oversubscription: number; switches: number } {
  if (plan.kind !== "tree") return { oversubscription: Number.POSITIVE_INFINITY, switches: 0 };
  const { sizing, links, plane } = plan;
  const down = sizing.serversPerAccess * rails * links.access.assembly.speedGbps;
  const middle = plane.access.uplinks * links.aggregation.assembly.speedGbps;
  const top = plane.aggregation.uplinks * links.core.assembly.speedGbps;
  const ratio = (below: number, above: number) => Math.max(1, below / above);
  const oversubscription = ratio(down, middle) * ratio(middle * sizing.accessPerAggregation, top);
  return { oversubscription, switches: sizing.access + sizing.aggregation + 1 };
}
