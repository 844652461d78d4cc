/**
 * Sizes a leaf-spine plane: the fewest switches that give what is asked, striped evenly, so that every leaf has the
 * same number of links to every spine of its pod and every spine the same number to every core of its group.
 */

import { divisorsOf, downlinksMax, portShortage, portsSuffice, uplinksMax, uplinksNeeded } from "./ports.ts";
import { sizeThreeTiers } from "./three-tiers.ts";
import type { LeafSpineSizing, LeafSpineWish, SizingProblem } from "./types.ts";

/** Leaves and their ports; the same for two and three tiers. */
export interface LeafSizing {
  readonly groups: number;
  readonly serversPerGroup: number;
  readonly leaves: number;
  readonly downlinksPerLeaf: number;
  /** Fewest and most uplinks of each leaf. */
  readonly uplinksMin: number;
  readonly uplinksMax: number;
}

/** Sizes the plane, or says with numbers why it cannot be. */
export function sizeLeafSpine(wish: LeafSpineWish): LeafSpineSizing | SizingProblem {
  const leaf = sizeLeaves(wish);
  if ("code" in leaf) return leaf;
  return wish.core === undefined ? sizeTwoTiers(wish, leaf) : sizeThreeTiers(wish, leaf);
}

function sizeLeaves(wish: LeafSpineWish): LeafSizing | SizingProblem {
  const { leaf, linksPerServerAndLeaf: perServer } = wish;
  const serversPerGroup = leaf.downlinks === "auto" ? mostServersPerLeaf(wish) : leaf.downlinks / perServer;
  if (!Number.isInteger(serversPerGroup) || serversPerGroup < 1) {
    if (leaf.downlinks !== "auto") {
      return {
        code: "design/uneven",
        message: `${leaf.downlinks} downlinks of a leaf do not divide by the ${perServer} links that each server brings to it`,
        remedy: `Use a multiple of ${perServer}, such as ${Math.max(1, Math.round(leaf.downlinks / perServer)) * perServer}.`,
      };
    }
    return noRoom(wish);
  }
  const groups = Math.ceil(wish.servers / serversPerGroup);
  // A wished number of downlinks holds for the leaf when full, however few servers there are today.
  const used = leaf.downlinks === "auto" ? Math.min(serversPerGroup, wish.servers) * perServer : leaf.downlinks;
  const taken = positionsOf(wish, used) + leaf.reservedDown;
  const most = uplinksMax(leaf, taken);
  const fewest = leaf.uplinks === "auto" ? uplinksNeeded(leaf, taken) : leaf.uplinks;
  if (fewest > most) {
    const shortage = portShortage(leaf, taken, fewest) ?? "";
    const fitting = downlinksMax(leaf, fewest);
    const fewer =
      fitting > 0
        ? `Take fewer downlinks (at most ${fitting} fit beside ${fewest} uplinks)`
        : `Take fewer uplinks (at most ${most} fit beside ${taken} downlinks)`;
    return {
      code: leaf.uplinks === "auto" ? "design/oversubscription" : "design/ports",
      message: `a leaf with ${taken} downlinks needs ${fewest} uplinks for an oversubscription of at most ${leaf.oversubscription}: ${shortage}`,
      remedy: `${fewer}, or accept more oversubscription.`,
    };
  }
  const ratio = (used * leaf.down.speedGbps) / (fewest * (leaf.up?.speedGbps ?? 1));
  if (leaf.uplinks !== "auto" && ratio > leaf.oversubscription + 1e-9) {
    return {
      code: "design/oversubscription",
      message: `${used} downlinks of ${leaf.down.speedGbps} Gbps over ${fewest} uplinks of ${leaf.up?.speedGbps} Gbps are an oversubscription of ${round(ratio)}, above the accepted ${leaf.oversubscription}`,
      remedy: `Give each leaf ${uplinksNeeded(leaf, used)} uplinks, fewer downlinks, or accept oversubscription: ${round(ratio)}.`,
    };
  }
  const groupsAndLeaves = { groups, serversPerGroup, leaves: groups * wish.leavesPerGroup, downlinksPerLeaf: used };
  return { ...groupsAndLeaves, uplinksMin: fewest, uplinksMax: leaf.uplinks === "auto" ? most : leaf.uplinks };
}

/** Downlink positions that so many links take on a leaf, with those that stay empty between them. */
function positionsOf({ halvesInOwnCages, leaf }: LeafSpineWish, links: number): number {
  if (!halvesInOwnCages) return links;
  const { linksPerCage } = leaf.down;
  return 2 * Math.ceil(links / 2 / linksPerCage) * linksPerCage;
}

