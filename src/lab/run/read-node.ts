/** What the daemons and the kernel of a node say. */

import { daemons as daemonNames, interfacesOf } from "../commands.ts";
import type { EqualPaths } from "../equal-paths.ts";
import { nodeFolder } from "../places.ts";
import type { LabNode, LabPlan } from "../plan.ts";
import { agentLinksUp, agentNodes } from "./agents.ts";
import { runningName } from "./running.ts";
import { attempt } from "./shell.ts";
import { askDaemon } from "./vty.ts";

export interface NodeReading {
  readonly node: LabNode;
  /** Daemons that run. */
  readonly daemons: number;
  readonly daemonsWanted: number;
  /** BGP sessions that are established over links of the lab, and how many links there are. */
  readonly sessions: number;
  readonly sessionsWanted: number;
  /** BFD sessions that are up over links of the lab. */
  readonly bfd: number;
  /** Links to peers that the server's agent sees up, and how many there are; undefined where no agent runs. */
  readonly agentLinks: number | undefined;
  readonly agentLinksWanted: number | undefined;
  /** Addresses of other hosts' rails to which there is no route; of a switch also those to which it uses fewer ways than there are. */
  readonly missingRoutes: number;
}

interface BgpSummary {
  readonly peers?: Readonly<Record<string, { readonly state?: string }>>;
}

type BfdPeers = readonly { readonly interface?: string; readonly status?: string }[];

/** The kernel's routes of a node, as JSON. */
export async function routesOf(namespace: string): Promise<string> {
  return (await attempt(["ip", "-n", namespace, "-json", "route", "show"])).stdout;
}

interface KernelRoute {
  readonly dst?: string;
  readonly nexthops?: readonly { readonly flags?: readonly string[] }[];
}

/** Next hops that the kernel uses, by destination. */
function nextHopsOf(routes: string): ReadonlyMap<string, number> {
  const all = JSON.parse(routes === "" ? "[]" : routes) as readonly KernelRoute[];
  return new Map(
    all.map(({ dst = "", nexthops }) => [
      dst,
      nexthops === undefined ? 1 : nexthops.filter(({ flags = [] }) => !flags.includes("dead")).length,
    ]),
  );
}

/** Names of the daemons of a node that do not run. */
export function missingDaemons(id: string, node: number): string[] {
  const folder = nodeFolder(id, node);
  return daemonNames.map(({ name }) => name).filter((name) => runningName(`${folder}/${name}.pid`) !== name);
}

/** `paths`: what routing should find just now. */
export async function readNode(plan: LabPlan, node: LabNode, paths: EqualPaths): Promise<NodeReading> {
  const own = new Set(interfacesOf(plan, node.node).map(({ name }) => name));
  const agents = agentNodes(plan);
  const hasAgent = agents.includes(node);
  const folder = nodeFolder(plan.id, node.node);
  const [summary, peers, routes] = await Promise.all([
    askDaemon(`${folder}/bgpd.vty`, "show bgp ipv4 unicast summary json") as Promise<BgpSummary | undefined>,
    askDaemon(`${folder}/bfdd.vty`, "show bfd peers json") as Promise<BfdPeers | undefined>,
    routesOf(node.namespace),
  ]);
  const nextHops = nextHopsOf(routes);
  const isThin = ([address, wanted]: readonly [string, number]) => (nextHops.get(address) ?? wanted) < wanted;
  const others = plan.nodes.filter((each) => each.kind === "host" && each.node !== node.node);
  return {
    node,
    daemons: daemonNames.length - missingDaemons(plan.id, node.node).length,
    daemonsWanted: daemonNames.length,
    sessions: Object.entries(summary?.peers ?? {}).filter(
      ([name, { state }]) => own.has(name) && state === "Established",
    ).length,
    sessionsWanted: own.size,
    bfd: (peers ?? []).filter((each) => own.has(each.interface ?? "") && each.status === "up").length,
    agentLinks: hasAgent ? ((await agentLinksUp(plan, node)) ?? 0) : undefined,
    agentLinksWanted: hasAgent ? 2 * (agents.length - 1) : undefined,
    missingRoutes:
      others
        .flatMap(({ addresses }) => addresses.filter(({ scope }) => scope === 0))
        .filter(({ address }) => !nextHops.has(address)).length +
      [...(paths.get(node.node) ?? [])].filter(isThin).length,
  };
}
