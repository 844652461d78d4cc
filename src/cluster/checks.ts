/** Checks of a cluster file that its schema cannot make: models, names, and settings that contradict each other. */

import type { DiagnosticCode } from "../base/diagnostic-codes.ts";
import type { Diagnostic } from "../base/diagnostics.ts";
import { closest } from "../base/suggest.ts";
import { unknownPart } from "../catalog/lookup.ts";
import type { PartModelKind } from "../catalog/types.ts";
import { planesNeeded } from "./resolve.ts";
import type { ClusterFile } from "./schema.ts";
import { type Path, placeOf, type Source, valueAt } from "./source.ts";
import type { Cluster, LinkSettings } from "./types.ts";

type Report = (code: DiagnosticCode, path: Path, message: string, remedy: string, ofKey?: boolean) => void;

function reporter(source: Source): { readonly report: Report; readonly diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (code, path, message, remedy, ofKey = false) => {
    const place = placeOf(source, path, ofKey);
    const known = diagnostics.some((each) => each.message === message && each.place?.line === place.line);
    if (!known) diagnostics.push({ code, severity: "error", message, remedy, path: path.join("."), place });
  };
  return { report, diagnostics };
}

/** Checks of single settings: each stands whatever the rest of the file says. */
export function checkEach(cluster: Cluster, file: ClusterFile, source: Source): readonly Diagnostic[] {
  const { report, diagnostics } = reporter(source);
  checkModels(cluster, file, report);
  checkPrices(cluster, report);
  checkPlaneNames(cluster, report);
  checkRisks(file, report);
  return diagnostics;
}

function checkModels(cluster: Cluster, file: ClusterFile, report: Report): void {
  const { catalog, planes } = cluster;
  const check = (path: Path, model: string | undefined, kinds: readonly PartModelKind[]) => {
    if (model === undefined) return;
    const part = catalog.get(model);
    if (part !== undefined && kinds.includes(part.kind)) return;
    const { code, message, remedy } = unknownPart(catalog, model, kinds);
    report(code, path, `${path.join(".")}: ${message}`, remedy ?? "");
  };
  const { nic } = file.servers;
  if (typeof nic === "string") check(["servers", "nic"], nic, ["nic"]);
  else for (const [index, each] of nic.entries()) check(["servers", "nic", index], each, ["nic"]);
  for (const plane of planes) {
    const path = plane.path.split(".");
    const tiers =
      plane.topology === "tree"
        ? { access: plane.access, aggregation: plane.aggregation, core: plane.core }
        : { leaf: plane.leaf, spine: plane.spine, core: plane.core };
    for (const [tier, settings] of Object.entries(tiers)) check([...path, tier, "model"], settings?.model, ["switch"]);
    for (const [tier, link] of Object.entries(plane.links) as [string, LinkSettings][]) {
      check([...path, "links", tier, "cable"], link.cable, ["captive-cable", "fibre"]);
      check([...path, "links", tier, "lowerModule"], link.lowerModule, ["module"]);
      check([...path, "links", tier, "upperModule"], link.upperModule, ["module"]);
    }
  }
}

function checkPrices({ catalog, economics }: Cluster, report: Report): void {
  for (const model of Object.keys(economics.prices)) {
    if (catalog.has(model)) continue;
    const meant = closest(model, catalog.keys());
    const remedy = meant === undefined ? "Known models: see twinspine catalog." : `Did you mean ${meant}?`;
    report(
      "catalog/unknown-part",
      ["economics", "prices", model],
      `economics.prices: no part is called "${model}"`,
      remedy,
      true,
    );
  }
}

function checkPlaneNames({ planes }: Cluster, report: Report): void {
  for (const [index, plane] of planes.entries()) {
    const path = [...plane.path.split("."), "name"];
    if (!/^[a-z0-9][a-z0-9-]{0,19}$/i.test(plane.name)) {
      const remedy = "Use letters, digits and -, at most 20 characters with the -a or -b that a copied plane gets.";
      report("cluster/value", path, `the plane name "${plane.name}" cannot be part of switch names`, remedy);
    }
    if (planes.findIndex(({ name }) => name === plane.name) < index)
      report("cluster/contradiction", path, `two planes are named "${plane.name}"`, "Give them different names.");
  }
}

/** Patterns of devices in all shared risks together: each is compared with every device. */
const patternsMax = 1000;

