/** containerlab: one topology with FRR on every node, one with SONiC on the switches, and the configurations of both. */

import { userError } from "../../../base/diagnostics.ts";
import { addressText } from "../../network/addresses.ts";
import { hostName } from "../../network/interface-names.ts";
import {
  type End,
  interfaceName,
  type NetworkNode,
  type NetworkPlan,
  networkNode,
  nodeOfLink,
} from "../../network/network-plan.ts";
import { type Exported, type ExportedFile, type ExportFormat, type ExportInput, lazy, lazyPieces } from "../format.ts";
import { type FrrSettings, frrConfig } from "../frr/config.ts";
import { frr } from "../frr/frr.ts";
import { bfdTimers } from "../frr/settings.ts";
import { ethernetPlan } from "../networks.ts";
import { configDb } from "../sonic/config-db.ts";
import { type LabNode, topologyText } from "./topology-text.ts";

export const containerlab: ExportFormat = {
  name: "containerlab",
  writes:
    "frr.clab.yml (FRR everywhere), sonic.clab.yml (SONiC-VS switches, FRR servers) and the nodes' configurations",
  checkedBy: "the part of containerlab's published JSON Schema that they use, restated; vtysh -C",
  make: exportContainerlab,
};

/** Containers of one host; larger labs are spread by hand. */
const nodesMax = 1_000;
/** Images: FRR as its project publishes it, SONiC as its build names it. */
const frrImage = "quay.io/frrouting/frr:10.0.1";
const sonicImage = "docker-sonic-vs:latest";
/** Ports of SONiC-VS as it starts without a profile of its own: Ethernet0, Ethernet4, ... behind eth1, eth2, ... */
const sonicPortsMax = 32;
const sonicPortStep = 4;

function exportContainerlab(input: ExportInput): Exported {
  const { cluster, fabric } = input;
  const plan = ethernetPlan(fabric, "containerlab");
  if (plan.nodes.length > nodesMax) {
    throw userError(
      "export/too-large",
      `${plan.nodes.length} nodes are more than the ${nodesMax} containers that containerlab is asked for`,
      "Export a smaller cluster of the same shape, or use twinspine lab.",
    );
  }
  const inner = frr.make(input);
  const settings = { switching: cluster.switching, timers: bfdTimers(cluster.switching).timers };
  const name = hostName(cluster.name).toLowerCase();
  const nodes = plan.nodes.map((number) => networkNode(plan, number));
  const frrNodes = nodes.map((node) => frrNode(plan, node));
  const files: ExportedFile[] = [
    {
      name: "frr.clab.yml",
      content: lazyPieces(() =>
        topologyText({
          name,
          images: { linux: frrImage },
          nodes: frrNodes,
          links: linksOf(plan, (link, end) => interfaceName(plan, link, end)),
        }),
      ),
    },
    ...inner.files.filter(({ name: file }) => file.includes("/")),
  ];
  const crowded = nodes.find(({ kind, interfaces }) => kind === "switch" && interfaces.length > sonicPortsMax);
  const remarks = [...inner.remarks];
  if (crowded === undefined) files.push(...sonicFiles(plan, nodes, settings, name));
  else {
    remarks.push({
      code: "export/too-large",
      severity: "warning",
      message: `${crowded.name} has ${crowded.interfaces.length} links and SONiC-VS ${sonicPortsMax} ports: sonic.clab.yml is not written`,
      remedy: "Use frr.clab.yml, or a smaller cluster.",
    });
  }
  return { files, remarks };
}

function groupOf(plan: NetworkPlan, node: NetworkNode): string {
  if (node.kind === "host") return "host";
  const { fabric } = plan;
  const index = node.node - fabric.serverCount;
  return fabric.planes[fabric.switches.plane[index]!]!.tierNames[fabric.switches.tier[index]! as 0 | 1 | 2];
}

function frrNode(plan: NetworkPlan, node: NetworkNode): LabNode {
  return {
    name: node.name,
    kind: "linux",
    group: groupOf(plan, node),
    binds: [
      `${node.name}/frr.conf:/etc/frr/frr.conf`,
      `${node.name}/daemons:/etc/frr/daemons`,
      `${node.name}/sysctl.conf:/etc/sysctl.d/90-twinspine.conf`,
    ],
    exec: ["touch /etc/frr/vtysh.conf", "sysctl -p /etc/sysctl.d/90-twinspine.conf"],
  };
}

function* linksOf(plan: NetworkPlan, nameOf: (link: number, end: End) => string): Generator<readonly [string, string]> {
  const { fabric, names } = plan;
  const at = (link: number, end: End) => `${names[nodeOfLink(fabric, link, end)]!}:${nameOf(link, end)}`;
  for (const link of plan.links) yield [at(link, "lower"), at(link, "upper")];
}

/** Switches take their ports in the order of their links: eth1 on the outside, Ethernet0 within. */
function sonicFiles(
  plan: NetworkPlan,
  nodes: readonly NetworkNode[],
  settings: FrrSettings,
  name: string,
): ExportedFile[] {
  const switches = nodes.filter(({ kind }) => kind === "switch");
  const position = new Map(
    switches.flatMap(({ interfaces }) =>
      interfaces.map((each, index): [string, number] => [`${each.link} ${each.end}`, index]),
    ),
  );
  const outside = (link: number, end: End) => {
    const index = position.get(`${link} ${end}`);
    return index === undefined ? interfaceName(plan, link, end) : `eth${index + 1}`;
  };
  const within = (link: number, end: End) => `Ethernet${position.get(`${link} ${end}`)! * sonicPortStep}`;
  const labNodes = nodes.map((node) => (node.kind === "host" ? frrNode(plan, node) : sonicNode(plan, node)));
  const topology: ExportedFile = {
    name: "sonic.clab.yml",
    content: lazyPieces(() =>
      topologyText({
        name: `${name}-sonic`,
        images: { linux: frrImage, "sonic-vs": sonicImage },
        nodes: labNodes,
        links: linksOf(plan, outside),
      }),
    ),
  };
  return [
    topology,
    ...switches.flatMap((node): ExportedFile[] => [
      {
        name: `${node.name}/sonic/config_db.json`,
        content: lazy(() => {
          const tables = configDb(node, ({ link, end }) => within(link, end));
          return `${JSON.stringify(tables, null, 2)}\n`;
        }),
      },
      {
        name: `${node.name}/sonic/frr.conf`,
        content: lazy(() =>
          frrConfig(plan, node, settings, { nameOf: ({ link, end }) => within(link, end), loopback: false }),
        ),
      },
    ]),
  ];
}

function sonicNode(plan: NetworkPlan, node: NetworkNode): LabNode {
  return {
    name: node.name,
    kind: "sonic-vs",
    group: groupOf(plan, node),
    binds: [
      `${node.name}/sonic/config_db.json:/etc/sonic/twinspine.json`,
      `${node.name}/sonic/frr.conf:/etc/frr/twinspine.conf`,
    ],
    // SONiC-VS starts zebra and bgpd itself; the address is set directly too, for images without the interface manager.
    exec: [
      "sonic-cfggen -j /etc/sonic/twinspine.json --write-to-db",
      `ip address replace ${addressText(node.routerId)}/32 dev lo`,
      "/usr/lib/frr/bfdd -d -A 127.0.0.1",
      "vtysh -f /etc/frr/twinspine.conf",
    ],
  };
}
