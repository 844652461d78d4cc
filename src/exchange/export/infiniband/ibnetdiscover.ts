/** A subnet as ibnetdiscover prints it. */

import { guidText } from "./identifiers.ts";
import type { SubnetNode, SubnetPort } from "./subnet.ts";

/** Mellanox, as `vendid`. */
const vendorId = "0x2c9";

/** One record a node, switches first, with a blank line between records. */
export function* ibnetdiscoverText(nodes: readonly SubnetNode[]): Generator<string> {
  yield "#\n# Topology file: a design, not a discovery; GUIDs and LIDs are placeholders\n#\n\n";
  for (const node of nodes) yield `${(node.kind === "switch" ? switchRecord : adapterRecord)(node).join("\n")}\n\n`;
}

function head(node: SubnetNode): string[] {
  return [
    `vendid=${vendorId}`,
    `devid=0x${(node.deviceId ?? 0).toString(16)}`,
    `sysimgguid=0x${node.systemGuid.toString(16)}`,
  ];
}

function idOf({ kind, guid }: SubnetNode): string {
  return `${kind === "switch" ? "S" : "H"}-${guidText(guid)}`;
}

function switchRecord(node: SubnetNode): string[] {
  const guid = node.guid.toString(16);
  return [
    ...head(node),
    `switchguid=0x${guid}(${guid})`,
    `Switch\t${node.portCount} "${idOf(node)}"\t\t# "${node.description}" enhanced port 0 lid ${node.lid} lmc 0`,
    ...node.ports.map((port) => `[${port.number}]\t${far(port)} \t\t# "${port.peer.description}" ${endOf(port)}`),
  ];
}

function adapterRecord(node: SubnetNode): string[] {
  return [
    ...head(node),
    `caguid=0x${node.guid.toString(16)}`,
    `Ca\t${node.portCount} "${idOf(node)}"\t\t# "${node.description}"`,
    ...node.ports.map(
      (port) =>
        `[${port.number}](${port.guid.toString(16)}) \t${far(port)}\t\t# lid ${port.lid} lmc 0 "${port.peer.description}" ${endOf(port)}`,
    ),
  ];
}

/** `"S-..."[7]`; the port of an adapter with its GUID. */
function far({ peer, peerPort }: SubnetPort): string {
  const guid = peer.kind === "adapter" ? `(${peer.ports[0]!.guid.toString(16)})` : "";
  return `"${idOf(peer)}"[${peerPort}]${guid}`;
}

function endOf({ peer, speed }: SubnetPort): string {
  return `lid ${peer.lid} ${speed}`;
}
