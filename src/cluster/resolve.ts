/** Fills in what depends on several fields of the cluster file, and rejects what contradicts itself. */

import type { DiagnosticCode } from "../base/diagnostic-codes.ts";
import type { Diagnostic } from "../base/diagnostics.ts";
import { unknownPart } from "../catalog/lookup.ts";
import type { Catalog, PartModelKind } from "../catalog/types.ts";
import { placeOf, type Source } from "./issues.ts";
import { parseParts } from "./parts.ts";
import type { Attachment, ClusterFile } from "./schema.ts";
import type { Cluster, LinkSettings, Plane } from "./types.ts";

type Report = (code: DiagnosticCode, path: string, message: string, remedy: string) => void;

/** The cluster with planes, attachment and catalog settled, and every contradiction found. */
export function resolveCluster(
  file: ClusterFile,
  source: Source,
  readPartsFile?: (name: string) => string,
): { cluster: Cluster; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (code, path, message, remedy) => {
    const place = placeOf(path.split("."), source);
    diagnostics.push({ code, severity: "error", message, remedy, path, ...place });
  };
  const catalog = parseParts(file, source, diagnostics, readPartsFile);
  const attachment = file.attachment ?? defaultAttachment(file);
  const planes = planesOf(file, attachment, report);
  checkLinks(file, attachment, planes, report);
  checkModels(file, planes, catalog, report);
  checkNames(file, planes, report);
  const nic = file.servers.nic;
  const cluster: Cluster = {
    name: file.name,
    servers: {
      count: file.servers.count,
      gpus: file.servers.gpus,
      rails: file.servers.nics,
      nicModels: typeof nic === "string" ? [nic] : nic,
      linksPerRail: file.servers.linksPerNic,
      scaleUpGbps: file.servers.scaleUp,
    },
    attachment,
    planes,
    sharedRisks: file.sharedRisks,
    switching: file.switching,
    training: file.training,
    collectives: file.collectives,
    economics: file.economics,
    catalog,
  };
  return { cluster, diagnostics };
}

function defaultAttachment(file: ClusterFile): Attachment {
  if (file.servers.linksPerNic === 1) return "single";
  return file.planes?.length === 2 ? "two-planes" : "two-leaves";
}

function planesOf(file: ClusterFile, attachment: Attachment, report: Report): Plane[] {
  if (file.plane !== undefined && file.planes !== undefined) {
    report(
      "cluster/contradiction",
      "planes",
      "both plane and planes are given",
      "Give plane for one description, or planes for a list.",
    );
  }
  if (file.plane === undefined && file.planes === undefined) {
    report(
      "cluster/missing",
      "plane",
      "the cluster has no plane",
      "Add plane: {} for a leaf-spine plane with the defaults.",
    );
    return [];
  }
  const wanted = attachment === "two-planes" ? 2 : 1;
  const given = file.planes ?? (file.plane === undefined ? [] : Array.from({ length: wanted }, () => file.plane!));
  if (given.length !== wanted) {
    report(
      "cluster/contradiction",
      "planes",
      `the attachment ${attachment} needs ${wanted} plane${wanted === 1 ? "" : "s"}, but ${given.length} are described`,
      wanted === 2
        ? "Describe two planes, or use plane for what both are like."
        : "Set attachment: two-planes, or describe one plane.",
    );
  }
  return given.map((plane, index) => ({
    ...plane,
    name: nameOf(plane.name, index, file.plane !== undefined && wanted === 2),
    path: pathOfPlane(file, index),
  }));
}

function nameOf(name: string | undefined, index: number, copied: boolean): string {
  const letter = index === 0 ? "a" : "b";
  if (name === undefined) return letter;
  return copied ? `${name}-${letter}` : name;
}