function checkRisks(file: ClusterFile, report: Report): void {
  const patterns = file.sharedRisks.flatMap(({ members }) => members).filter((member) => /[*[]/.test(member)).length;
  if (patterns > patternsMax) {
    const message = `the shared risks have ${patterns} patterns, more than ${patternsMax}`;
    report("cluster/too-large", ["sharedRisks"], message, "Use fewer patterns that say more, or the names of devices.");
  }
  const seen = new Set<string>();
  for (const [index, { name }] of file.sharedRisks.entries()) {
    const path = ["sharedRisks", index, "name"];
    if (seen.has(name))
      report("cluster/contradiction", path, `two shared risks are named "${name}"`, "Give them different names.");
    seen.add(name);
  }
}

/** Checks of settings against each other: only for a file whose every setting is valid by itself. */
export function checkTogether(cluster: Cluster, file: ClusterFile, source: Source): readonly Diagnostic[] {
  const { report, diagnostics } = reporter(source);
  checkPlanes(cluster, file, report);
  checkLinks(cluster, file, report);
  checkTraining(cluster, source, report);
  const floors = Object.values(file.switching.classes).reduce((sum, { floor }) => sum + floor, 0);
  if (floors > 1 + 1e-9) {
    const message = `the floors of the traffic classes add up to ${Math.round(floors * 100)}% of a link`;
    report("cluster/contradiction", ["switching", "classes"], message, "Let them add up to at most 100%.");
  }
  const { suppress, reuse } = file.switching.flapDamping;
  if (reuse >= suppress) {
    const message = `a link is used again below a penalty of ${reuse}, but held out only above ${suppress}`;
    report("cluster/contradiction", ["switching", "flapDamping"], message, "Set reuse below suppress.");
  }
  return diagnostics;
}

function checkPlanes({ attachment }: Cluster, { plane, planes }: ClusterFile, report: Report): void {
  if (plane !== undefined && planes !== undefined) {
    const remedy = "Keep plane for one description (two-planes uses it twice), or planes for a list.";
    report("cluster/contradiction", ["planes"], "both plane and planes are given", remedy);
    return;
  }
  if (plane === undefined && planes === undefined) {
    const remedy = "Add plane: {} for a leaf-spine plane with the defaults.";
    report("cluster/missing", [], "the cluster has no plane", remedy);
    return;
  }
  const wanted = planesNeeded(attachment);
  if (planes === undefined || planes.length === wanted) return;
  const message = `the attachment ${attachment} needs ${wanted} plane${wanted === 1 ? "" : "s"}, but ${planes.length} are described`;
  const remedy =
    wanted === 2
      ? "Describe two planes, or use plane: for what both are like."
      : "Set attachment: two-planes with servers.linksPerNic: 2, or describe one plane.";
  report("cluster/contradiction", ["planes"], message, remedy);
}

function checkLinks({ attachment, planes }: Cluster, file: ClusterFile, report: Report): void {
  const { linksPerNic, nic } = file.servers;
  const contradiction = (path: Path, message: string, remedy: string) =>
    report("cluster/contradiction", path, message, remedy);
  const linksText = `${linksPerNic} link${linksPerNic === 1 ? "" : "s"} per NIC`;
  if ((attachment === "single") !== (linksPerNic === 1)) {
    const remedy =
      linksPerNic === 1
        ? "Set attachment: single (or remove the key), or servers.linksPerNic: 2."
        : "Set servers.linksPerNic: 1, or another attachment.";
    contradiction(["attachment"], `the attachment ${attachment} does not go with ${linksText}`, remedy);
  }
  if (typeof nic !== "string" && linksPerNic !== 2)
    contradiction(["servers", "nic"], "two NIC models are given for one link", "Give one model, or linksPerNic: 2.");
  if (typeof nic !== "string" && nic[0] !== nic[1] && attachment !== "two-planes") {
    const remedy = "Set attachment: two-planes, or give the same NIC model twice.";
    contradiction(["servers", "nic"], "two different NIC models lead into one plane", remedy);
  }
  for (const plane of planes) {
    const path = plane.path.split(".");
    if (plane.topology === "tree" && linksPerNic !== 1) {
      const message = `a tree is the single-link baseline, but the servers have ${linksText}`;
      contradiction([...path, "topology"], message, "Set servers.linksPerNic: 1, or topology: leaf-spine.");
    }
    if (plane.topology === "leaf-spine" && plane.leaf.stacked && attachment !== "two-leaves") {
      const message = `stacked leaves are the two leaves of a pair, but the attachment is ${attachment}`;
      contradiction([...path, "leaf", "stacked"], message, "Set attachment: two-leaves, or remove stacked.");
    }
  }
}

/** Jobs and collectives are not larger than the cluster. */
function checkTraining({ servers, training, economics, collectives }: Cluster, source: Source, report: Report): void {
  const gpus = servers.count * servers.gpus;
  const job = economics.jobGpus === "all" ? gpus : economics.jobGpus;
  const tooMany = (path: Path, wanted: number, of: number, what: string) => {
    if (wanted <= of) return;
    const message = `${path.join(".")}: ${wanted} GPUs are wanted, but the ${what} has ${of}`;
    report("cluster/contradiction", path, message, `Write at most ${of}.`);
  };
  tooMany(["economics", "jobGpus"], job, gpus, "cluster");
  for (const [index, { groupSize }] of collectives.entries())
    if (groupSize !== "all") tooMany(["collectives", index, "groupSize"], groupSize, gpus, "cluster");
  const at = ["training", "parallelism"];
  const { data, tensor, pipeline } = training.parallelism;
  if (valueAt(source.root, at) === undefined || job > gpus) return;
  const ranks = tensor * pipeline * (data === "auto" ? 1 : data);
  tooMany(at, ranks, job, "job");
  if (data === "auto" && ranks <= job && job % ranks !== 0) {
    const message = `training.parallelism: ${job} GPUs of the job do not divide by ${tensor} tensor x ${pipeline} pipeline ranks`;
    report(
      "cluster/contradiction",
      at,
      message,
      "Choose tensor and pipeline whose product divides the GPUs of the job.",
    );
  }
}
