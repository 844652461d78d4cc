/** From the cluster's wishes to a plan for each plane: parts chosen, numbers sized, or why not. */

import { defined } from "../../base/assert.ts";
import type { Diagnostic } from "../../base/diagnostics.ts";
import type { NicModel, SwitchModel } from "../../catalog/types.ts";
import type { Cluster, LeafSpinePlane, LinkSettings, Plane, TreePlane } from "../../cluster/types.ts";
import { sizeLeafSpine } from "../sizing/leaf-spine.ts";
import type { LeafSpineSizing, SizingProblem, TierWish } from "../sizing/types.ts";
import type { LeafSpinePlan } from "./leaf-spine.ts";
import { chooseLinks, isChoices, type LinkChoice } from "./link-choice.ts";
import { sizeTree, type TreePlan } from "./tree.ts";

export type PlanePlan = ({ readonly kind: "leaf-spine" } & LeafSpinePlan) | ({ readonly kind: "tree" } & TreePlan);

type PlacedPlane = Pick<Plane, "name" | "path">;

/** A plan, or the diagnostics that say why there is none. */
export type Planned = { readonly plan: PlanePlan } | { readonly rejections: readonly Diagnostic[] };

/** Plans one plane of the cluster. */
export function planPlane(cluster: Cluster, planeIndex: number): Planned {
  const plane = defined(cluster.planes[planeIndex], "plane");
  return plane.topology === "tree" ? planTree(cluster, plane, planeIndex) : planLeafSpine(cluster, plane, planeIndex);
}

/** The NIC whose link leads into this plane: the second model where each link has a NIC of its own. */
export function nicOf(cluster: Cluster, planeIndex: number): NicModel {
  const models = cluster.servers.nicModels;
  const model = models.length === 2 && cluster.attachment === "two-planes" ? models[planeIndex] : models[0];
  return cluster.catalog.get(defined(model, "NIC model")) as NicModel;
}

class Rejected extends Error {
  readonly rejections: readonly Diagnostic[];
  constructor(rejections: readonly Diagnostic[]) {
    super("rejected");
    this.rejections = rejections;
  }
}

function planning(work: () => PlanePlan): Planned {
  try {
    return { plan: work() };
  } catch (error) {
    if (error instanceof Rejected) return { rejections: error.rejections };
    throw error;
  }
}

function switchModel(cluster: Cluster, model: string): SwitchModel {
  return cluster.catalog.get(model) as SwitchModel;
}

function chooser(cluster: Cluster, plane: Plane) {
  return (
    tier: string,
    settings: LinkSettings,
    lower: SwitchModel | NicModel,
    upper: SwitchModel,
    speedGbps?: number,
  ): LinkChoice[] => {
    const question = {
      catalog: cluster.catalog,
      network: plane.network,
      settings,
      path: `${plane.path}.links.${tier}`,
      lower,
      upper,
      speedGbps,
    };
    const choices = chooseLinks(question);
    if (!isChoices(choices)) throw new Rejected(choices);
    return choices;
  };
}

function planLeafSpine(cluster: Cluster, plane: LeafSpinePlane & PlacedPlane, planeIndex: number): Planned {
  return planning(() => {
    const nic = nicOf(cluster, planeIndex);
    const leaf = switchModel(cluster, plane.leaf.model);
    const spine = switchModel(cluster, plane.spine.model);
    const core = plane.core === undefined ? undefined : switchModel(cluster, plane.core.model);
    const choose = chooser(cluster, plane);
    const access = defined(choose("access", plane.links.access, nic, leaf, nic.portSpeedGbps)[0], "choice");
    const leafSpines = choose("leafSpine", plane.links.leafSpine, leaf, spine);
    const spineCores = core === undefined ? [undefined] : choose("spineCore", plane.links.spineCore, spine, core);
    let best: LeafSpinePlan | undefined;
    let problem: SizingProblem | undefined;
    for (const leafSpine of leafSpines) {
      for (const spineCore of spineCores) {
        const sizing = sizeLeafSpine(
          leafSpineWish(cluster, plane, { leaf, spine, core }, { access, leafSpine, spineCore }),
        );
        if ("code" in sizing) problem ??= sizing;
        else if (best === undefined || switchesAndLinks(sizing) < switchesAndLinks(best.sizing)) {
          best = { plane, planeIndex, sizing, models: { leaf, spine, core }, access, leafSpine, spineCore };
        }
      }
    }
    if (best === undefined)
      throw new Rejected([{ ...defined(problem, "problem"), severity: "error", path: plane.path }]);
    return { kind: "leaf-spine", ...best };
  });
}

