/** Sizes and lays the single-link three-tier tree: access, aggregation, core. */

import type { Plane, TreePlane } from "../../cluster/types.ts";
import { downlinksMax, portShortage } from "../sizing/ports.ts";
import type { SizingProblem, TierWish } from "../sizing/types.ts";
import type { FabricPlane } from "../types.ts";
import type { LinkChoice } from "./link-choice.ts";
import { layAccess, layUplinks, type Site } from "./link-tiers.ts";

export interface TreeSizing {
  readonly serversPerAccess: number;
  readonly access: number;
  readonly accessPerAggregation: number;
  readonly aggregation: number;
}

export interface TreePlan {
  readonly plane: TreePlane & Pick<Plane, "name" | "path">;
  readonly planeIndex: number;
  readonly sizing: TreeSizing;
  readonly tiers: { readonly access: TierWish; readonly aggregation: TierWish; readonly core: TierWish };
  readonly links: { readonly access: LinkChoice; readonly aggregation: LinkChoice; readonly core: LinkChoice };
}

/** The fewest switches: access switches filled with servers, aggregation switches filled with access switches, one core. */
export function sizeTree(
  plane: TreePlane,
  tiers: TreePlan["tiers"],
  servers: number,
  linksPerServer: number,
): TreeSizing | SizingProblem {
  const wanted = plane.access.downlinks;
  const most = downlinksMax(tiers.access, plane.access.uplinks);
  const downlinks = wanted === "auto" ? most : wanted;
  if (downlinks > most)
    return tooMany(portShortage(tiers.access, downlinks, plane.access.uplinks), most, "access.downlinks");
  const serversPerAccess = Math.min(servers, Math.floor(downlinks / linksPerServer));
  if (serversPerAccess < 1) {
    return {
      code: "design/ports",
      message: `one server brings ${linksPerServer} links, but an access switch takes ${downlinks} beside its ${plane.access.uplinks} uplinks`,
      remedy: "Use an access switch with more ports or a breakout with more links per cage.",
    };
  }
  const access = Math.ceil(servers / serversPerAccess);
  const mostAccess = Math.floor(downlinksMax(tiers.aggregation, plane.aggregation.uplinks) / plane.access.uplinks);
  const perAggregation = Math.min(
    access,
    plane.aggregation.downlinks === "auto" ? mostAccess : plane.aggregation.downlinks,
  );
  if (perAggregation > mostAccess || perAggregation < 1) {
    return tooMany(
      portShortage(tiers.aggregation, perAggregation * plane.access.uplinks, plane.aggregation.uplinks),
      mostAccess,
      "aggregation.downlinks",
    );
  }
  const aggregation = Math.ceil(access / perAggregation);
  const shortage = portShortage(tiers.core, aggregation * plane.aggregation.uplinks, 0);
  if (shortage !== undefined)
    return tooMany(
      `one core switch must take ${aggregation} aggregation switches: ${shortage}`,
      downlinksMax(tiers.core, 0),
      "the core's downlinks",
    );
  return { serversPerAccess, access, accessPerAggregation: perAggregation, aggregation };
}

function tooMany(shortage: string | undefined, most: number, what: string): SizingProblem {
  return {
    code: "design/ports",
    message: shortage ?? `${what} do not fit`,
    remedy: `Keep ${what} to at most ${most}, or use a switch with more ports.`,
  };
}

/** Lays the tree and describes it. */
export function layTree(site: Site, plan: TreePlan): FabricPlane {
  const { sizing, planeIndex, tiers, links, plane } = plan;
  const make = (count: number, add: (ordinal: number) => number) =>
    Array.from({ length: count }, (_, ordinal) => add(ordinal));
  const pods = sizing.aggregation;
  const access = make(sizing.access, (ordinal) =>
    site.switches.add(
      "access-switch",
      tiers.access.model,
      planeIndex,
      0,
      ordinal,
      Math.floor(ordinal / sizing.accessPerAggregation),
    ),
  );
  const aggregation = make(pods, (ordinal) =>
    site.switches.add("aggregation-switch", tiers.aggregation.model, planeIndex, 1, ordinal, ordinal),
  );
  const core = site.switches.add("core-switch", tiers.core.model, planeIndex, 2, 0, 0);
  const rails = site.servers.rails;
  const accessLinks = layAccess(site, planeIndex, links.access, [0], (server, rail) => ({
    leaf: access[Math.floor(server / sizing.serversPerAccess)]!,
    position: (server % sizing.serversPerAccess) * rails + rail,
  }));
  const up = plane.access.uplinks;
  const middleTier = {
    tier: 1,
    stage: "aggregation-link",
    choice: links.aggregation,
    lowerModel: tiers.access.model,
    uplinks: up,
  } as const;
  const aggregationLinks = layUplinks(site, planeIndex, middleTier, access, (ordinal, uplink) => ({
    upper: aggregation[Math.floor(ordinal / sizing.accessPerAggregation)]!,
    position: (ordinal % sizing.accessPerAggregation) * up + uplink,
  }));
  const coreUp = plane.aggregation.uplinks;
  const coreTier = {
    tier: 2,
    stage: "core-link",
    choice: links.core,
    lowerModel: tiers.aggregation.model,
    uplinks: coreUp,
  } as const;
  const coreLinks = layUplinks(site, planeIndex, coreTier, aggregation, (ordinal, uplink) => ({
    upper: core,
    position: ordinal * coreUp + uplink,
  }));
  const down = sizing.serversPerAccess * rails * links.access.assembly.speedGbps;
  const middle = sizing.accessPerAggregation * up * links.aggregation.assembly.speedGbps;
  return {
    name: plane.name,
    network: plane.network,
    topology: "tree",
    railOptimized: false,
    tierNames: ["access", "aggregation", "core"],
    switchCounts: [sizing.access, pods, 1],
    linkCounts: [accessLinks, aggregationLinks, coreLinks],
    pods,
    linksPerPair: [up, coreUp],
    assemblies: [links.access.assembly, links.aggregation.assembly, links.core.assembly],
    oversubscription: [
      down / (up * links.aggregation.assembly.speedGbps),
      middle / (coreUp * links.core.assembly.speedGbps),
    ],
  };
}