/** The most servers whose links one leaf can take while it keeps the oversubscription. */
function mostServersPerLeaf(wish: LeafSpineWish): number {
  const { leaf, linksPerServerAndLeaf: perServer } = wish;
  let servers = Math.floor(downlinksMax(leaf, leaf.uplinks === "auto" ? 1 : leaf.uplinks) / perServer);
  servers = Math.min(servers, wish.servers);
  for (; servers > 0; servers--) {
    const links = positionsOf(wish, servers * perServer) + leaf.reservedDown;
    const uplinks = leaf.uplinks === "auto" ? uplinksNeeded(leaf, links) : leaf.uplinks;
    const keeps = uplinksNeeded(leaf, servers * perServer) <= uplinks;
    if (keeps && portsSuffice(leaf, links, uplinks)) return servers;
  }
  return 0;
}

function noRoom(wish: LeafSpineWish): SizingProblem {
  const { leaf, linksPerServerAndLeaf: perServer } = wish;
  const uplinks = leaf.uplinks === "auto" ? uplinksNeeded(leaf, perServer + leaf.reservedDown) : leaf.uplinks;
  const shortage = portShortage(leaf, perServer + leaf.reservedDown, uplinks);
  return {
    code: shortage === undefined ? "design/oversubscription" : "design/ports",
    message:
      shortage === undefined
        ? `one server brings ${perServer} links of ${leaf.down.speedGbps} Gbps to a leaf, more than ${uplinks} uplinks of ${leaf.up?.speedGbps} Gbps carry at an oversubscription of ${leaf.oversubscription}`
        : `not even one server fits on a leaf: ${shortage}`,
    remedy: "Use a leaf model with more ports, a breakout with more links per cage, or accept more oversubscription.",
  };
}

function sizeTwoTiers(wish: LeafSpineWish, leaf: LeafSizing): LeafSpineSizing | SizingProblem {
  const ports = downlinksMax(wish.spine, 0) - wish.spine.reservedDown;
  const bare = Math.max(1, Math.ceil((leaf.leaves * leaf.uplinksMin) / ports));
  let best: { uplinks: number; spines: number } | undefined;
  for (let uplinks = leaf.uplinksMin; uplinks <= leaf.uplinksMax; uplinks++) {
    for (const spines of divisorsOf(uplinks)) {
      if (wish.spineCount === "auto" ? spines < wish.spineCountMin : spines !== wish.spineCount) continue;
      if (leaf.leaves * (uplinks / spines) > ports) continue;
      if (best === undefined || spines < best.spines) best = { uplinks, spines };
    }
  }
  if (best === undefined) return noSpines(wish, leaf, ports, bare);
  return {
    groups: leaf.groups,
    serversPerGroup: leaf.serversPerGroup,
    leaves: leaf.leaves,
    downlinksPerLeaf: leaf.downlinksPerLeaf,
    uplinksPerLeaf: best.uplinks,
    pods: 1,
    groupsPerPod: leaf.groups,
    spinesPerPod: best.spines,
    linksPerLeafAndSpine: best.uplinks / best.spines,
    uplinksPerSpine: 0,
    coreGroups: 0,
    coresPerGroup: 0,
    linksPerSpineAndCore: 0,
    bareMinimum: { spines: bare, cores: 0 },
  };
}

function noSpines(wish: LeafSpineWish, leaf: LeafSizing, ports: number, bare: number): SizingProblem {
  const range = leaf.uplinksMin === leaf.uplinksMax ? `${leaf.uplinksMin}` : `${leaf.uplinksMin} to ${leaf.uplinksMax}`;
  if (leaf.leaves > ports) {
    return {
      code: "design/ports",
      message: `${leaf.leaves} leaves need at least one port each on every spine, but ${wish.spine.model.model} has ${ports} ports of ${wish.spine.down.speedGbps} Gbps`,
      remedy: "Add a core tier (core: {}), use a spine with more ports, or leaves with more downlinks.",
    };
  }
  if (wish.spineCount !== "auto" && leaf.leaves * leaf.uplinksMin > ports * wish.spineCount) {
    return {
      code: "design/ports",
      message: `${leaf.leaves} leaves with ${leaf.uplinksMin} uplinks each need ${leaf.leaves * leaf.uplinksMin} spine ports, but ${wish.spineCount} x ${wish.spine.model.model} have ${ports * wish.spineCount}`,
      remedy: `Use at least ${bare} spines, or spine.count: auto.`,
    };
  }
  return {
    code: "design/uneven",
    message: `${range} uplinks of each leaf cannot be striped evenly over ${wish.spineCount === "auto" ? `${bare} or more` : wish.spineCount} spines of ${ports} ports: every leaf must have the same number of links to every spine`,
    remedy:
      wish.spineCount === "auto"
        ? "Set leaf.uplinks to a number with more divisors, or add a core tier."
        : `Set leaf.uplinks to a multiple of ${wish.spineCount} that fits on the leaf, or change spine.count to a divisor of the uplinks (${divisorsOf(leaf.uplinksMin).join(", ")}).`,
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
