/**
 * The cluster with another number of links to each NIC: the same servers, GPUs, job, prices and rates, so that what
 * differs is the network alone. The fairness rules stand in docs/physics.md, section Economics.
 */

import type { Diagnostic } from "../../base/diagnostics.ts";
import type { NicModel } from "../../catalog/types.ts";
import type { Attachment, Cluster, Plane, SharedRiskSettings } from "../../cluster/types.ts";
import { planPlane } from "../../fabric/build/plan.ts";
import { linkSpeedGbps, nicsWith, primarySide, usableGbps } from "./nic-choice.ts";
import { resizedLeafSpine } from "./planes.ts";
import { bestTree } from "./tree.ts";

/** A derived cluster that can be designed, or undefined; and what to know about it. */
export interface Derived {
  readonly cluster: Cluster | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** What can be derived: single links, a single-link tree, or (for a single-link cluster) dual links. */
export type BaselineKind = "single" | "tree" | "dual";

/** The fabric to compare a cluster with; the cluster itself, with a note, where it is of that kind already. */
export function baselineCluster(cluster: Cluster, kind: BaselineKind): Derived {
  const already = asItIs(cluster, kind);
  if (already !== undefined) return already;
  return kind === "dual" ? dualLinkCluster(cluster) : singleLinkCluster(cluster, kind);
}

/**
 * The single-link fabric of a cluster. Each NIC has one link with the usable speed of the pair, where the catalog has
 * such a NIC that fits, else one link of the primary's speed, which a note says.
 */
function singleLinkCluster(cluster: Cluster, kind: "single" | "tree"): Derived {
  const side = primarySide(cluster);
  const plane: Plane = { ...(cluster.planes[side] ?? cluster.planes[0]!), path: "plane" };
  const usable = usableGbps(cluster);
  const own = linkSpeedGbps(cluster, side);
  const name = kind === "single" ? `${cluster.name} with single links` : `${cluster.name} as a tree`;
  const refusals: Diagnostic[] = [];
  for (const speed of new Set([usable, own])) {
    for (const nic of nicsWith(cluster, plane, 1, speed)) {
      const make = (chosen: Plane) =>
        changed(cluster, { name, nics: [nic.model], links: 1, attachment: "single", plane: chosen });
      const found =
        kind === "tree"
          ? bestTree(plane, make)
          : firstFit([false, true], (core) => make(resizedLeafSpine(plane, speed / own, core)));
      if (found.cluster !== undefined) {
        const notes = [
          ...dropped(cluster),
          ...halts(cluster),
          ...found.diagnostics,
          ...slower(nic, speed, usable),
          ...thirdTier(plane, found.cluster),
        ];
        return { cluster: found.cluster, diagnostics: notes };
      }
      refusals.push(...found.diagnostics);
    }
  }
  return { cluster: undefined, diagnostics: [infeasible(`the ${kind} baseline`, refusals)] };
}

/**
 * The dual-link fabric of a single-link cluster, each pair to two leaves of one leaf-spine plane. In load-balancing two
 * links of half the speed from one NIC, else two of the same speed, else two NICs for each rail; in the other modes, where
 * one link carries, two of the same speed are tried before two of half.
 */
export function dualLinkCluster(cluster: Cluster): Derived {
  const plane: Plane = { ...cluster.planes[0]!, path: "plane" };
  const speed = linkSpeedGbps(cluster, 0);
  const own = cluster.servers.nicModels[0];
  const speeds = cluster.switching.mode === "load-balancing" ? [speed / 2, speed] : [speed, speed / 2];
  const pairs: (readonly [string] | readonly [string, string])[] = [
    ...speeds.flatMap((each) => nicsWith(cluster, plane, 2, each).map((nic) => [nic.model] as const)),
    [own, own],
  ];
  const refusals: Diagnostic[] = [];
  for (const nics of pairs) {
    const port = (cluster.catalog.get(nics[0]) as NicModel).portSpeedGbps;
    const found = firstFit([false, true], (core) =>
      changed(cluster, {
        name: `${cluster.name} with dual links`,
        nics,
        links: 2,
        attachment: "two-leaves",
        plane: resizedLeafSpine(plane, port / speed, core),
      }),
    );
    if (found.cluster !== undefined)
      return { cluster: found.cluster, diagnostics: [...dropped(cluster), ...thirdTier(plane, found.cluster)] };
    refusals.push(...found.diagnostics);
  }
  return { cluster: undefined, diagnostics: [infeasible("the dual-link fabric", refusals)] };
}

/** A cluster that is its own baseline: nothing is saved, and a note says so. */
function asItIs(cluster: Cluster, kind: BaselineKind): Derived | undefined {
  const links = cluster.servers.linksPerRail;
  const is = links === 2 ? "dual" : cluster.planes[0]?.topology === "tree" ? "tree" : "single";
  if (is !== kind) return undefined;
  const diagnostic: Diagnostic = {
    code: "price/baseline",
    severity: "note",
    message: `the cluster is its own ${kind} baseline: it already has ${links} link${links === 1 ? "" : "s"} per NIC`,
    remedy: `Compare it with ${links === 1 ? "dual" : "single"}, tree or another cluster file.`,
    path: "servers.linksPerNic",
  };
  return { cluster, diagnostics: [diagnostic] };
}

interface Change {
  readonly name: string;
  readonly nics: readonly [string] | readonly [string, string];
  readonly links: 1 | 2;
  readonly attachment: Attachment;
  readonly plane: Plane;
}

function changed(cluster: Cluster, { name, nics, links, attachment, plane }: Change): Cluster {
  return {
    ...cluster,
    name,
    servers: { ...cluster.servers, nicModels: nics, linksPerRail: links },
    attachment,
    planes: [plane],
    sharedRisks: serverRisks(cluster.sharedRisks),
    training: { ...cluster.training, rerouteOverScaleUp: links === 2 && cluster.training.rerouteOverScaleUp },
  };
}

/** Tries each wish in turn and keeps the first that can be designed. */
function firstFit<Wish>(wishes: readonly Wish[], make: (wish: Wish) => Cluster): Derived {
  const refusals: Diagnostic[] = [];
  for (const wish of wishes) {
    const cluster = make(wish);
    const planned = planPlane(cluster, 0);
    if ("plan" in planned) return { cluster, diagnostics: [] };
    refusals.push(...planned.rejections);
  }
  return { cluster: undefined, diagnostics: refusals };
}

/** Servers keep their names in the derived fabric, switches do not: shared things lose their switches. */
function serverRisks(risks: readonly SharedRiskSettings[]): SharedRiskSettings[] {
  return risks
    .map((risk) => ({ ...risk, members: risk.members.filter((member) => member.startsWith("srv-")) }))
    .filter((risk) => risk.members.length > 0);
}

function dropped(cluster: Cluster): Diagnostic[] {
  const members = (risks: readonly SharedRiskSettings[]) => risks.reduce((sum, risk) => sum + risk.members.length, 0);
  const lost = members(cluster.sharedRisks) - members(serverRisks(cluster.sharedRisks));
  if (lost === 0) return [];
  return [
    {
      code: "price/baseline",
      severity: "note",
      message: `${lost} members of shared risks are switches, which the fabric to compare with does not have: they are left out there`,
      path: "sharedRisks",
    },
  ];
}

/** A single-link cluster stops when a link fails, as HPN measured; no library is assumed to help it. */
function halts(cluster: Cluster): Diagnostic[] {
  if (!cluster.training.rerouteOverScaleUp) return [];
  return [
    {
      code: "price/baseline",
      severity: "note",
      message:
        "the single-link fabric to compare with stops when an access link fails, as Alibaba measured (SIGCOMM 2024): its library is not assumed to send over another NIC",
      remedy: "To compare with a library that does, give a cluster file of your own as the baseline.",
      path: "training.rerouteOverScaleUp",
    },
  ];
}

function slower(nic: NicModel, speed: number, usable: number): Diagnostic[] {
  if (speed >= usable) return [];
  return [
    {
      code: "price/baseline",
      severity: "note",
      message: `the single-link baseline has one ${speed} Gbps link on a ${nic.model}, where the pair can use ${usable} Gbps: no NIC with one link of that speed fits`,
      remedy: "Give a cluster file of your own as the baseline to compare like with like.",
    },
  ];
}

function thirdTier(before: Plane, after: Cluster): Diagnostic[] {
  const plane = after.planes[0];
  if (before.topology !== "leaf-spine" || before.core !== undefined) return [];
  if (plane?.topology !== "leaf-spine" || plane.core === undefined) return [];
  return [
    {
      code: "price/baseline",
      severity: "note",
      message: `${after.name} needs a third tier of switches, which the cluster itself does without: its links are faster or all in one plane`,
    },
  ];
}

function infeasible(what: string, refusals: readonly Diagnostic[]): Diagnostic {
  const first = refusals[0];
  return {
    code: "price/baseline-infeasible",
    severity: "warning",
    message: `${what} cannot be designed${first === undefined ? ": no NIC of the catalog has links of the wanted speed" : `: ${first.message}`}`,
    remedy: `${first?.remedy === undefined ? "" : `${first.remedy} `}Or give a cluster file of your own as the baseline.`,
  };
}
