/** What is known of one part or link, in words for the panel. */

import { innerLabel, partName, switchName } from "../../../src/fabric/names.ts";
import { type Fabric, noModel, partKinds, stages } from "../../../src/fabric/types.ts";
import { formatLength, formatSpeed } from "../../../src/report/format.ts";

const kindWords: Record<string, string> = {
  server: "GPU server",
  nic: "NIC",
  "nic-port": "NIC port",
  module: "module",
  cable: "cable",
  cage: "switch port (cage)",
  switch: "switch",
  feed: "power feed",
  rack: "rack",
  "control-plane": "stacked control plane",
};

export function kindWord(fabric: Fabric, part: number): string {
  return kindWords[partKinds[fabric.parts.kind[part]!]!]!;
}

/** `access link`, `leaf switch`. */
export function stageWord(fabric: Fabric, part: number): string {
  return stages[fabric.parts.stage[part]!]!.replaceAll("-", " ");
}

/** Part number; empty where the part has none of its own. */
export function modelOf(fabric: Fabric, part: number): string {
  const model = fabric.parts.model[part]!;
  return model === noModel ? "" : (fabric.models[model]?.model ?? "");
}

/** Part of a link's chain, from the server's end (or the lower switch's) upwards. */
export interface ChainPart {
  readonly part: number;
  readonly kind: string;
  readonly label: string;
  readonly model: string;
}

/** Device, port, module, cable, module, port, device. */
export function chainOf(fabric: Fabric, link: number): ChainPart[] {
  const { links, parts, switches } = fabric;
  const low = links.lowerSwitch[link]!;
  const port = links.lowerPort[link]!;
  const near = low >= 0 ? [switches.part[low]!] : port < 0 ? [] : nearDevices(fabric, port);
  const middle = [port, links.lowerModule[link]!, links.cable[link]!, links.upperModule[link]!, links.upperPort[link]!];
  return [...near, ...middle, switches.part[links.upperSwitch[link]!]!]
    .filter((part) => part >= 0)
    .map((part) => ({
      part,
      kind: part === middle[2] ? "cable" : kindWord(fabric, part),
      label: parts.owner[part] === -1 ? partName(fabric, part) : innerLabel(fabric, part),
      model: modelOf(fabric, part),
    }));
}

function nearDevices({ parts }: Fabric, port: number): number[] {
  const nic = parts.owner[port]!;
  return nic < 0 ? [] : [parts.owner[nic]!, nic].filter((part) => part >= 0);
}

/** `srv-0001/nic-1 – leaf-a-01`. */
export function linkName(fabric: Fabric, link: number): string {
  const { links, parts } = fabric;
  const low = links.lowerSwitch[link]!;
  const port = links.lowerPort[link]!;
  const near =
    low >= 0
      ? switchName(fabric, low)
      : port < 0
        ? "server"
        : partName(fabric, parts.owner[port]! < 0 ? port : parts.owner[port]!);
  return `${near} – ${switchName(fabric, links.upperSwitch[link]!)}`;
}

/** Speed, and the length of the cable as bought where it is known. */
export function linkWords(fabric: Fabric, link: number): string {
  const { links, planes } = fabric;
  const plane = planes[links.plane[link]!]!;
  const assembly = plane.assemblies[links.tier[link] as 0 | 1 | 2];
  const length = assembly === undefined ? "" : `, ${formatLength(assembly.lengthM)}`;
  return `${formatSpeed(links.speedGbps[link]!)}${length}, plane ${plane.name}`;
}

/** Links of a switch: towards the servers, and away from them. */
export function linksOfSwitch({ links }: Fabric, index: number): { down: number[]; up: number[] } {
  const down: number[] = [];
  const up: number[] = [];
  for (let link = 0; link < links.count; link++) {
    if (links.upperSwitch[link] === index) down.push(link);
    else if (links.lowerSwitch[link] === index) up.push(link);
  }
  return { down, up };
}

/** Links of a server, by rail and side. */
export function linksOfServer({ accessLink, railsPerServer, linksPerEndpoint }: Fabric, server: number): number[] {
  const perServer = railsPerServer * linksPerEndpoint;
  return Array.from(accessLink.subarray(server * perServer, (server + 1) * perServer)).filter((link) => link >= 0);
}
