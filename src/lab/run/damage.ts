/** What a lab that came up has lost since, other than by the faults that it was told of. */

import { interfacesOf } from "../commands.ts";
import { conditionOf } from "../faults.ts";
import type { LabNode } from "../plan.ts";
import { agentIsGone } from "./agents.ts";
import { missingDaemons } from "./read-node.ts";
import { attempt, forAll } from "./shell.ts";
import type { LabState } from "./state.ts";

const atOnce = 4;

/** In words, node by node; empty when everything is there. */
export async function damageOf({ plan, faults }: LabState): Promise<string[]> {
  const { dead } = conditionOf(plan, faults);
  const lost = new Map<LabNode, string[]>();
  await forAll(plan.nodes, atOnce, async (node) => {
    const { code, stdout } = await attempt(["ip", "-n", node.namespace, "-json", "link", "show"]);
    if (code !== 0) {
      lost.set(node, ["namespace"]);
      return;
    }
    const there = new Set((JSON.parse(stdout) as { ifname: string }[]).map(({ ifname }) => ifname));
    lost.set(node, [
      ...interfacesOf(plan, node.node).flatMap(({ name }) => (there.has(name) ? [] : name)),
      ...(dead.has(node.node)
        ? []
        : [...missingDaemons(plan.id, node.node), ...(agentIsGone(plan, node) ? ["agent"] : [])]),
    ]);
  });
  return plan.nodes.flatMap((node) => {
    const what = lost.get(node) ?? [];
    return what.length === 0 ? [] : `${node.name}: ${what.join(", ")}`;
  });
}
