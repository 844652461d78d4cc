/** Pods of leaves and spines under cores: searches pod size, spines, uplinks and core groups for the fewest switches. */

import type { LeafSizing } from "./leaf-spine.ts";
import { divisorsOf, downlinksMax, portsSuffice, uplinksMax, uplinksNeeded } from "./ports.ts";
import type { LeafSpineSizing, LeafSpineWish, SizingProblem } from "./types.ts";

interface Candidate {
  readonly groupsPerPod: number;
  readonly pods: number;
  readonly uplinksPerLeaf: number;
  readonly spinesPerPod: number;
  readonly uplinksPerSpine: number;
  readonly coreGroups: number;
  readonly coresPerGroup: number;
  readonly switches: number;
  readonly links: number;
}

/** The three-tier plane with the fewest spines and cores; ties go to fewer pods, then fewer links. */
export function sizeThreeTiers(wish: LeafSpineWish, leaf: LeafSizing): LeafSpineSizing | SizingProblem {
  let best: Candidate | undefined;
  for (const groupsPerPod of podSizes(wish, leaf)) {
    for (let uplinks = leaf.uplinksMin; uplinks <= leaf.uplinksMax; uplinks++) {
      best = bestOfPod(wish, leaf, groupsPerPod, uplinks, best);
    }
  }
  if (best === undefined) return infeasible(wish, leaf);
  return toSizing(wish, leaf, best);
}

function podSizes(wish: LeafSpineWish, leaf: LeafSizing): number[] {
  if (wish.groupsPerPod !== "auto") return [Math.min(wish.groupsPerPod, leaf.groups)];
  const ports = downlinksMax(wish.spine, 1);
  const most = Math.min(leaf.groups, Math.floor(ports / wish.leavesPerGroup));
  return Array.from({ length: most }, (_, index) => most - index);
}

function bestOfPod(
  wish: LeafSpineWish,
  leaf: LeafSizing,
  groupsPerPod: number,
  uplinks: number,
  best: Candidate | undefined,
): Candidate | undefined {
  const pods = Math.ceil(leaf.groups / groupsPerPod);
  const leavesPerPod = groupsPerPod * wish.leavesPerGroup;
  let found = best;
  for (const spines of divisorsOf(uplinks)) {
    if (wish.spineCount === "auto" ? spines < wish.spineCountMin : spines !== wish.spineCount) continue;
    if (found !== undefined && pods * spines >= found.switches) break;
    const down = leavesPerPod * (uplinks / spines) + wish.spine.reservedDown;
    const fewest = wish.spine.uplinks === "auto" ? uplinksNeeded(wish.spine, down) : wish.spine.uplinks;
    const most = wish.spine.uplinks === "auto" ? uplinksMax(wish.spine, down) : wish.spine.uplinks;
    if (fewest > most || !portsSuffice(wish.spine, down, fewest)) continue;
    if (wish.spine.uplinks !== "auto" && uplinksNeeded(wish.spine, down) > wish.spine.uplinks) continue;
    for (let spineUplinks = fewest; spineUplinks <= most; spineUplinks++) {
      found = bestCores(
        wish,
        leaf,
        { groupsPerPod, pods, uplinksPerLeaf: uplinks, spinesPerPod: spines, uplinksPerSpine: spineUplinks },
        found,
      );
    }
  }
  return found;
}

type Pod = Pick<Candidate, "groupsPerPod" | "pods" | "uplinksPerLeaf" | "spinesPerPod" | "uplinksPerSpine">;

