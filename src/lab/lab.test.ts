/** The pure half of the lab: ids, the part that fits, what is made, what faults come to. */

import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../base/diagnostics.ts";
import { networkNode, nodeOfLink, planNetwork } from "../exchange/network/network-plan.ts";
import { buildFromYaml } from "../fabric/testing/build-from-yaml.ts";
import { linkBatch, namespaceBatch, settingsScript, startScript } from "./commands.ts";
import { conditionOf, type LabFault, type Step, stepsBetween } from "./faults.ts";
import { partOfFabric } from "./part-of-fabric.ts";
import { labId, namespaceOf, namespacePrefix } from "./places.ts";
import { planLab } from "./plan.ts";
import { faultsOf } from "./run/fail.ts";

const small = "{name: x, servers: {count: 4, nics: 1}, plane: {railOptimized: false, leaf: {downlinks: 8}}}";
const wish = { id: "x", nodesMax: 1000, fastestMbps: 100 };
const labOfYaml = (yaml: string) => {
  const { cluster, fabric } = buildFromYaml(yaml);
  return { fabric, ...planLab(cluster, fabric, wish) };
};

describe("names", () => {
  test("a lab's prefix never begins another lab's names", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.constantFrom("leaf-a-01", "srv-0001"), (one, other, node) => {
        const [a, b] = [labId(one), labId(other)];
        expect(a).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
        expect(namespaceOf(a, node).startsWith(namespacePrefix(b))).toBe(a === b);
      }),
    );
  });
  test("what is no name is refused", () => {
    for (const wrong of ["", "Lab", "a.b", "../x", "-a", "a".repeat(30)])
      expect(() => labId("x", wrong)).toThrow(UserError);
    expect(labId("x", "my-lab-2")).toBe("my-lab-2");
  });
});

describe("part of a fabric", () => {
  const leafSpine = "{name: x, servers: {count: 64, nics: 2}, plane: {leaf: {downlinks: 16}}}";
  const threeTiers = `{name: x, servers: {count: 64, gpus: 1, nics: 1}, plane: {railOptimized: false,
    leaf: {downlinks: 8, uplinks: 2}, spine: {count: 2, uplinks: 2}, core: {groupsPerPod: 1}}}`;
  const tree = readFileSync("examples/tree.yaml", "utf8");
  const cases: [string, string, number][] = [
    ...[8, 10, 16, 24, 40].map((most): [string, string, number] => ["leaf-spine", leafSpine, most]),
    ...[10, 16, 24, 40, 64].map((most): [string, string, number] => ["three tiers", threeTiers, most]),
    ...[8, 16, 32, 60].map((most): [string, string, number] => ["tree", tree, most]),
  ];
  test.each(cases)(
    "%s: servers that reach each other up and down, whatever switch fails (%#)",
    (name, yaml, nodesMax) => {
      const { fabric } = buildFromYaml(yaml);
      const plan = planNetwork(fabric);
      const chosen = partOfFabric(plan, nodesMax);
      expect(plan.nodes.length).toBeGreaterThan(nodesMax);
      expect(chosen.length).toBeLessThanOrEqual(nodesMax);
      expect(chosen.length).toBeGreaterThan(nodesMax - 3);
      const inLab = new Set(chosen);
      const pairs = [...plan.links]
        .map((link) => [nodeOfLink(fabric, link, "lower"), nodeOfLink(fabric, link, "upper")] as const)
        .filter((ends) => ends.every((end) => inLab.has(end)));
      const hosts = chosen.filter((node) => node < fabric.serverCount);
      expect(hosts.length).toBeGreaterThanOrEqual(2);
      /** Step by step over all links; a packet that has turned down goes up no more. */
      const reached = (from: number, without: number) => {
        const [rising, falling] = [new Set([from]), new Set<number>()];
        for (let size = -1; size !== rising.size + falling.size; ) {
          size = rising.size + falling.size;
          for (const [lower, upper] of pairs) {
            if (lower === without || upper === without) continue;
            if (rising.has(lower)) rising.add(upper);
            if (rising.has(upper) || falling.has(upper)) falling.add(lower);
          }
        }
        return falling;
      };
      // With one link each, a server is cut off with its switch.
      const failures = name === "tree" ? [-1] : [-1, ...chosen.filter((node) => node >= fabric.serverCount)];
      for (const without of failures)
        for (const from of hosts)
          expect(hosts.filter((each) => each !== from && !reached(from, without).has(each))).toEqual([]);
      if (nodesMax < 24) return;
      const names = chosen.map((node) => networkNode(plan, node).name);
      expect(names.some((each) => each.startsWith("core"))).toBe(name !== "leaf-spine");
    },
  );
});

test("no more links than BFD bears, and no address of a rail that has none in the lab", () => {
  const { cluster, fabric } = buildFromYaml(readFileSync("examples/thousand-gpu.yaml", "utf8"));
  const of = (linksMax: number) => planLab(cluster, fabric, { id: "x", nodesMax: 64, linksMax, fastestMbps: 40 }).plan;
  const [least, some, most] = [of(0), of(60), of(1_000)];
  expect(least.nodes.filter(({ kind }) => kind === "host").length).toBe(2);
  expect(some.links.length).toBeLessThanOrEqual(60);
  expect(some.links.length).toBeGreaterThan(least.links.length);
  expect(most.nodes.length).toBe(64);
  for (const { nodes, links } of [least, some, most])
    for (const { node, kind, addresses } of nodes) {
      const own = new Set(links.filter(({ lower }) => lower.node === node).map(({ lower }) => lower.interface));
      expect(new Set(addresses.flatMap((each) => each.interface ?? []))).toEqual(kind === "host" ? own : new Set());
      if (kind === "host") expect(addresses.map(({ rail }) => rail)).toEqual([0, 0, 0]);
    }
});

