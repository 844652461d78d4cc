/** The cabling plan: one row a cable, with both ends as the installer needs them. */

import { type Fabric, noModel, partName, switchName } from "../../fabric/index.ts";
import { csvLine } from "../csv.ts";

const header = [
  "cable",
  "plane",
  "tier",
  "speed_gbps",
  "part",
  "length_m",
  "a_device",
  "a_port",
  "a_lane",
  "a_module",
  "a_label",
  "b_device",
  "b_port",
  "b_lane",
  "b_module",
  "b_label",
] as const;

const tierLabels = ["access", "leaf-spine", "spine-core"] as const;
const treeLabels = ["access", "aggregation", "core"] as const;

interface End {
  readonly device: string;
  readonly port: string;
  readonly lane: string;
  readonly module: string;
}

/**
 * CSV with a header line, a piece a line. End a is the lower one (server, leaf, spine), end b the upper. The ends of a splitter's
 * branches share one row, parted by " + "; the lanes of its trunk read `1-2`. Labels read device:port.lane.
 */
export function* cablingCsv(fabric: Fabric): Generator<string> {
  const { links } = fabric;
  const cables = linksByCable(fabric);
  yield `${csvLine(header)}\n`;
  for (const [number, members] of cables.entries()) {
    const first = members[0]!;
    const plane = fabric.planes[links.plane[first]!]!;
    const labels = plane.topology === "tree" ? treeLabels : tierLabels;
    const lowers = byPort(members.map((link) => lowerEnd(fabric, link)));
    const uppers = byPort(members.map((link) => upperEnd(fabric, link)));
    const row = csvLine([
      `C${String(number + 1).padStart(String(cables.length).length, "0")}`,
      plane.name,
      labels[links.tier[first]!]!,
      links.speedGbps[first]! * members.length,
      modelName(fabric, links.cable[first]!),
      plane.assemblies[links.tier[first]!]?.lengthM ?? "",
      ...endCells(lowers),
      ...endCells(uppers),
    ]);
    yield `${row}\n`;
  }
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

function lowerEnd(fabric: Fabric, link: number): End {
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

function upperEnd(fabric: Fabric, link: number): End {
  const { links, parts } = fabric;
  return {
    device: switchName(fabric, links.upperSwitch[link]!),
    port: `cage-${parts.ordinal[links.upperPort[link]!]}`,
    lane: String(links.upperLane[link]),
    module: modelName(fabric, links.upperModule[link]!),
  };
}

function modelName(fabric: Fabric, part: number): string {
  const model = fabric.parts.model[part]!;
  return model === noModel ? "" : fabric.models[model]!.model;
}

/** One end for each port: the links of a trunk end share it, with their lanes as `1-2`. */
function byPort(ends: readonly End[]): End[] {
  const merged = new Map<string, End>();
  for (const end of ends) {
    const key = `${end.device}/${end.port}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? end : { ...before, lane: `${before.lane.split("-")[0]}-${end.lane}` });
  }
  return [...merged.values()];
}

function endCells(ends: readonly End[]): string[] {
  const join = (of: (end: End) => string) => (ends.length === 1 ? of(ends[0]!) : ends.map(of).join(" + "));
  return [
    join((end) => end.device),
    join((end) => end.port),
    join((end) => end.lane),
    join((end) => end.module),
    join((end) => `${end.device}:${end.port}.${end.lane}`),
  ];
}
