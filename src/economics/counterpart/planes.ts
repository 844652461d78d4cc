/** A plane carried over to another number of links: same switches and lengths, sizes found anew. */

import type { LeafSpinePlane, LinkSettings, Plane, TreePlane } from "../../cluster/types.ts";

type PlacedLeafSpine = LeafSpinePlane & Pick<Plane, "name" | "path">;
type PlacedTree = TreePlane & Pick<Plane, "name" | "path">;

/** The length alone: speed, breakout and parts are chosen anew. */
function sameLength({ length }: LinkSettings): LinkSettings {
  return { length, lowerLinksPerCage: "auto", upperLinksPerCage: "auto" };
}

/**
 * A leaf-spine plane with the switch models, oversubscription, rails and lengths of `plane`, all sizes automatic.
 * `accessRatio`: speed of the new access link over that of the old; reserved downlinks keep their bandwidth.
 * `withCore`: a third tier of the spine's model where the plane has none.
 */
export function resizedLeafSpine(plane: Plane, accessRatio: number, withCore: boolean): PlacedLeafSpine {
  const source = plane.topology === "tree" ? leafSpineOfTree(plane) : plane;
  const coreModel = source.core?.model ?? (withCore ? source.spine.model : undefined);
  return {
    ...source,
    leaf: {
      ...source.leaf,
      downlinks: "auto",
      uplinks: "auto",
      stacked: false,
      reservedDownlinks: Math.round(source.leaf.reservedDownlinks / accessRatio),
    },
    spine: { ...source.spine, count: "auto", uplinks: "auto" },
    core: coreModel === undefined ? undefined : { model: coreModel, count: "auto", groupsPerPod: "auto" },
    links: {
      access: sameLength(source.links.access),
      leafSpine: source.links.leafSpine,
      spineCore: source.links.spineCore,
    },
  };
}

/** Access switches become leaves, aggregation switches spines; the core comes back only where two tiers do not suffice. */
function leafSpineOfTree(tree: PlacedTree): PlacedLeafSpine {
  return {
    name: tree.name,
    path: tree.path,
    topology: "leaf-spine",
    network: tree.network,
    railOptimized: true,
    leaf: {
      model: tree.access.model,
      downlinks: "auto",
      reservedDownlinks: 0,
      uplinks: "auto",
      oversubscription: 1,
      stacked: false,
    },
    spine: { model: tree.aggregation.model, count: "auto", uplinks: "auto", oversubscription: 1, reservedPorts: 0 },
    core: undefined,
    links: {
      access: sameLength(tree.links.access),
      leafSpine: sameLength(tree.links.aggregation),
      spineCore: sameLength(tree.links.core),
    },
  };
}

/** A tree of the plane's switch models with so many parallel uplinks; a tree keeps its own downlinks. */
export function treeOf(plane: Plane, accessUplinks: number, aggregationUplinks: number): PlacedTree {
  if (plane.topology === "tree")
    return {
      ...plane,
      access: { ...plane.access, downlinks: "auto", uplinks: accessUplinks },
      aggregation: { ...plane.aggregation, downlinks: "auto", uplinks: aggregationUplinks },
    };
  const { leaf, spine, core, links } = plane;
  return {
    name: plane.name,
    path: plane.path,
    topology: "tree",
    network: plane.network,
    access: { model: leaf.model, downlinks: "auto", uplinks: accessUplinks },
    aggregation: { model: spine.model, downlinks: "auto", uplinks: aggregationUplinks },
    core: { model: core?.model ?? spine.model },
    links: {
      access: sameLength(links.access),
      aggregation: sameLength(links.leafSpine),
      core: sameLength(links.spineCore),
    },
  };
}