describe("what is made", () => {
  const { plan, files } = labOfYaml(small);
  test("every node once, every link once, every interface in the configuration of its node", () => {
    expect(namespaceBatch(plan).split("\n").length - 1).toBe(plan.whole.nodes);
    expect(linkBatch(plan).split("\n").length - 1).toBe(plan.whole.links);
    const ends = plan.links.flatMap(({ lower, upper }) => [lower, upper]);
    expect(new Set(ends.map((end) => `${end.node} ${end.interface}`)).size).toBe(ends.length);
    for (const end of ends)
      expect(files.find(({ node }) => node === end.node)!.frrConf).toContain(` neighbor ${end.interface} interface `);
  });
  test("no two ends have the same index, nor that of lo: Linux puts the loss of carrier off where an end has its peer's", () => {
    const indices = [...linkBatch(plan).matchAll(/ index (\d+)/g)].map(([, index]) => Number(index));
    expect(indices.length).toBe(2 * plan.links.length);
    expect(new Set(indices).size).toBe(indices.length);
    expect(Math.min(...indices)).toBeGreaterThan(1);
  });
  test("the start of a node", async () => {
    const leaf = plan.nodes.find(({ kind }) => kind === "switch")!;
    const text = settingsScript(plan, files.find(({ node }) => node === leaf.node)!.sysctl) + startScript(plan, leaf);
    await expect(text).toMatchFileSnapshot("golden/leaf.sh");
  });
  test("rates keep the proportions of the speeds", () => {
    for (const { speedGbps, rateMbps } of plan.links)
      expect(rateMbps / speedGbps).toBeCloseTo(plan.links[0]!.rateMbps / plan.links[0]!.speedGbps);
    expect(Math.max(...plan.links.map(({ rateMbps }) => rateMbps))).toBe(100);
  });
});

describe("faults", () => {
  const { plan, fabric } = labOfYaml(small);
  const fault = fc.record({
    part: fc.string(),
    kind: fc.constantFrom("carrier" as const, "silent" as const),
    direction: fc.constantFrom("both" as const, "up" as const, "down" as const),
    links: fc.subarray(plan.links.map(({ link }) => link)),
    nodes: fc.subarray(plan.nodes.map(({ node }) => node)),
  });
  /** A machine that takes steps as they come. */
  const apply = (steps: readonly Step[], state: Set<string>) => {
    for (const { node, what, interface: name } of steps) {
      const [key, bad] = {
        "carrier-down": [`down ${node} ${name}`, true],
        "carrier-up": [`down ${node} ${name}`, false],
        deafen: [`deaf ${node} ${name}`, true],
        undeafen: [`deaf ${node} ${name}`, false],
        kill: [`dead ${node}`, true],
        start: [`dead ${node}`, false],
      }[what] as [string, boolean];
      expect(state.has(key)).toBe(!bad);
      if (bad) state.add(key);
      else state.delete(key);
    }
    return state;
  };
  test("every way from faults to faults ends alike, and healing everything leaves nothing", () => {
    fc.assert(
      fc.property(fc.array(fault, { maxLength: 4 }), fc.array(fault, { maxLength: 4 }), (first, second) => {
        const [none, a, b] = [conditionOf(plan, []), conditionOf(plan, first), conditionOf(plan, second)];
        const around = apply(stepsBetween(plan, a, b), apply(stepsBetween(plan, none, a), new Set()));
        expect(around).toEqual(apply(stepsBetween(plan, none, b), new Set()));
        expect(apply(stepsBetween(plan, b, none), around)).toEqual(new Set());
      }),
    );
  });
  const carrier = { kind: "carrier", direction: "both" } as const;
  test("parts by name: a module takes its link, a switch its links and daemons", () => {
    const [module] = faultsOf(fabric, plan, "srv-0001/nic-1/port-1/module", carrier);
    expect(module).toMatchObject({ nodes: [], links: [fabric.accessLink[0]] });
    const [leaf] = faultsOf(fabric, plan, "leaf-a-01", carrier);
    expect(plan.nodes.find(({ node }) => node === leaf!.nodes[0])!.name).toBe("leaf-a-01");
    expect(leaf!.links.length).toBe(
      plan.links.filter(({ lower, upper }) => [lower.node, upper.node].includes(leaf!.nodes[0]!)).length,
    );
  });
  test("one direction is lost where it arrives", () => {
    const made: LabFault[] = faultsOf(fabric, plan, "srv-0001/nic-1/port-1", { kind: "silent", direction: "up" });
    const { upper } = plan.links.find(({ link }) => link === made[0]!.links[0])!;
    expect([...conditionOf(plan, made).deaf]).toEqual([`${upper.node} ${upper.interface}`]);
  });
  test("an unknown part says what was meant", () => {
    expect(() => faultsOf(fabric, plan, "leef-a-01", carrier)).toThrow(/leef-a-01/);
  });
});
