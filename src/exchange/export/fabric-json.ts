/** The fabric as JSON: columns, as they are inside, with the tables that their codes refer to. */

import type { CableEnd, LinkAssembly } from "../../catalog/types.ts";
import { type Fabric, type GivenNames, partKinds, partName, stages } from "../../fabric/index.ts";

/** Version of the format; it grows when a reader of the old one would misread the new one. */
export const fabricJsonVersion = 1;

/** Columns of the links, in the order of the file. */
export const linkColumns = [
  "tier",
  "plane",
  "speedGbps",
  "endpoint",
  "side",
  "lowerSwitch",
  "upperSwitch",
  "lowerPort",
  "lowerModule",
  "cable",
  "upperModule",
  "upperPort",
  "lowerLane",
  "upperLane",
] as const;

/**
 * One JSON document in pieces, so that a fabric of two million parts need not be one string. Every column of `parts`
 * and `links` is an array of equal length; indices count from 0. Switches are listed by name in `switchNames`; servers are
 * numbered, unless the fabric was read in with `names` of its own. `import/fabric-json.ts` reads it back.
 */
export function* fabricJson(fabric: Fabric): Generator<string> {
  const { parts, links, switches } = fabric;
  const head = {
    format: "twinspine-fabric",
    version: fabricJsonVersion,
    name: fabric.name,
    servers: fabric.serverCount,
    gpusPerServer: fabric.gpusPerServer,
    railsPerServer: fabric.railsPerServer,
    linksPerEndpoint: fabric.linksPerEndpoint,
    nicsPerEndpoint: fabric.nicsPerEndpoint,
    partKinds,
    stages,
    models: fabric.models.map((model) => ({ kind: model.kind, model: model.model })),
    planes: fabric.planes.map(({ assemblies, ...plane }) => ({
      ...plane,
      links: assemblies.map((assembly) => (assembly === undefined ? null : assemblyJson(assembly))),
    })),
    sharedRisks: fabric.sharedRisks.map((risk) => ({ ...risk, members: [...risk.members] })),
    ...(fabric.names === undefined ? {} : { names: namesJson(fabric.names) }),
    ...(fabric.origin === undefined ? {} : { origin: fabric.origin }),
  };
  yield `${JSON.stringify(head).slice(0, -1)},\n"switches":{`;
  yield* columns({
    part: switches.part,
    plane: switches.plane,
    tier: switches.tier,
    ordinal: switches.ordinal,
    pod: switches.pod,
  });
  yield `},\n"switchNames":${JSON.stringify(Array.from(switches.part, (part) => partName(fabric, part)))},\n"parts":{`;
  yield* columns({
    kind: parts.kind,
    stage: parts.stage,
    model: parts.model,
    owner: parts.owner,
    ordinal: parts.ordinal,
  });
  yield '},\n"links":{';
  yield* columns(Object.fromEntries(linkColumns.map((name) => [name, links[name]])));
  yield '},\n"accessLink":';
  yield* column(fabric.accessLink);
  yield "}\n";
}

/** Parts by model; a plug of a captive cable by the side of the cable that it is. */
function assemblyJson(assembly: LinkAssembly) {
  const { cable, nearModule, farModule, nearPlug, farPlug } = assembly;
  const sideOf = (plug: CableEnd | undefined) =>
    plug === undefined || cable.kind === "fibre" ? null : plug === cable.trunk ? "trunk" : "branch";
  return {
    speedGbps: assembly.speedGbps,
    lengthM: assembly.lengthM,
    cable: cable.model,
    lowerModule: nearModule?.model ?? null,
    upperModule: farModule?.model ?? null,
    lowerPlug: sideOf(nearPlug),
    upperPlug: sideOf(farPlug),
    lowerLinksPerCage: assembly.nearLinksPerCage,
    upperLinksPerCage: assembly.farLinksPerCage,
    linksPerCable: assembly.linksPerCable,
    trunkSide: assembly.trunkSide,
  };
}

function namesJson({ servers, switches, ports }: GivenNames) {
  return { servers, switches, portParts: [...ports.keys()], portLabels: [...ports.values()] };
}

type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

function* columns(table: Readonly<Record<string, Column>>): Generator<string> {
  let first = true;
  for (const [name, values] of Object.entries(table)) {
    yield `${first ? "" : ",\n"}${JSON.stringify(name)}:`;
    yield* column(values);
    first = false;
  }
}

const pieceLength = 65_536;

function* column(values: Column): Generator<string> {
  yield "[";
  for (let start = 0; start < values.length; start += pieceLength) {
    yield `${start === 0 ? "" : ","}${values.subarray(start, start + pieceLength).join(",")}`;
  }
  yield "]";
}
