/** Cables with both ends, as installers, inventories and labels need them. */

import { type Fabric, partName, switchName } from "../../fabric/index.ts";
import { modelOf } from "../network/models.ts";

const tierLabels = ["access", "leaf-spine", "spine-core"] as const;
const treeLabels = ["access", "aggregation", "core"] as const;

export interface CableEnd {
  readonly device: string;
  readonly port: string;
  /** Lane group from 1; `1-2` at the trunk of a splitter. */
  readonly lane: string;
  readonly module: string;
}

/** A cable: one row of the cabling plan. */
export interface CableRow {
  /** `C001`, in the order of the links. */
  readonly name: string;
  readonly plane: string;
  readonly tier: string;
  /** Of all links in it together, in Gbps. */
  readonly speedGbps: number;
  /** Model; empty where it is not known. */
  readonly model: string;
  /** Undefined where it is not known. */
  readonly lengthM: number | undefined;
  /** Ends at the lower device (server, leaf, spine): one, or one for each branch of a splitter. */
  readonly lowers: readonly CableEnd[];
  readonly uppers: readonly CableEnd[];
  /** Link indices. */
  readonly links: readonly number[];
}

/** All cables, in the order of their first links. */
export function* cableRows(fabric: Fabric): Generator<CableRow> {
  const { links } = fabric;
  const cables = linksByCable(fabric);
  for (const [number, members] of cables.entries()) {
    const first = members[0]!;
    const plane = fabric.planes[links.plane[first]!]!;
    const labels = plane.topology === "tree" ? treeLabels : tierLabels;
    yield {
      name: `C${String(number + 1).padStart(String(cables.length).length, "0")}`,
      plane: plane.name,
      tier: labels[links.tier[first]!]!,
      speedGbps: links.speedGbps[first]! * members.length,
      model: modelName(fabric, links.cable[first]!),
      lengthM: plane.assemblies[links.tier[first]!]?.lengthM,
      lowers: byPort(members.map((link) => lowerEnd(fabric, link))),
      uppers: byPort(members.map((link) => upperEnd(fabric, link))),
      links: members,
    };
  }
}

/** `device:port.lane`, as it stands on the label. */
export function endText({ device, port, lane }: CableEnd): string {
  return `${device}:${port}.${lane}`;
}

/** Links grouped by the cable that they share, in the order of the links. */
function linksByCable(fabric: Fabric): number[][] {
  const { links } = fabric;
  const groupOf = new Int32Array(fabric.parts.count).fill(-1);
  const groups: number[][] = [];
  for (let link = 0; link < links.count; link++) {
    const cable = links.cable[link]!;
    const group = groupOf[cable]!;
    if (group >= 0) groups[group]!.push(link);
    else groupOf[cable] = groups.push([link]) - 1;
  }
  return groups;
}

function lowerEnd(fabric: Fabric, link: number): CableEnd {
  const { links, parts } = fabric;
  const port = links.lowerPort[link]!;
  const name = partName(fabric, port);
  const slash = name.indexOf("/");
  return {
    device: name.slice(0, slash),
    port: name.slice(slash + 1),
    lane: String(links.lowerLane[link]),
    module:
      modelName(fabric, links.lowerModule[link]!) + (parts.owner[links.lowerModule[link]!] === port ? "" : " (shared)"),
  };
}

function upperEnd(fabric: Fabric, link: number): CableEnd {
  const { links, parts } = fabric;
  return {
    device: switchName(fabric, links.upperSwitch[link]!),
    port: `cage-${parts.ordinal[links.upperPort[link]!]}`,
    lane: String(links.upperLane[link]),
    module: modelName(fabric, links.upperModule[link]!),
  };
}

function modelName(fabric: Fabric, part: number): string {
  return modelOf(fabric, part)?.model ?? "";
}

/** One end for each port: the links of a trunk end share it, with their lanes as `1-2`. */
function byPort(ends: readonly CableEnd[]): CableEnd[] {
  const merged = new Map<string, CableEnd>();
  for (const end of ends) {
    const key = `${end.device}/${end.port}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? end : { ...before, lane: `${before.lane.split("-")[0]}-${end.lane}` });
  }
  return [...merged.values()];
}
