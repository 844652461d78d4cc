/** Builds the fabric of a cluster: the only way from wishes to parts. */

import { assert } from "../../base/assert.ts";
import type { Diagnostic } from "../../base/diagnostics.ts";
import type { NicModel } from "../../catalog/types.ts";
import type { Cluster } from "../../cluster/types.ts";
import type { Fabric, FabricPlane } from "../types.ts";
import { LinkColumns, PartColumns } from "./columns.ts";
import { layLeafSpine } from "./leaf-spine.ts";
import type { Site } from "./link-tiers.ts";
import { nicOf, type PlanePlan, planPlane } from "./plan.ts";
import { ServerPorts } from "./servers.ts";
import { addSharedRisks } from "./shared-risks.ts";
import { SwitchRows } from "./switches.ts";
import { layTree } from "./tree.ts";

/** Parts of one fabric; 100,000 GPUs have some two million. */
export const partsMax = 30_000_000;

export interface Design {
  /** The fabric; undefined when something was rejected. */
  readonly fabric: Fabric | undefined;
  readonly plans: readonly PlanePlan[];
  /** What works with a caveat, and where even striping costs more than the bare minimum. */
  readonly warnings: readonly Diagnostic[];
  /** What cannot work. */
  readonly rejections: readonly Diagnostic[];
}

/** Builds the whole fabric down to modules, cables and cages, or says what cannot work. */
export function buildFabric(cluster: Cluster): Design {
  const warnings: Diagnostic[] = [];
  const rejections: Diagnostic[] = [...tooLarge(cluster), ...nicProblems(cluster)];
  const plans: PlanePlan[] = [];
  for (const index of rejections.length > 0 ? [] : cluster.planes.keys()) {
    const planned = planPlane(cluster, index);
    if ("plan" in planned) plans.push(planned.plan);
    else rejections.push(...planned.rejections);
  }
  for (const plan of plans) warnings.push(...caveats(plan), ...sizingNotes(plan));
  if (rejections.length > 0) return { fabric: undefined, plans, warnings, rejections };
  const built = lay(cluster, plans);
  if (built.rejections.length > 0) return { fabric: undefined, plans, warnings, rejections: built.rejections };
  return { fabric: built.fabric, plans, warnings, rejections };
}

function tooLarge(cluster: Cluster): Diagnostic[] {
  const { servers } = cluster;
  const parts = servers.count * servers.rails * servers.linksPerRail * 12;
  if (parts <= partsMax) return [];
  return [
    {
      code: "design/too-large",
      severity: "error",
      message: `${servers.count} servers with ${servers.rails} NICs make about ${parts} parts, more than the ${partsMax} that one fabric may have`,
      remedy: `Describe at most ${Math.floor(partsMax / 12 / servers.rails / servers.linksPerRail)} such servers.`,
      path: "servers.count",
    },
  ];
}

/** The NIC must have as many ports as links leave it. */
function nicProblems(cluster: Cluster): Diagnostic[] {
  const links = cluster.servers.linksPerRail / cluster.servers.nicModels.length;
  return cluster.servers.nicModels.flatMap((name): Diagnostic[] => {
    const nic = cluster.catalog.get(name) as NicModel;
    if (nic.ports >= links) return [];
    return [
      {
        code: "design/ports",
        severity: "error",
        message: `${links} links are to leave each ${nic.model}, but it has ${nic.ports} port${nic.ports === 1 ? "" : "s"}`,
        remedy: "Use a NIC with two ports, two NICs per rail (nic: [first, second]), or linksPerNic: 1.",
        path: "servers.nic",
      },
    ];
  });
}

function caveats(plan: PlanePlan): Diagnostic[] {
  const choices =
    plan.kind === "tree"
      ? Object.values(plan.links)
      : [plan.access, plan.leafSpine, ...(plan.spineCore === undefined ? [] : [plan.spineCore])];
  return choices.flatMap((choice) => choice.warnings);
}

/** Where even striping costs more than the bare minimum, both numbers; and groups that are not full. */
function sizingNotes(plan: PlanePlan): Diagnostic[] {
  if (plan.kind === "tree") return [];
  const { sizing, plane } = plan;
  const notes: Diagnostic[] = [];
  const compare = (what: string, built: number, bare: number) => {
    if (built <= bare) return;
    notes.push({
      code: "design/striping",
      severity: "note",
      message: `plane ${plane.name} has ${built} ${what}; its ports alone would need ${bare}: the difference buys even striping and redundancy`,
      path: plane.path,
    });
  };
  if (plane.spine.count === "auto") compare("spines", sizing.pods * sizing.spinesPerPod, sizing.bareMinimum.spines);
  if (plane.core?.count === "auto")
    compare("cores", sizing.coreGroups * sizing.coresPerGroup, sizing.bareMinimum.cores);
  return notes;
}

function lay(cluster: Cluster, plans: readonly PlanePlan[]): { fabric: Fabric; rejections: Diagnostic[] } {
  const { servers, attachment } = cluster;
  const parts = new PartColumns();
  const nics = servers.nicModels.length === 2 ? [0, 1].map((index) => nicByLink(cluster, index)) : [nicOf(cluster, 0)];
  const ports = new ServerPorts(parts, servers.count, servers.rails, servers.linksPerRail, nics);
  const site: Site = { parts, links: new LinkColumns(), switches: new SwitchRows(parts), servers: ports, attachment };
  const planes: FabricPlane[] = plans.map((plan) => layPlane(site, plan));
  const fabric: Fabric = {
    name: cluster.name,
    serverCount: servers.count,
    gpusPerServer: servers.gpus,
    railsPerServer: servers.rails,
    linksPerEndpoint: servers.linksPerRail,
    nicsPerEndpoint: ports.nicsPerEndpoint,
    models: parts.models,
    parts: parts.finish(),
    switches: site.switches.finish(),
    links: site.links.finish(),
    accessLink: ports.accessLink,
    planes,
    sharedRisks: [],
  };
  assert(!ports.accessLink.includes(-1), "every endpoint has all its links");
  const { risks, rejections } = addSharedRisks(cluster, fabric, parts);
  return { fabric: risks.length === 0 ? fabric : { ...fabric, parts: parts.finish(), sharedRisks: risks }, rejections };
}

function nicByLink(cluster: Cluster, index: number): NicModel {
  return cluster.catalog.get(cluster.servers.nicModels[index] ?? cluster.servers.nicModels[0]) as NicModel;
}

function layPlane(site: Site, plan: PlanePlan): FabricPlane {
  return plan.kind === "tree" ? layTree(site, plan) : layLeafSpine(site, plan);
}
