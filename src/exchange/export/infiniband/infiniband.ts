/** InfiniBand: one subnet a plane, as ibnetdiscover prints it, and what OpenSM needs to route it. */

import type { Fabric } from "../../../fabric/index.ts";
import { type Exported, type ExportedFile, type ExportFormat, type ExportInput, lazy, lazyPieces } from "../format.ts";
import { otherNetworks, requireNetwork } from "../networks.ts";
import { ibnetdiscoverText } from "./ibnetdiscover.ts";
import { guidText } from "./identifiers.ts";
import { opensmConfig } from "./opensm.ts";
import { type SubnetNode, subnetOf } from "./subnet.ts";

export const infiniband: ExportFormat = {
  name: "infiniband",
  writes: "a folder a plane: topology.ibnetdiscover, opensm.conf, root-guids.conf, compute-guids.conf, node-names.map",
  checkedBy: "ibsim loads the topology, OpenSM routes it with ftree",
  make: exportInfiniband,
};

function exportInfiniband({ fabric }: ExportInput): Exported {
  requireNetwork(fabric, "infiniband", "infiniband");
  const planes = fabric.planes.flatMap((plane, index) => (plane.network === "infiniband" ? [index] : []));
  return {
    files: planes.flatMap((plane, subnet) => filesOf(fabric, plane, subnet)),
    remarks: otherNetworks(fabric, "infiniband"),
  };
}

function filesOf(fabric: Fabric, plane: number, subnet: number): ExportedFile[] {
  const nodes = subnetOf(fabric, plane);
  const folder = `plane-${fabric.planes[plane]!.name}`;
  const top = Math.max(...nodes.map(({ tier }) => tier));
  const roots = nodes.filter((node) => node.kind === "switch" && node.tier === top);
  const ports = nodes.filter(({ kind }) => kind === "adapter").flatMap((node) => node.ports);
  const lines = (values: readonly string[]) => lazy(() => values.map((each) => `${each}\n`).join(""));
  return [
    { name: `${folder}/topology.ibnetdiscover`, content: lazyPieces(() => ibnetdiscoverText(nodes)) },
    { name: `${folder}/opensm.conf`, content: lazy(() => opensmConfig(folder, subnet)) },
    { name: `${folder}/root-guids.conf`, content: lines(roots.map(({ guid }) => `0x${guidText(guid)}`)) },
    { name: `${folder}/compute-guids.conf`, content: lines(ports.map(({ guid }) => `0x${guidText(guid)}`)) },
    { name: `${folder}/node-names.map`, content: lines(nodes.map(nodeNameLine)) },
  ];
}

function nodeNameLine({ guid, description }: SubnetNode): string {
  return `0x${guidText(guid)} "${description}"`;
}
