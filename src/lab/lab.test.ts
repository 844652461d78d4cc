/** The pure half of the lab: ids, the part that fits, what is made, what faults come to. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../base/diagnostics.ts";
import { nodeOfLink, planNetwork } from "../exchange/network/network-plan.ts";
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
  test.each([8, 10, 16, 24, 40])(
    "at most %d nodes: dual-linked hosts, a way between them that survives a spine",
    (nodesMax) => {
      const { fabric } = buildFromYaml("{name: x, servers: {count: 64, nics: 2}, plane: {leaf: {downlinks: 16}}}");
      const plan = planNetwork(fabric);
      const chosen = partOfFabric(plan, nodesMax);
      expect(plan.nodes.length).toBeGreaterThan(nodesMax);
      expect(chosen.length).toBeLessThanOrEqual(nodesMax);
      const inLab = new Set(chosen);
      const links = [...plan.links].filter((link) =>
        (["lower", "upper"] as const).every((end) => inLab.has(nodeOfLink(fabric, link, end))),
      );
      const hosts = chosen.filter((node) => node < fabric.serverCount);
      expect(hosts.length).toBeGreaterThanOrEqual(2);
      for (const without of chosen.filter((node) => node >= fabric.serverCount)) {
        const reached = new Set([hosts[0]!]);
        for (let grown = true; grown; ) {
          grown = false;
          for (const link of links) {
            const ends = [nodeOfLink(fabric, link, "lower"), nodeOfLink(fabric, link, "upper")];
            if (ends.includes(without) || reached.has(ends[0]!) === reached.has(ends[1]!)) continue;
            for (const end of ends) reached.add(end);
            grown = true;
          }
        }
        expect(hosts.every((host) => reached.has(host))).toBe(true);
      }
    },
  );
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
