/** Lays a sized leaf-spine plane: switches, cages, modules, cables and links. */

import type { SwitchModel } from "../../catalog/types.ts";
import type { Attachment, LeafSpinePlane, Plane } from "../../cluster/types.ts";
import type { LeafSpineSizing } from "../sizing/types.ts";
import type { FabricPlane } from "../types.ts";
import type { LinkChoice } from "./link-choice.ts";
import { layAccess, layUplinks, type Site } from "./link-tiers.ts";

export interface LeafSpinePlan {
  readonly plane: LeafSpinePlane & Pick<Plane, "name" | "path">;
  readonly planeIndex: number;
  readonly sizing: LeafSpineSizing;
  readonly models: { readonly leaf: SwitchModel; readonly spine: SwitchModel; readonly core: SwitchModel | undefined };
  readonly access: LinkChoice;
  readonly leafSpine: LinkChoice;
  readonly spineCore: LinkChoice | undefined;
}

interface LaidSwitches {
  readonly leaves: number[];
  readonly spines: number[];
  readonly cores: number[];
}

/** Lays the plane and describes it. */
export function layLeafSpine(site: Site, plan: LeafSpinePlan): FabricPlane {
  const laid = laySwitches(site, plan);
  const access = layLeafAccess(site, plan, laid.leaves);
  const leafSpine = layLeafSpineLinks(site, plan, laid);
  const spineCore = laySpineCoreLinks(site, plan, laid);
  const { sizing, plane } = plan;
  const leafUp = sizing.uplinksPerLeaf * plan.leafSpine.assembly.speedGbps;
  const spineDown =
    Math.min(sizing.groupsPerPod, sizing.groups) *
    (sizing.leaves / sizing.groups) *
    sizing.linksPerLeafAndSpine *
    plan.leafSpine.assembly.speedGbps;
  const spineUp = sizing.uplinksPerSpine * (plan.spineCore?.assembly.speedGbps ?? 0);
  return {
    name: plane.name,
    network: plane.network,
    topology: "leaf-spine",
    railOptimized: plane.railOptimized,
    tierNames: ["leaf", "spine", "core"],
    switchCounts: [laid.leaves.length, laid.spines.length, laid.cores.length],
    linkCounts: [access, leafSpine, spineCore],
    pods: sizing.pods,
    linksPerPair: [sizing.linksPerLeafAndSpine, sizing.linksPerSpineAndCore],
    assemblies: [plan.access.assembly, plan.leafSpine.assembly, plan.spineCore?.assembly],
    oversubscription: [
      (sizing.downlinksPerLeaf * plan.access.assembly.speedGbps) / leafUp,
      spineUp === 0 ? 0 : spineDown / spineUp,
    ],
  };
}

function laySwitches(site: Site, plan: LeafSpinePlan): LaidSwitches {
  const { sizing, models, planeIndex } = plan;
  const leavesPerPod = sizing.groupsPerPod * (sizing.leaves / sizing.groups);
  const make = (count: number, add: (ordinal: number) => number) =>
    Array.from({ length: count }, (_, ordinal) => add(ordinal));
  return {
    leaves: make(sizing.leaves, (ordinal) =>
      site.switches.add("leaf-switch", models.leaf, planeIndex, 0, ordinal, Math.floor(ordinal / leavesPerPod)),
    ),
    spines: make(sizing.pods * sizing.spinesPerPod, (ordinal) =>
      site.switches.add(
        "spine-switch",
        models.spine,
        planeIndex,
        1,
        ordinal,
        Math.floor(ordinal / sizing.spinesPerPod),
      ),
    ),
    cores: make(sizing.coreGroups * sizing.coresPerGroup, (ordinal) =>
      site.switches.add(
        "core-switch",
        models.core ?? models.spine,
        planeIndex,
        2,
        ordinal,
        Math.floor(ordinal / sizing.coresPerGroup),
      ),
    ),
  };
}