function checkLinks(file: ClusterFile, attachment: Attachment, planes: readonly Plane[], report: Report): void {
  const { linksPerNic, nic } = file.servers;
  if ((attachment === "single") !== (linksPerNic === 1)) {
    report(
      "cluster/contradiction",
      file.attachment === undefined ? "servers.linksPerNic" : "attachment",
      `the attachment ${attachment} does not go with ${linksPerNic} link${linksPerNic === 1 ? "" : "s"} per NIC`,
      "single goes with linksPerNic: 1, every other attachment with linksPerNic: 2.",
    );
  }
  if (typeof nic !== "string" && linksPerNic !== 2) {
    report(
      "cluster/contradiction",
      "servers.nic",
      "two NIC models are given for one link",
      "Two models go with linksPerNic: 2.",
    );
  }
  if (typeof nic !== "string" && nic[0] !== nic[1] && attachment !== "two-planes") {
    report(
      "cluster/contradiction",
      "servers.nic",
      "two different NIC models lead into one plane",
      "Set attachment: two-planes, or give one NIC model.",
    );
  }
  for (const plane of planes) {
    if (plane.topology === "tree" && linksPerNic !== 1) {
      report(
        "cluster/contradiction",
        plane.path,
        "a tree is the single-link baseline, but the servers have two links per NIC",
        "Set servers.linksPerNic: 1, or topology: leaf-spine.",
      );
    }
  }
}

function pathOfPlane(file: ClusterFile, index: number): string {
  return file.planes === undefined ? "plane" : `planes.${index}`;
}

function checkModels(file: ClusterFile, planes: readonly Plane[], catalog: Catalog, report: Report): void {
  const check = (path: string, model: string | undefined, kinds: readonly PartModelKind[]) => {
    if (model === undefined) return;
    const part = catalog.get(model);
    if (part !== undefined && kinds.includes(part.kind)) return;
    const problem = unknownPart(catalog, model, kinds);
    report(problem.code, path, problem.message, problem.remedy ?? "");
  };
  const nic = file.servers.nic;
  if (typeof nic === "string") check("servers.nic", nic, ["nic"]);
  else for (const [index, each] of nic.entries()) check(`servers.nic.${index}`, each, ["nic"]);
  for (const plane of planes) {
    const { path } = plane;
    const tiers =
      plane.topology === "tree"
        ? ({ access: plane.access, aggregation: plane.aggregation, core: plane.core } as const)
        : ({ leaf: plane.leaf, spine: plane.spine, core: plane.core } as const);
    for (const [tier, settings] of Object.entries(tiers)) check(`${path}.${tier}.model`, settings?.model, ["switch"]);
    for (const [tier, link] of Object.entries(plane.links) as [string, LinkSettings][]) {
      check(`${path}.links.${tier}.cable`, link.cable, ["captive-cable", "fibre"]);
      check(`${path}.links.${tier}.lowerModule`, link.lowerModule, ["module"]);
      check(`${path}.links.${tier}.upperModule`, link.upperModule, ["module"]);
    }
  }
}

function checkNames(file: ClusterFile, planes: readonly Plane[], report: Report): void {
  const seen = new Set<string>();
  for (const plane of planes) {
    const path = `${plane.path}.name`;
    if (!/^[a-z0-9][a-z0-9-]{0,19}$/i.test(plane.name)) {
      report(
        "cluster/value",
        path,
        `"${plane.name}" cannot be part of switch names`,
        "Use letters, digits and -, at most 20 characters.",
      );
    }
    if (seen.has(plane.name))
      report("cluster/contradiction", path, `two planes are named "${plane.name}"`, "Give them different names.");
    seen.add(plane.name);
  }
  const risks = new Set<string>();
  for (const [index, risk] of file.sharedRisks.entries()) {
    if (risks.has(risk.name))
      report(
        "cluster/contradiction",
        `sharedRisks.${index}.name`,
        `two shared risks are named "${risk.name}"`,
        "Give them different names.",
      );
    risks.add(risk.name);
  }
}