/** Fewest switches first, then fewest links. */
function switchesAndLinks(sizing: LeafSpineSizing): number {
  const spines = sizing.pods * sizing.spinesPerPod;
  const switches = sizing.leaves + spines + sizing.coreGroups * sizing.coresPerGroup;
  return switches * 1e9 + sizing.leaves * sizing.uplinksPerLeaf + spines * sizing.uplinksPerSpine;
}

type Tiers = { leaf: SwitchModel; spine: SwitchModel; core: SwitchModel | undefined };
type Choices = { access: LinkChoice; leafSpine: LinkChoice; spineCore: LinkChoice | undefined };

function leafSpineWish(cluster: Cluster, plane: LeafSpinePlane, models: Tiers, choices: Choices) {
  const { attachment, servers } = cluster;
  const copies = attachment === "two-leaves" ? 2 : 1;
  const linksPerLeaf = attachment === "same-leaf" || attachment === "same-module" ? 2 : 1;
  const leaf: TierWish = {
    model: models.leaf,
    down: choices.access.upper,
    up: choices.leafSpine.lower,
    reservedDown: plane.leaf.reservedDownlinks,
    oversubscription: plane.leaf.oversubscription,
    uplinks: plane.leaf.uplinks,
    downlinks: plane.leaf.downlinks,
  };
  const spine: TierWish = {
    model: models.spine,
    down: choices.leafSpine.upper,
    up: choices.spineCore?.lower,
    reservedDown: plane.spine.reservedPorts,
    oversubscription: plane.spine.oversubscription,
    uplinks: plane.spine.uplinks,
    downlinks: "auto",
  };
  const top = (model: SwitchModel, choice: LinkChoice): TierWish => ({
    model,
    down: choice.upper,
    up: undefined,
    reservedDown: 0,
    oversubscription: 1,
    uplinks: "auto",
    downlinks: "auto",
  });
  return {
    servers: servers.count,
    linksPerServerAndLeaf: linksPerLeaf * (plane.railOptimized ? 1 : servers.rails),
    halvesInOwnCages: attachment === "same-leaf",
    leavesPerGroup: copies * (plane.railOptimized ? servers.rails : 1),
    leaf,
    spine,
    spineCount: plane.spine.count,
    spineCountMin: servers.linksPerRail === 2 ? 2 : 1,
    core:
      models.core === undefined || choices.spineCore === undefined ? undefined : top(models.core, choices.spineCore),
    coreCount: plane.core?.count ?? ("auto" as const),
    groupsPerPod: plane.core?.groupsPerPod ?? ("auto" as const),
  };
}

function planTree(cluster: Cluster, plane: TreePlane & PlacedPlane, planeIndex: number): Planned {
  return planning(() => {
    const nic = nicOf(cluster, planeIndex);
    const [access, aggregation, core] = [plane.access, plane.aggregation, plane.core].map((tier) =>
      switchModel(cluster, tier.model),
    ) as [SwitchModel, SwitchModel, SwitchModel];
    const choose = chooser(cluster, plane);
    const first = (choices: LinkChoice[]) => defined(choices[0], "choice");
    const links = {
      access: first(choose("access", plane.links.access, nic, access, nic.portSpeedGbps)),
      aggregation: first(choose("aggregation", plane.links.aggregation, access, aggregation)),
      core: first(choose("core", plane.links.core, aggregation, core)),
    };
    const tier = (model: SwitchModel, lower: LinkChoice, upper: LinkChoice | undefined): TierWish => ({
      model,
      down: lower.upper,
      up: upper?.lower,
      reservedDown: 0,
      oversubscription: 1,
      uplinks: "auto",
      downlinks: "auto",
    });
    const tiers = {
      access: tier(access, links.access, links.aggregation),
      aggregation: tier(aggregation, links.aggregation, links.core),
      core: tier(core, links.core, undefined),
    };
    const sizing = sizeTree(plane, tiers, cluster.servers.count, cluster.servers.rails);
    if ("code" in sizing) throw new Rejected([{ ...sizing, severity: "error", path: plane.path }]);
    return { kind: "tree", plane, planeIndex, sizing, tiers, links };
  });
}
