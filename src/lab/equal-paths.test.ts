/** Counted against shortest paths over (node, has it turned down yet) by plain relaxation. */

import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { buildFromYaml } from "../fabric/testing/build-from-yaml.ts";
import { equalPaths } from "./equal-paths.ts";
import { type Condition, conditionOf } from "./faults.ts";
import { type LabPlan, planLab } from "./plan.ts";

const planOf = (yaml: string): LabPlan => {
  const { cluster, fabric } = buildFromYaml(yaml);
  return planLab(cluster, fabric, { id: "x", nodesMax: 1000, fastestMbps: 100 }).plan;
};
const lab = planOf(readFileSync("examples/lab.yaml", "utf8"));
const threeTiers = planOf(
  `{name: x, servers: {count: 16, gpus: 1, nics: 1}, plane: {railOptimized: false, leaf: {downlinks: 8, uplinks: 2},
    spine: {count: 2, uplinks: 2}, core: {groupsPerPod: 1}}}`,
);
const nothing = conditionOf(lab, []);

function byRelaxation(plan: LabPlan, { down, dead }: Condition, from: number, address: string): number {
  const host = plan.nodes.find(({ addresses }) => addresses.some((each) => each.address === address))!;
  const name = host.addresses.find((each) => each.address === address)!.interface;
  const live = plan.links.filter(
    ({ link, lower, upper }) => !down.has(link) && !dead.has(lower.node) && !dead.has(upper.node),
  );
  const hostLink = live.find(({ lower }) => lower.node === host.node && lower.interface === name);
  if (hostLink === undefined) return 0;
  const switches = new Set(plan.nodes.filter(({ kind }) => kind === "switch").map(({ node }) => node));
  const between = live.filter(({ lower }) => switches.has(lower.node));
  /** Distance from a node when it may still go up (0), and when it may only go down (1). */
  const distance = [new Map<number, number>(), new Map<number, number>()] as const;
  for (const phase of distance) phase.set(hostLink.upper.node, 1);
  const of = (phase: 0 | 1, node: number) => distance[phase].get(node) ?? Number.POSITIVE_INFINITY;
  for (let round = 0; round < switches.size; round++)
    for (const { lower, upper } of between) {
      distance[1].set(upper.node, Math.min(of(1, upper.node), of(1, lower.node) + 1));
      distance[0].set(upper.node, Math.min(of(0, upper.node), of(1, upper.node)));
      distance[0].set(lower.node, Math.min(of(0, lower.node), of(1, lower.node), of(0, upper.node) + 1));
    }
  const best = of(0, from);
  if (best === Number.POSITIVE_INFINITY) return 0;
  if (best === 1) return 1;
  return between.filter(
    ({ lower, upper }) =>
      (lower.node === from && of(0, upper.node) + 1 === best) ||
      (upper.node === from && of(1, lower.node) + 1 === best),
  ).length;
}

describe("equally long ways", () => {
  test("two spines are two ways; a lost uplink at either end leaves one", () => {
    const leaf = (name: string) => lab.nodes.find((each) => each.name === name)!.node;
    const link = lab.links.find(({ lower }) => lower.node === leaf("leaf-a-03"))!;
    const address = "10.0.1.3";
    expect(equalPaths(lab, nothing).get(leaf("leaf-a-01"))?.get(address)).toBe(2);
    const down = new Set([link.link]);
    const without = equalPaths(lab, { ...nothing, down });
    expect(without.get(leaf("leaf-a-01"))?.get(address)).toBe(1);
    const deaf = new Set([`${link.upper.node} ${link.upper.interface}`]);
    expect(equalPaths(lab, { ...nothing, deaf })).toEqual(without);
  });

  test.each([
    ["the example", lab],
    ["three tiers", threeTiers],
  ])("as many as relaxation finds, whatever has failed: %s", (_, plan) => {
    const links = plan.links.map(({ link }) => link);
    const nodes = plan.nodes.map(({ node }) => node);
    const addresses = plan.nodes.flatMap((each) =>
      each.addresses.filter(({ scope }) => scope > 0).map(({ address }) => address),
    );
    expect(addresses.length).toBeGreaterThan(7);
    expect(plan.nodes.some(({ name }) => name.startsWith("core"))).toBe(plan === threeTiers);
    fc.assert(
      fc.property(
        fc.subarray(links, { maxLength: 6 }),
        fc.subarray(nodes, { maxLength: 2 }),
        fc.constantFrom(...addresses),
        (down, dead, address) => {
          const condition = { ...nothing, down: new Set(down), dead: new Set(dead) };
          const paths = equalPaths(plan, condition);
          for (const { node, kind } of plan.nodes) {
            if (kind !== "switch" || condition.dead.has(node)) continue;
            expect(paths.get(node)?.get(address) ?? 0).toBe(byRelaxation(plan, condition, node, address));
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
