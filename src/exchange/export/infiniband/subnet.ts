/** One InfiniBand plane as a subnet: nodes with their identifiers and numbered ports. */

import { userError } from "../../../base/diagnostics.ts";
import type { NicModel, SwitchModel } from "../../../catalog/types.ts";
import type { Fabric } from "../../../fabric/index.ts";
import { hostInterfaceName } from "../../network/interface-names.ts";
import { modelOf } from "../../network/models.ts";
import { type End, type NetworkPlan, nodeOfLink, planNetwork } from "../../network/network-plan.ts";
import { adapterGuid, boardGuid, lidMax, portGuid, switchGuid } from "./identifiers.ts";
import { numberPorts } from "./port-numbers.ts";
import { linkSpeedText } from "./speed.ts";

/** A port with a link. */
export interface SubnetPort {
  readonly number: number;
  readonly guid: bigint;
  readonly lid: number;
  readonly peer: SubnetNode;
  readonly peerPort: number;
  /** `4xHDR`. */
  readonly speed: string;
}

export interface SubnetNode {
  readonly kind: "switch" | "adapter";
  readonly guid: bigint;
  /** GUID of the box or board. */
  readonly systemGuid: bigint;
  /** Device identifier of the model, undefined where it is not known. */
  readonly deviceId: number | undefined;
  readonly description: string;
  /** All ports, linked or not. */
  readonly portCount: number;
  readonly lid: number;
  /** Switch tier; -1 for adapters. */
  readonly tier: number;
  /** Linked ports, ascending. */
  readonly ports: SubnetPort[];
}

/** PCI device identifiers of what speaks InfiniBand, by model (the pci.ids list, vendor 15b3). */
const deviceIds: Readonly<Record<string, number>> = {
  QM8700: 0xd2f0,
  QM9700: 0xd2f2,
  Q3400: 0xd2f4,
  "ConnectX-6 1x200G": 0x101b,
  "ConnectX-6 2x200G": 0x101b,
  "ConnectX-7 1x400G OSFP": 0x1021,
  "ConnectX-7 1x400G QSFP112": 0x1021,
  "ConnectX-7 2x200G": 0x1021,
  "ConnectX-7 2x400G twin": 0x1021,
  "ConnectX-8 1x800G": 0x1023,
  "BlueField-3 1x400G": 0xa2dc,
  "BlueField-3 2x200G": 0xa2dc,
};

/** Switches in the order of the fabric, then adapters in the order of their links. Throws `export/too-large`. */
export function subnetOf(fabric: Fabric, plane: number): SubnetNode[] {
  const plan = planNetwork(fabric, "infiniband");
  const { switches, links } = fabric;
  const own = Array.from(plan.links).filter((link) => links.plane[link] === plane);
  const numbering = numberPorts(plan, own);
  const nodes = new Map<string, SubnetNode>();
  let lid = 0;
  for (let index = 0; index < switches.count; index++) {
    if (switches.plane[index] !== plane) continue;
    nodes.set(`switch ${index}`, switchNode(plan, index, numbering.countOf(index), ++lid));
  }
  for (const link of own) {
    if (links.lowerSwitch[link]! >= 0) continue;
    const key = `adapter ${links.lowerPort[link]!}`;
    if (!nodes.has(key)) nodes.set(key, adapterNode(plan, link, ++lid));
  }
  if (lid > lidMax) {
    throw userError(
      "export/too-large",
      `plane ${fabric.planes[plane]!.name} needs ${lid} LIDs; an InfiniBand subnet has ${lidMax}`,
      "Split the plane into subnets, or use fewer servers.",
    );
  }
  for (const link of own) {
    const [lower, upper] = (["lower", "upper"] as const).map((end) => nodes.get(keyOf(fabric, link, end))!);
    const numbers = { lower: numbering.numberOf(link, "lower"), upper: numbering.numberOf(link, "upper") };
    const speed = linkSpeedText(links.speedGbps[link]!, laneOf(fabric, link));
    lower!.ports.push({ ...portOf(lower!, numbers.lower), peer: upper!, peerPort: numbers.upper, speed });
    upper!.ports.push({ ...portOf(upper!, numbers.upper), peer: lower!, peerPort: numbers.lower, speed });
  }
  for (const { ports } of nodes.values()) ports.sort((left, right) => left.number - right.number);
  return [...nodes.values()];
}

function keyOf({ links }: Fabric, link: number, end: End): string {
  if (end === "upper") return `switch ${links.upperSwitch[link]!}`;
  const lower = links.lowerSwitch[link]!;
  return lower >= 0 ? `switch ${lower}` : `adapter ${links.lowerPort[link]!}`;
}

function portOf(node: SubnetNode, number: number): Pick<SubnetPort, "number" | "guid" | "lid"> {
  return { number, guid: node.kind === "switch" ? node.guid : portGuid(node.guid), lid: node.lid };
}

function switchNode({ fabric, names }: NetworkPlan, index: number, portCount: number, lid: number): SubnetNode {
  const guid = switchGuid(index);
  const model = modelOf(fabric, fabric.switches.part[index]!);
  return {
    kind: "switch",
    guid,
    systemGuid: guid,
    deviceId: deviceIds[model?.model ?? ""],
    description: names[fabric.serverCount + index]!,
    portCount,
    lid,
    tier: fabric.switches.tier[index]!,
    ports: [],
  };
}

/** A port of a NIC is an adapter of its own, as ConnectX-6 and later show themselves; the board's GUID joins them. */
function adapterNode(plan: NetworkPlan, link: number, lid: number): SubnetNode {
  const { fabric, names } = plan;
  const { parts, links } = fabric;
  const port = links.lowerPort[link]!;
  const nic = parts.owner[port]!;
  const server = names[nodeOfLink(fabric, link, "lower")]!;
  return {
    kind: "adapter",
    guid: adapterGuid(nic, parts.ordinal[port]!),
    systemGuid: boardGuid(nic),
    deviceId: deviceIds[modelOf(fabric, nic)?.model ?? ""],
    description: `${server} ${hostInterfaceName(fabric, parts.ordinal[nic]!, parts.ordinal[port]!)}`,
    portCount: 1,
    lid,
    tier: -1,
    ports: [],
  };
}

/** The fastest lane that both ends have; undefined where a model is not known. */
function laneOf(fabric: Fabric, link: number): number | undefined {
  const { links, parts, switches } = fabric;
  const lower =
    links.lowerSwitch[link]! >= 0 ? switches.part[links.lowerSwitch[link]!]! : parts.owner[links.lowerPort[link]!]!;
  const lanes = [lower, switches.part[links.upperSwitch[link]!]!].map(
    (part) => (modelOf(fabric, part) as SwitchModel | NicModel | undefined)?.laneGbps,
  );
  if (lanes.includes(undefined)) return undefined;
  return Math.min(...(lanes as number[]));
}
