/** FRR: a folder for each node with what belongs into /etc/frr, and the tables of nodes and links. */

import { userError } from "../../../base/diagnostics.ts";
import { csvLine } from "../../csv.ts";
import { addressText } from "../../network/addresses.ts";
import { interfaceName, type NetworkPlan, networkNode, nodeOfLink } from "../../network/network-plan.ts";
import { type Exported, type ExportedFile, type ExportFormat, type ExportInput, lazy, lazyPieces } from "../format.ts";
import { ethernetPlan, otherNetworks } from "../networks.ts";
import { frrConfig } from "./config.ts";
import { bfdTimers, modeRemarks } from "./settings.ts";

/** Nodes of one export: three files each. */
const nodesMax = 50_000;

export const frr: ExportFormat = {
  name: "frr",
  writes: "frr.conf, daemons and sysctl.conf for every switch and server; nodes.csv, links.csv",
  checkedBy: "vtysh -C of FRR; the lab runs them",
  make: exportFrr,
};

function exportFrr({ cluster, fabric }: ExportInput): Exported {
  const plan = ethernetPlan(fabric, "frr");
  if (plan.nodes.length > nodesMax) {
    throw userError(
      "export/too-large",
      `${plan.nodes.length} nodes would need a folder each; frr takes at most ${nodesMax}`,
      "Export a smaller cluster: the configurations of equal nodes differ in their addresses alone.",
    );
  }
  const { timers, remarks } = bfdTimers(cluster.switching);
  const settings = { switching: cluster.switching, timers };
  const files = plan.nodes.flatMap((number): ExportedFile[] => {
    const folder = plan.names[number]!;
    return [
      { name: `${folder}/frr.conf`, content: lazy(() => frrConfig(plan, networkNode(plan, number), settings)) },
      { name: `${folder}/daemons`, content: [daemons] },
      { name: `${folder}/sysctl.conf`, content: [number < fabric.serverCount ? hostSysctl : switchSysctl] },
    ];
  });
  return {
    files: [
      ...files,
      { name: "nodes.csv", content: lazyPieces(() => nodesCsv(plan)) },
      { name: "links.csv", content: lazyPieces(() => linksCsv(plan)) },
    ],
    remarks: [...otherNetworks(fabric, "ethernet"), ...remarks, ...modeRemarks(cluster.switching)],
  };
}

function* nodesCsv(plan: NetworkPlan): Generator<string> {
  yield `${csvLine(["node", "kind", "autonomous_system", "router_id", "loopbacks"])}\n`;
  for (const number of plan.nodes) {
    const { name, kind, autonomousSystem, routerId, railAddresses } = networkNode(plan, number);
    const loopbacks = railAddresses.map(({ rail, scope, address }) =>
      scope === 0
        ? `rail-${rail + 1}=${addressText(address)}`
        : `rail-${rail + 1}-link-${scope}=${addressText(address)}`,
    );
    yield `${csvLine([name, kind, autonomousSystem, addressText(routerId), loopbacks.join(" ")])}\n`;
  }
}

function* linksCsv(plan: NetworkPlan): Generator<string> {
  const { fabric, names } = plan;
  yield `${csvLine(["a_node", "a_interface", "b_node", "b_interface", "speed_gbps"])}\n`;
  for (const link of plan.links) {
    const ends = (["lower", "upper"] as const).flatMap((end) => [
      names[nodeOfLink(fabric, link, end)]!,
      interfaceName(plan, link, end),
    ]);
    yield `${csvLine([...ends, fabric.links.speedGbps[link]!])}\n`;
  }
}

/** Which daemons run, in the form of Debian's and FRR's own packages. */
const daemons = `bgpd=yes
bfdd=yes
ospfd=no
ospf6d=no
ripd=no
ripngd=no
isisd=no
pimd=no
ldpd=no
nhrpd=no
eigrpd=no
babeld=no
sharpd=no
pbrd=no
fabricd=no
vrrpd=no
pathd=no
vtysh_enable=yes
zebra_options="  -A 127.0.0.1 -s 90000000"
bgpd_options="   -A 127.0.0.1"
bfdd_options="   -A 127.0.0.1"
staticd_options="-A 127.0.0.1"
`;

const commonSysctl = `net.ipv4.conf.all.rp_filter=0
net.ipv4.conf.default.rp_filter=0
net.ipv4.conf.all.ignore_routes_with_linkdown=1
net.ipv4.conf.default.ignore_routes_with_linkdown=1
net.ipv6.conf.all.ignore_routes_with_linkdown=1
net.ipv6.conf.default.ignore_routes_with_linkdown=1
net.ipv4.fib_multipath_hash_policy=1
net.ipv6.conf.all.disable_ipv6=0
net.ipv6.conf.default.disable_ipv6=0
`;
const switchSysctl = `net.ipv4.ip_forward=1
net.ipv6.conf.all.forwarding=1
${commonSysctl}`;
/** A server carries no traffic of others. */
const hostSysctl = `net.ipv4.ip_forward=0
net.ipv6.conf.all.forwarding=0
net.ipv6.conf.all.accept_ra=0
net.ipv6.conf.default.accept_ra=0
${commonSysctl}`;