function bestCores(
  wish: LeafSpineWish,
  leaf: LeafSizing,
  pod: Pod,
  best: Candidate | undefined,
): Candidate | undefined {
  const ports = corePorts(wish);
  const spines = pod.pods * pod.spinesPerPod;
  let found = best;
  if (found !== undefined && spines + Math.ceil((spines * pod.uplinksPerSpine) / ports) > found.switches) return found;
  for (const coreGroups of divisorsOf(pod.spinesPerPod)) {
    for (const coresPerGroup of divisorsOf(pod.uplinksPerSpine)) {
      const cores = coreGroups * coresPerGroup;
      if (wish.coreCount === "auto" ? cores < wish.spineCountMin : cores !== wish.coreCount) continue;
      const portsUsed = pod.pods * (pod.spinesPerPod / coreGroups) * (pod.uplinksPerSpine / coresPerGroup);
      if (portsUsed > ports) continue;
      const links = leaf.leaves * pod.uplinksPerLeaf + spines * pod.uplinksPerSpine;
      const candidate: Candidate = { ...pod, coreGroups, coresPerGroup, switches: spines + cores, links };
      if (found === undefined || better(candidate, found)) found = candidate;
    }
  }
  return found;
}

/** Fewer switches, then fewer pods, fewer links, and more cores in reach of every spine. */
function better(left: Candidate, right: Candidate): boolean {
  return (
    (left.switches - right.switches ||
      left.pods - right.pods ||
      left.links - right.links ||
      right.coresPerGroup - left.coresPerGroup) < 0
  );
}

function corePorts(wish: LeafSpineWish): number {
  return wish.core === undefined ? 0 : downlinksMax(wish.core, 0) - wish.core.reservedDown;
}

function toSizing(wish: LeafSpineWish, leaf: LeafSizing, best: Candidate): LeafSpineSizing {
  const spinePorts = Math.max(1, downlinksMax(wish.spine, best.uplinksPerSpine) - wish.spine.reservedDown);
  const uplinks = Math.ceil(
    (leaf.leaves * leaf.uplinksMin * wish.spine.down.speedGbps) /
      (wish.spine.oversubscription * (wish.spine.up?.speedGbps ?? 1)),
  );
  return {
    groups: leaf.groups,
    serversPerGroup: leaf.serversPerGroup,
    leaves: leaf.leaves,
    downlinksPerLeaf: leaf.downlinksPerLeaf,
    uplinksPerLeaf: best.uplinksPerLeaf,
    pods: best.pods,
    groupsPerPod: best.groupsPerPod,
    spinesPerPod: best.spinesPerPod,
    linksPerLeafAndSpine: best.uplinksPerLeaf / best.spinesPerPod,
    uplinksPerSpine: best.uplinksPerSpine,
    coreGroups: best.coreGroups,
    coresPerGroup: best.coresPerGroup,
    linksPerSpineAndCore: best.uplinksPerSpine / best.coresPerGroup,
    bareMinimum: {
      spines: Math.ceil((leaf.leaves * leaf.uplinksMin) / spinePorts),
      cores: Math.max(1, Math.ceil(uplinks / corePorts(wish))),
    },
  };
}

function infeasible(wish: LeafSpineWish, leaf: LeafSizing): SizingProblem {
  const fixed = [
    wish.spineCount === "auto" ? "" : `${wish.spineCount} spines per pod`,
    wish.spine.uplinks === "auto" ? "" : `${wish.spine.uplinks} uplinks per spine`,
    wish.coreCount === "auto" ? "" : `${wish.coreCount} cores`,
    wish.groupsPerPod === "auto" ? "" : `${wish.groupsPerPod} leaf groups per pod`,
  ].filter((each) => each !== "");
  return {
    code: "design/infeasible",
    message: `${leaf.leaves} leaves with ${leaf.uplinksMin} to ${leaf.uplinksMax} uplinks each cannot be striped evenly over spines with ${downlinksMax(wish.spine, 1) + 1} ports and cores with ${corePorts(wish)} ports${fixed.length > 0 ? ` while keeping ${fixed.join(", ")}` : ""}`,
    remedy:
      fixed.length > 0
        ? "Set the fixed numbers to auto, or to values that divide each other."
        : "Use switches with more ports, or accept more oversubscription.",
  };
}
