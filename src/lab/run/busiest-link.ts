/** Which link between switches carries most just now: a fault elsewhere would show nothing. */

import { assert } from "../../base/assert.ts";
import type { LabLink, LabPlan } from "../plan.ts";
import { attempt, forAll } from "./shell.ts";

const atOnce = 4;

/** Bytes that each interface has sent, by `node interface`. */
type Counters = ReadonlyMap<string, number>;

export async function readCounters({ nodes }: LabPlan): Promise<Counters> {
  const counters = new Map<string, number>();
  const switches = nodes.filter(({ kind }) => kind === "switch");
  await forAll(switches, atOnce, async ({ node, namespace }) => {
    const { stdout } = await attempt(["ip", "-n", namespace, "-s", "-json", "link", "show"]);
    const interfaces = JSON.parse(stdout === "" ? "[]" : stdout) as {
      ifname: string;
      stats64?: { tx?: { bytes?: number } };
    }[];
    for (const { ifname, stats64 } of interfaces) counters.set(`${node} ${ifname}`, stats64?.tx?.bytes ?? 0);
  });
  return counters;
}

/** The link between switches over which most has passed since `before`. */
export function busiestLink({ nodes, links }: LabPlan, before: Counters, after: Counters): LabLink {
  const switches = new Set(nodes.filter(({ kind }) => kind === "switch").map(({ node }) => node));
  const passed = ({ lower, upper }: LabLink) =>
    [lower, upper]
      .map(({ node, interface: name }) => `${node} ${name}`)
      .reduce((sum, key) => sum + (after.get(key) ?? 0) - (before.get(key) ?? 0), 0);
  const [busiest] = links
    .filter(({ lower }) => switches.has(lower.node))
    .sort((one, other) => passed(other) - passed(one) || one.link - other.link);
  assert(busiest !== undefined, "a lab with leaves has links between switches");
  return busiest;
}
