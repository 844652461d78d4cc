/** A fabric as a drawing: devices, or groups of them, with one edge for all links between two of them. */

import { type Fabric, serverName, switchName } from "../../../fabric/index.ts";
import { podsOf } from "../slurm/groups.ts";

export interface DrawnNode {
  /** `n1`, `n2`: in the order of the drawing, servers first. */
  readonly id: string;
  readonly lines: readonly string[];
  /** 0 servers, 1 leaves, 2 spines, 3 cores. */
  readonly rank: number;
  /** Plane of a switch; -1 for servers. */
  readonly plane: number;
}

export interface DrawnEdge {
  readonly from: DrawnNode;
  readonly to: DrawnNode;
  /** `4 x 400G`. */
  readonly label: string;
  /** Links together. */
  readonly count: number;
}

export interface Drawing {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
  /** What stands for one box: every device; servers that share leaves; also the switches of a tier and pod; of a tier. */
  readonly detail: "devices" | "server groups" | "pods" | "tiers";
}

/** In the finest detail that gives at most `edgesMax` edges; tiers have one for each two of a plane. */
export function drawingOf(fabric: Fabric, edgesMax: number): Drawing {
  if (fabric.serverCount <= edgesMax) {
    const whole = draw(fabric, eachServer(fabric), eachSwitch(fabric), "devices");
    if (whole.edges.length <= edgesMax) return whole;
  }
  const groups = serverGroups(fabric);
  const byServers = draw(fabric, groups, eachSwitch(fabric), "server groups");
  if (byServers.edges.length <= edgesMax) return byServers;
  const { pod, tier, plane } = fabric.switches;
  const byPods = draw(
    fabric,
    groups,
    switchGroups(fabric, (index) => `${plane[index]} ${tier[index]} ${pod[index]}`),
    "pods",
  );
  if (byPods.edges.length <= edgesMax) return byPods;
  return draw(
    fabric,
    [
      groupOf(
        fabric,
        groups.flatMap(({ servers }) => servers),
      ),
    ],
    switchGroups(fabric, (index) => `${plane[index]} ${tier[index]}`),
    "tiers",
  );
}

interface ServerNode {
  readonly servers: readonly number[];
  readonly lines: readonly string[];
}

function eachServer(fabric: Fabric): ServerNode[] {
  return Array.from({ length: fabric.serverCount }, (_, server) => ({
    servers: [server],
    lines: [serverName(fabric, server)],
  }));
}

function serverGroups(fabric: Fabric): ServerNode[] {
  return podsOf(fabric)
    .flatMap(({ groups }) => groups)
    .map(({ servers }) => groupOf(fabric, servers));
}

function groupOf(fabric: Fabric, servers: readonly number[]): ServerNode {
  return {
    servers,
    lines: linesOf(
      "servers",
      servers.map((server) => serverName(fabric, server)),
    ),
  };
}

/** A name, or how many and the first and last. */
function linesOf(kind: string, names: readonly string[]): string[] {
  return names.length === 1 ? [names[0]!] : [`${names.length} ${kind}`, `${names[0]!} - ${names.at(-1)!}`];
}

/** Switch indices of each box. */
type SwitchNodes = readonly (readonly number[])[];

function eachSwitch({ switches }: Fabric): SwitchNodes {
  return Array.from({ length: switches.count }, (_, index) => [index]);
}

function switchGroups({ switches }: Fabric, keyOf: (index: number) => string): SwitchNodes {
  const groups = new Map<string, number[]>();
  for (let index = 0; index < switches.count; index++) {
    const key = keyOf(index);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [index]);
    else known.push(index);
  }
  return [...groups.values()];
}

const tierNames = ["leaves", "spines", "cores"];

function draw(fabric: Fabric, servers: readonly ServerNode[], groups: SwitchNodes, detail: Drawing["detail"]): Drawing {
  const { links, switches, railsPerServer } = fabric;
  let number = 0;
  const next = () => `n${++number}`;
  const nodeOfServer = new Map<number, DrawnNode>();
  const nodes: DrawnNode[] = [];
  for (const { servers: members, lines } of servers) {
    const node = { id: next(), lines, rank: 0, plane: -1 };
    nodes.push(node);
    for (const server of members) nodeOfServer.set(server, node);
  }
  const nodeOfSwitch = new Array<DrawnNode>(switches.count);
  for (const members of groups) {
    const [first] = members as [number];
    const tier = switches.tier[first]!;
    const names = members.map((index) => switchName(fabric, index));
    const lines = linesOf(tierNames[tier] ?? "switches", names);
    const node: DrawnNode = { id: next(), lines, rank: tier + 1, plane: switches.plane[first]! };
    nodes.push(node);
    for (const index of members) nodeOfSwitch[index] = node;
  }
  const bundles = new Map<string, { from: DrawnNode; to: DrawnNode; speeds: Map<number, number> }>();
  for (let link = 0; link < links.count; link++) {
    const lower = links.lowerSwitch[link]!;
    const from =
      lower >= 0 ? nodeOfSwitch[lower]! : nodeOfServer.get(Math.floor(links.endpoint[link]! / railsPerServer))!;
    const to = nodeOfSwitch[links.upperSwitch[link]!]!;
    const key = `${from.id} ${to.id}`;
    const bundle = bundles.get(key) ?? { from, to, speeds: new Map<number, number>() };
    bundles.set(key, bundle);
    const speed = links.speedGbps[link]!;
    bundle.speeds.set(speed, (bundle.speeds.get(speed) ?? 0) + 1);
  }
  const edges = [...bundles.values()].map(({ from, to, speeds }): DrawnEdge => {
    const kinds = [...speeds].sort(([left], [right]) => right - left);
    return {
      from,
      to,
      label: kinds.map(([speed, count]) => `${count === 1 ? "" : `${count} x `}${speed}G`).join(" + "),
      count: kinds.reduce((sum, [, count]) => sum + count, 0),
    };
  });
  return { nodes, edges, detail };
}
