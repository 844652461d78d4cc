/** How a lab is: every node as it says itself, every link as the kernel has it. */

import { equalPaths } from "../equal-paths.ts";
import { conditionOf } from "../faults.ts";
import type { LabLink } from "../plan.ts";
import { isWell } from "./converge.ts";
import { type NodeReading, readNode } from "./read-node.ts";
import { attempt, forAll } from "./shell.ts";
import type { LabState } from "./state.ts";

export interface LinkReading extends LabLink {
  /** Both ends see light. */
  readonly carrier: boolean;
  /** Directions in which everything is dropped. */
  readonly dark: "no" | "up" | "down" | "both";
}

export interface LabStatus {
  readonly state: LabState;
  readonly nodes: readonly NodeReading[];
  readonly links: readonly LinkReading[];
  /** Every daemon runs, and every session and route is there. */
  readonly converged: boolean;
}

const atOnce = 4;

export async function readStatus(state: LabState): Promise<LabStatus> {
  const { plan } = state;
  const condition = conditionOf(plan, state.faults);
  const paths = equalPaths(plan, condition);
  const readings = new Map<number, NodeReading>();
  const lit = new Set<string>();
  await forAll(plan.nodes, atOnce, async (node) => {
    readings.set(node.node, await readNode(plan, node, paths));
    const { stdout } = await attempt(["ip", "-n", node.namespace, "-json", "link", "show"]);
    const interfaces = JSON.parse(stdout === "" ? "[]" : stdout) as { ifname: string; flags: readonly string[] }[];
    for (const { ifname, flags } of interfaces)
      if (flags.includes("LOWER_UP") && flags.includes("UP")) lit.add(`${node.node} ${ifname}`);
  });
  const { deaf } = condition;
  const key = (end: LabLink["lower"]) => `${end.node} ${end.interface}`;
  const nodes = plan.nodes.map(({ node }) => readings.get(node)!);
  return {
    state,
    nodes,
    links: plan.links.map((link) => {
      const [up, down] = [deaf.has(key(link.upper)), deaf.has(key(link.lower))];
      const dark = up && down ? "both" : up ? "up" : down ? "down" : "no";
      return { ...link, carrier: lit.has(key(link.lower)) && lit.has(key(link.upper)), dark };
    }),
    converged: nodes.every(isWell),
  };
}
