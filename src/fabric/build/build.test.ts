import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { billOfMaterials } from "../bill-of-materials.ts";
import { partName } from "../names.ts";
import { buildFromYaml } from "../testing/build-from-yaml.ts";
import { type Fabric, kindCode } from "../types.ts";

/** Random valid cluster files of every attachment, rails or not, two or three tiers. */
const clusterText = fc
  .record({
    servers: fc.integer({ min: 1, max: 70 }),
    nics: fc.constantFrom(1, 2, 4, 8),
    attachment: fc.constantFrom("single", "same-module", "same-leaf", "two-leaves", "two-planes"),
    rail: fc.boolean(),
    downlinks: fc.constantFrom("auto", "32", "16"),
    core: fc.boolean(),
  })
  .map(
    ({ servers, nics, attachment, rail, downlinks, core }) => `
name: random
servers: { count: ${servers}, nics: ${nics}, linksPerNic: ${attachment === "single" ? 1 : 2} }
attachment: ${attachment}
plane:
  railOptimized: ${rail}
  leaf: { downlinks: ${downlinks} }
  ${core ? "core: {}" : ""}
`,
  );

function count(fabric: Fabric, kind: keyof typeof kindCode): number {
  return fabric.parts.kind.reduce((sum, code) => sum + (code === kindCode[kind] ? 1 : 0), 0);
}

describe("buildFabric", () => {
  test("lays every wished link, evenly, with ports no link shares beyond its breakout", () => {
    fc.assert(
      fc.property(clusterText, (text) => {
        const { cluster, fabric } = buildFromYaml(text);
        const { links, switches, parts } = fabric;
        const { servers } = cluster;
        expect(fabric.accessLink.length).toBe(servers.count * servers.rails * servers.linksPerRail);
        expect(new Set(fabric.accessLink).size).toBe(fabric.accessLink.length);
        const lanes = new Set<string>();
        const pairs = new Map<string, number>();
        for (let link = 0; link < links.count; link++) {
          lanes.add(`${links.upperPort[link]}:${links.upperLane[link]}`);
          expect(parts.owner[links.upperPort[link]!]).toBe(switches.part[links.upperSwitch[link]!]);
          expect(parts.owner[links.upperModule[link]!]).toBe(links.upperPort[link]);
          if (links.tier[link] === 0) continue;
          const pair = `${links.lowerSwitch[link]}-${links.upperSwitch[link]}`;
          pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
          expect(switches.tier[links.upperSwitch[link]!]).toBe(switches.tier[links.lowerSwitch[link]!]! + 1);
        }
        expect(lanes.size).toBe(links.count);
        for (const plane of fabric.planes) expect(plane.linksPerPair[0]).toBeGreaterThan(0);
        const byTier = new Map<number, Set<number>>();
        for (const [pair, links] of pairs) {
          const tier = switches.tier[Number(pair.split("-")[0])]!;
          byTier.set(tier, (byTier.get(tier) ?? new Set()).add(links));
        }
        for (const multiplicities of byTier.values()) expect(multiplicities.size).toBe(1);
      }),
      { numRuns: 40 },
    );
  });

  test("attaches the two links of a NIC as the cluster file says", () => {
    const leavesOf = (attachment: string) => {
      const { fabric } = buildFromYaml(`{name: x, servers: {count: 4}, attachment: ${attachment}, plane: {}}`);
      const { links, accessLink } = fabric;
      const first = accessLink[0]!;
      const second = accessLink[1]!;
      return {
        leaf: links.upperSwitch[first] === links.upperSwitch[second],
        module: links.upperModule[first] === links.upperModule[second],
        plane: links.plane[first] === links.plane[second],
      };
    };
    expect(leavesOf("same-module")).toEqual({ leaf: true, module: true, plane: true });
    expect(leavesOf("same-leaf")).toEqual({ leaf: true, module: false, plane: true });
    expect(leavesOf("two-leaves")).toEqual({ leaf: false, module: false, plane: true });
    expect(leavesOf("two-planes")).toEqual({ leaf: false, module: false, plane: false });
  });

  test("rail-optimised leaves take one NIC index, others all of a server's", () => {
    const railsPerLeaf = (rail: boolean) => {
      const { fabric } = buildFromYaml(`{name: x, servers: {count: 8}, plane: {railOptimized: ${rail}}}`);
      const rails = new Map<number, Set<number>>();
      for (const link of fabric.accessLink) {
        const leaf = fabric.links.upperSwitch[link]!;
        rails.set(leaf, (rails.get(leaf) ?? new Set()).add(fabric.links.endpoint[link]! % 8));
      }
      return new Set([...rails.values()].map((each) => each.size));
    };
    expect(railsPerLeaf(true)).toEqual(new Set([1]));
    expect(railsPerLeaf(false)).toEqual(new Set([8]));
  });

  test("names every part once", () => {
    fc.assert(
      fc.property(clusterText, (text) => {
        const { fabric } = buildFromYaml(text);
        const names = new Set(Array.from({ length: fabric.parts.count }, (_, part) => partName(fabric, part)));
        expect(names.size).toBe(fabric.parts.count);
      }),
      { numRuns: 15 },
    );
  });

  test("the bill counts what the fabric has", () => {
    const { fabric, cluster } = buildFromYaml(
      "{name: x, servers: {count: 16}, plane: {links: {access: {cable: MFA7U10}}}}",
    );
    const bill = billOfMaterials(fabric, cluster);
    const billed = (kind: string) =>
      bill.rows.filter((row) => row.kind === kind).reduce((sum, row) => sum + row.count, 0);
    expect(billed("switch")).toBe(fabric.switches.count);
    expect(billed("nic")).toBe(count(fabric, "nic"));
    expect(billed("captive-cable") + billed("fibre")).toBe(count(fabric, "cable"));
    const splitter = bill.rows.find((row) => row.model === "MFA7U10");
    expect(splitter).toMatchObject({ count: (16 * 8 * 2) / 2, lengthM: 20, stage: "access-link" });
    expect(bill.totals.powerW).toBeCloseTo(bill.rows.reduce((sum, row) => sum + (row.unitPowerW ?? 0) * row.count, 0));
  });

  test("a price in the cluster file decides which parts are the cheapest", () => {
    const cableOf = (economics: string) => {
      const plane = "{links: {access: {upperLinksPerCage: 2}}}";
      const { fabric } = buildFromYaml(`{name: x, servers: {count: 8}, plane: ${plane}, economics: ${economics}}`);
      return fabric.planes[0]?.assemblies[0]?.cable.model;
    };
    const usual = cableOf("{}");
    expect(cableOf(`{prices: {${usual}: $1000000}}`)).not.toBe(usual);
  });

  test("rejects what cannot work, with the two parts and the rule", () => {
    const rejections = (plane: string, servers = "{count: 8}") =>
      buildFromYaml(`{name: x, servers: ${servers}, plane: ${plane}}`).design.rejections;
    const classic = rejections("{links: {access: {cable: MFS1S00}}}");
    expect(classic[0]).toMatchObject({ code: "catalog/form-factor", path: "plane.links.access" });
    expect(classic[0]?.message).toContain("MFS1S00");
    expect(classic[0]?.message).toContain("OSFP");
    expect(rejections("{}", "{count: 8, nic: ConnectX-7 1x400G OSFP}")[0]).toMatchObject({
      code: "design/ports",
      path: "servers.nic",
    });
    expect(rejections("{links: {access: {speed: 25Gbps}}}")[0]).toMatchObject({ code: "design/speed" });
    expect(rejections("{leaf: {downlinks: 250}}")[0]).toMatchObject({ code: "design/oversubscription" });
  });
});
