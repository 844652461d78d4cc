/** A fabric as a drawing: devices, or groups of servers, with one edge for all links between two of them. */

import { userError } from "../../../base/diagnostics.ts";
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
  /** Whether servers that share leaves are drawn as one. */
  readonly grouped: boolean;
}

/**
 * Every server by itself where at most `edgesMax` edges are drawn so, else servers that share leaves as one. Throws
 * `export/too-large` when that is still more.
 */
export function drawingOf(fabric: Fabric, edgesMax: number, format: string): Drawing {
  if (fabric.serverCount <= edgesMax) {
    const whole = draw(fabric, eachServer(fabric), false);
    if (whole.edges.length <= edgesMax) return whole;
  }
  const grouped = draw(fabric, serverGroups(fabric), true);
  if (grouped.edges.length <= edgesMax) return grouped;
  throw userError(
    "export/too-large",
    `${format} would draw ${grouped.edges.length} edges with its servers in groups; ${edgesMax} is the most that can be read`,
    "Use topology.svg of `twinspine design -o DIR`, which draws groups with counts at every size.",
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
    .map(({ servers }) => {
      const [first, last] = [servers[0]!, servers.at(-1)!].map((server) => serverName(fabric, server));
      return { servers, lines: servers.length === 1 ? [first!] : [`${servers.length} servers`, `${first} - ${last}`] };
    });
}

function draw(fabric: Fabric, servers: readonly ServerNode[], grouped: boolean): Drawing {
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
  const nodeOfSwitch = Array.from({ length: switches.count }, (_, index): DrawnNode => {
    const rank = switches.tier[index]! + 1;
    return { id: next(), lines: [switchName(fabric, index)], rank, plane: switches.plane[index]! };
  });
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
  return { nodes: [...nodes, ...nodeOfSwitch], edges, grouped };
}