/** Position of a server's link on its leaf; the two links of a false dual-link lie side by side or in different cages. */
export function accessPositions(
  attachment: Attachment,
  linksPerCage: number,
  serversPerGroup: number,
  perServer: number,
) {
  const half = Math.ceil((serversPerGroup * perServer) / linksPerCage) * linksPerCage;
  return (serverInGroup: number, railOnLeaf: number, copy: number): number => {
    const slot = serverInGroup * perServer + railOnLeaf;
    if (attachment === "same-module") return slot * 2 + copy;
    if (attachment === "same-leaf") return copy * half + slot;
    return slot;
  };
}

function layLeafAccess(site: Site, plan: LeafSpinePlan, leaves: readonly number[]): number {
  const { sizing, plane, planeIndex, access } = plan;
  const { servers, attachment } = site;
  const sides =
    attachment === "two-planes" ? [planeIndex] : Array.from({ length: servers.linksPerEndpoint }, (_, side) => side);
  const leavesPerGroup = sizing.leaves / sizing.groups;
  const copies = attachment === "two-leaves" ? 2 : 1;
  const positions = accessPositions(
    attachment,
    access.assembly.farLinksPerCage,
    sizing.serversPerGroup,
    plane.railOptimized ? 1 : servers.rails,
  );
  return layAccess(site, planeIndex, access, sides, (server, rail, side) => {
    const group = Math.floor(server / sizing.serversPerGroup);
    const copy = attachment === "two-planes" ? 0 : side;
    const leafInGroup = (plane.railOptimized ? rail : 0) * copies + (copies === 2 ? copy : 0);
    const position = positions(
      server % sizing.serversPerGroup,
      plane.railOptimized ? 0 : rail,
      copies === 2 ? 0 : copy,
    );
    return { leaf: leaves[group * leavesPerGroup + leafInGroup]!, position };
  });
}

function layLeafSpineLinks(site: Site, plan: LeafSpinePlan, laid: LaidSwitches): number {
  const { sizing, leafSpine } = plan;
  const leavesPerPod = sizing.groupsPerPod * (sizing.leaves / sizing.groups);
  const pairs = sizing.linksPerLeafAndSpine;
  const tier = {
    tier: 1,
    stage: "leaf-spine-link",
    choice: leafSpine,
    lowerModel: plan.models.leaf,
    uplinks: sizing.uplinksPerLeaf,
  } as const;
  return layUplinks(site, plan.planeIndex, tier, laid.leaves, (leafOrdinal, uplink) => {
    const pod = Math.floor(leafOrdinal / leavesPerPod);
    const spine = Math.floor(uplink / pairs);
    return {
      upper: laid.spines[pod * sizing.spinesPerPod + spine]!,
      position: (leafOrdinal % leavesPerPod) * pairs + (uplink % pairs),
    };
  });
}

function laySpineCoreLinks(site: Site, plan: LeafSpinePlan, laid: LaidSwitches): number {
  const { sizing, spineCore } = plan;
  if (spineCore === undefined) return 0;
  const pairs = sizing.linksPerSpineAndCore;
  const spinesPerGroup = sizing.spinesPerPod / sizing.coreGroups;
  const tier = {
    tier: 2,
    stage: "spine-core-link",
    choice: spineCore,
    lowerModel: plan.models.spine,
    uplinks: sizing.uplinksPerSpine,
  } as const;
  return layUplinks(site, plan.planeIndex, tier, laid.spines, (spineOrdinal, uplink) => {
    const pod = Math.floor(spineOrdinal / sizing.spinesPerPod);
    const spine = spineOrdinal % sizing.spinesPerPod;
    const group = Math.floor(spine / spinesPerGroup);
    const core = Math.floor(uplink / pairs);
    return {
      upper: laid.cores[group * sizing.coresPerGroup + core]!,
      position: (pod * spinesPerGroup + (spine % spinesPerGroup)) * pairs + (uplink % pairs),
    };
  });
}
