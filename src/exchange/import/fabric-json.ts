/** Reads a fabric file (export/fabric-json.ts) back: the same fabric, value for value. */

import { type Diagnostic, UserError, userError } from "../../base/diagnostics.ts";
import { findPart } from "../../catalog/lookup.ts";
import type { CableEnd, CableModel, Catalog, LinkAssembly, ModuleModel, PartModel } from "../../catalog/types.ts";
import { partName } from "../../fabric/names.ts";
import type { Fabric, FabricPlane } from "../../fabric/types.ts";
import { checkTogether, columnsOf, refuse } from "./fabric-columns.ts";
import { type FabricFile, fabricFileSchema } from "./fabric-schema.ts";
import { importLimits } from "./limits.ts";

/** Whether a text that starts like this is a fabric file: JSON that names its format first. */
export function isFabricFile(start: string): boolean {
  return /^\uFEFF?\s*\{\s*"format"\s*:\s*"twinspine-fabric"/.test(start);
}

/**
 * The fabric of a fabric file. Its models are looked up in `catalog` by name. Throws a `UserError` that names the first
 * value that cannot be.
 */
export function readFabricJson(text: string, file: string, catalog: Catalog): Fabric {
  const parsed = fabricFileSchema.safeParse(parseJson(text, file));
  if (!parsed.success) {
    const diagnostics = parsed.error.issues.slice(0, importLimits.diagnosticsMax).map(
      (issue): Diagnostic => ({
        code: "import/fabric-file",
        severity: "error",
        message: `${file}: ${issue.path.map(String).join(".") || "the document"}: ${issue.message}`,
        remedy: "Make the file again with `twinspine import` or `twinspine design -o`.",
      }),
    );
    throw new UserError(diagnostics);
  }
  const head = parsed.data;
  const columns = columnsOf(head);
  checkTogether(head, columns);
  const fabric: Fabric = {
    name: head.name,
    serverCount: head.servers,
    gpusPerServer: head.gpusPerServer,
    railsPerServer: head.railsPerServer,
    linksPerEndpoint: head.linksPerEndpoint,
    nicsPerEndpoint: head.nicsPerEndpoint,
    models: head.models.map(({ kind, model }) => findPart(catalog, model, kind as PartModel["kind"])),
    ...columns,
    planes: head.planes.map((plane) => planeOf(plane, catalog)),
    sharedRisks: head.sharedRisks.map((risk) => ({ ...risk, members: Int32Array.from(risk.members) })),
    ...(head.names === undefined ? {} : { names: namesOf(head, head.names) }),
    ...(head.origin === undefined ? {} : { origin: head.origin }),
  };
  for (const [index, name] of head.switchNames.entries())
    if (name !== partName(fabric, fabric.switches.part[index] ?? 0))
      refuse(`switchNames[${index}]`, "is not the name of this switch");
  return fabric;
}

/** JSON with the line of a syntax error. */
function parseJson(text: string, file: string): unknown {
  if (text.length > importLimits.lengthMax)
    throw userError("import/too-large", `${file} has more than ${importLimits.lengthMax} characters`);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    const position = Number(/position (\d+)/.exec(problem)?.[1] ?? text.length);
    const before = text.slice(0, position);
    throw userError(
      "import/syntax",
      `${file}: line ${before.split("\n").length}: the file is no JSON: ${problem.slice(0, 200)}`,
      "The file was cut off or edited; make it again.",
    );
  }
}

function planeOf({ links, ...plane }: FabricFile["planes"][number], catalog: Catalog): FabricPlane {
  const [access, leafSpine, spineCore] = links.map((each) => (each === null ? undefined : assemblyOf(each, catalog)));
  return { ...plane, assemblies: [access, leafSpine, spineCore] };
}

type LinksOfTier = NonNullable<FabricFile["planes"][number]["links"][number]>;

function assemblyOf(links: LinksOfTier, catalog: Catalog): LinkAssembly {
  const cable = cableOf(links.cable, catalog);
  const module = (model: string | null): ModuleModel | undefined =>
    model === null ? undefined : findPart(catalog, model, "module");
  const plug = (side: "trunk" | "branch" | null): CableEnd | undefined => {
    if (side === null) return undefined;
    if (cable.kind === "fibre") refuse("planes.links", `the fibre ${cable.model} has no plugs`);
    return cable[side];
  };
  return {
    speedGbps: links.speedGbps,
    lengthM: links.lengthM,
    cable,
    nearModule: module(links.lowerModule),
    farModule: module(links.upperModule),
    nearPlug: plug(links.lowerPlug),
    farPlug: plug(links.upperPlug),
    nearLinksPerCage: links.lowerLinksPerCage,
    farLinksPerCage: links.upperLinksPerCage,
    linksPerCable: links.linksPerCable,
    trunkSide: links.trunkSide,
  };
}

function cableOf(model: string, catalog: Catalog): CableModel {
  return findPart(catalog, model, catalog.get(model)?.kind === "fibre" ? "fibre" : "captive-cable");
}

function namesOf(file: FabricFile, names: NonNullable<FabricFile["names"]>): NonNullable<Fabric["names"]> {
  const { servers, switches, portParts, portLabels } = names;
  if (servers.length !== file.servers) refuse("names.servers", `${file.servers} names are wanted`);
  if (switches.length !== file.switches.part.length)
    refuse("names.switches", `${file.switches.part.length} names are wanted`);
  const all = new Set([...servers, ...switches]);
  if (all.size !== servers.length + switches.length) refuse("names", "two devices have one name");
  if (portParts.length !== portLabels.length) refuse("names.portLabels", "wants one label for each of portParts");
  return { servers, switches, ports: new Map(portParts.map((part, index) => [part, portLabels[index]!])) };
}
