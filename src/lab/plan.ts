/** The lab as data: which namespaces, which veth pairs, which rates. Pure; run/ carries it out. */

import { userError } from "../base/diagnostics.ts";
import type { Cluster, SwitchingSettings } from "../cluster/types.ts";
import { frr } from "../exchange/export/frr/frr.ts";
import { type AddressScope, addressText } from "../exchange/network/addresses.ts";
import {
  type End,
  interfaceName,
  type NetworkPlan,
  networkNode,
  nodeOfLink,
  planNetwork,
} from "../exchange/network/network-plan.ts";
import type { Fabric } from "../fabric/index.ts";
import { partOfFabric } from "./part-of-fabric.ts";
import { namespaceOf } from "./places.ts";

export interface LabAddress {
  readonly rail: number;
  readonly scope: AddressScope;
  readonly address: string;
  /** The interface of that one link; undefined for scope 0. */
  readonly interface: string | undefined;
}

export interface LabNode {
  /** Number of the node in the fabric's network plan: servers first, then switches. */
  readonly node: number;
  readonly name: string;
  readonly namespace: string;
  readonly kind: "host" | "switch";
  /** Loopback addresses of a host: of each rail over both links (scope 0), over link 1 or 2 alone. */
  readonly addresses: readonly LabAddress[];
}

export interface LabEnd {
  /** Node number, as in {@link LabNode.node}. */
  readonly node: number;
  readonly interface: string;
}

export interface LabLink {
  /** Index into the fabric's links. */
  readonly link: number;
  readonly lower: LabEnd;
  readonly upper: LabEnd;
  readonly speedGbps: number;
  /** What HTB lets through in each direction. */
  readonly rateMbps: number;
}

export interface LabPlan {
  readonly id: string;
  readonly cluster: string;
  readonly nodes: readonly LabNode[];
  readonly links: readonly LabLink[];
  /** The command that runs twinspine, when agents run on the servers. */
  readonly agent?: readonly string[];
  /** How large the fabric is of which this is a part, or the whole. */
  readonly whole: { readonly nodes: number; readonly links: number };
}

export interface LabWish {
  readonly id: string;
  /** Nodes the lab may have; a larger fabric is run in part. */
  readonly nodesMax: number;
  /** Links it may have beyond those of its smallest part. Default: any number. */
  readonly linksMax?: number;
  /** The command that runs twinspine: agents shall run on the servers. */
  readonly agent?: readonly string[] | undefined;
  /** Rate of the lab's fastest link; slower ones in proportion. */
  readonly fastestMbps: number;
}

/** What a lab runs: the plan, the settings that agents take, and the files of each node as `export --to frr` writes them. */
export interface LabInput {
  readonly switching: SwitchingSettings;
  readonly plan: LabPlan;
  readonly files: readonly { readonly node: number; readonly frrConf: string; readonly sysctl: string }[];
}

const rateMbpsMin = 1;
const ends: readonly End[] = ["lower", "upper"];

/** Throws a `UserError` when the fabric has no Ethernet. */
export function planLab(cluster: Cluster, fabric: Fabric, wish: LabWish): LabInput {
  const exported = new Map(frr.make({ cluster, fabric }).files.map(({ name, content }) => [name, content]));
  const network = planNetwork(fabric);
  const chosen = partOfFabric(network, wish.nodesMax, wish.linksMax);
  const inLab = new Set(chosen);
  const links = [...network.links].filter(
    (link) => inLab.has(nodeOfLink(fabric, link, "lower")) && inLab.has(nodeOfLink(fabric, link, "upper")),
  );
  if (links.length === 0)
    throw userError("lab/plan", "no link is left in this part of the fabric", "Give --nodes a larger number.");
  const fastestGbps = Math.max(...links.map((link) => fabric.links.speedGbps[link]!));
  const inPlan = new Set(
    links.flatMap((link) =>
      ends.map((which) => `${nodeOfLink(fabric, link, which)} ${interfaceName(network, link, which)}`),
    ),
  );
  const textOf = (name: string) => [...(exported.get(name) ?? [])].join("");
  return {
    switching: cluster.switching,
    plan: {
      id: wish.id,
      cluster: cluster.name,
      ...(wish.agent === undefined ? {} : { agent: wish.agent }),
      nodes: chosen.map((node) => labNode(network, wish.id, node, (name) => inPlan.has(`${node} ${name}`))),
      links: links.map((link) => {
        const speedGbps = fabric.links.speedGbps[link]!;
        const rateMbps = Math.max(rateMbpsMin, (speedGbps / fastestGbps) * wish.fastestMbps);
        return { link, lower: end(network, link, "lower"), upper: end(network, link, "upper"), speedGbps, rateMbps };
      }),
      whole: { nodes: network.nodes.length, links: network.links.length },
    },
    files: chosen.map((node) => ({
      node,
      frrConf: textOf(`${network.names[node]}/frr.conf`),
      sysctl: textOf(`${network.names[node]}/sysctl.conf`),
    })),
  };
}

/** A rail without a link in the lab has no address in it, though the configuration names one. */
function labNode(network: NetworkPlan, id: string, node: number, isThere: (name: string) => boolean): LabNode {
  const { name, kind, railAddresses, interfaces } = networkNode(network, node);
  const interfaceOf = (rail: number, scope: AddressScope) =>
    interfaces.find((each) => each.rail?.rail === rail && each.rail.side === scope - 1)?.name;
  const rails = new Set(interfaces.filter(({ name: each }) => isThere(each)).map((each) => each.rail?.rail));
  const addresses = railAddresses
    .map(
      ({ rail, scope, address }): LabAddress => ({
        rail,
        scope,
        address: addressText(address),
        interface: interfaceOf(rail, scope),
      }),
    )
    .filter(({ rail, interface: each }) => rails.has(rail) && (each === undefined || isThere(each)));
  return { node, name, namespace: namespaceOf(id, name), kind, addresses };
}

function end(network: NetworkPlan, link: number, which: End): LabEnd {
  return { node: nodeOfLink(network.fabric, link, which), interface: interfaceName(network, link, which) };
}
