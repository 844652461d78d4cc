import { describe, expect, test } from "vitest";
import { parseCluster } from "../../cluster/parse.ts";
import type { Cluster } from "../../cluster/types.ts";
import { buildFabric } from "../../fabric/index.ts";
import { dualText, singleText } from "../sample.test-support.ts";
import { baselineCluster, dualLinkCluster } from "./derive.ts";
import { usableGbps } from "./nic-choice.ts";

const parse = (text: string) => parseCluster(text, "test.yaml");

/** The derived cluster, which must be buildable. */
function built(derived: { cluster: Cluster | undefined }) {
  const cluster = derived.cluster!;
  const { fabric, rejections } = buildFabric(cluster);
  expect(rejections).toEqual([]);
  return { cluster, fabric: fabric! };
}

describe("the single-link baseline", () => {
  test("load-balancing: one link with the speed of both, in the same NIC family", () => {
    const { cluster, fabric } = built(baselineCluster(parse(dualText), "single"));
    expect(cluster.servers).toMatchObject({ count: 16, gpus: 8, rails: 8, linksPerRail: 1 });
    expect(cluster.servers.nicModels[0]).toMatch(/^ConnectX-7 1x400G/);
    expect(cluster.attachment).toBe("single");
    expect(fabric.links.speedGbps[fabric.accessLink[0]!]).toBe(400);
    expect(fabric.linksPerEndpoint).toBe(1);
  });

  test.each(["active-standby", "duplication"])("%s: one link of the same NIC and speed", (mode) => {
    const { cluster, fabric } = built(baselineCluster(parse(`${dualText}switching: {mode: ${mode}}\n`), "single"));
    expect(cluster.servers.nicModels).toEqual(["ConnectX-7 2x200G"]);
    expect(fabric.links.speedGbps[fabric.accessLink[0]!]).toBe(200);
  });

  test("no NIC has one link of 800 Gbps on Ethernet: half of it, and a note that says so", () => {
    const text = dualText
      .replace("nics: 8", "nics: 8, nic: ConnectX-7 2x400G twin")
      .replace("leaf: {downlinks: 16}", "");
    const derived = baselineCluster(parse(text), "single");
    const { fabric } = built(derived);
    expect(fabric.links.speedGbps[0]).toBe(400);
    expect(derived.diagnostics.map((each) => each.message).join()).toContain("one 400 Gbps link");
  });

  test("two unlike planes: the primary's plane and network", () => {
    const text = `
name: unlike
servers: {count: 16, nics: 4, nic: [ConnectX-6 1x200G, ConnectX-7 1x400G OSFP]}
attachment: two-planes
planes:
  - {name: hdr, network: infiniband, leaf: {model: QM8700}, spine: {model: QM8700}}
  - {name: eth, leaf: {model: SN5600}, spine: {model: SN5600}}
switching: {mode: active-standby, primary: 2}
`;
    const { cluster, fabric } = built(baselineCluster(parse(text), "single"));
    expect(usableGbps(parse(text))).toBe(400);
    expect(cluster.planes).toHaveLength(1);
    expect(fabric.planes[0]).toMatchObject({ name: "eth", network: "ethernet" });
    expect(cluster.servers.nicModels).toEqual(["ConnectX-7 1x400G OSFP"]);
  });

  test("a single-link cluster is its own baseline", () => {
    const cluster = parse(singleText);
    const derived = baselineCluster(cluster, "single");
    expect(derived.cluster).toBe(cluster);
    expect(derived.diagnostics[0]?.code).toBe("price/baseline");
  });

  test("shared things keep their servers and lose their switches, which a note says", () => {
    const text = `${dualText}sharedRisks: [{name: row, kind: feed, members: [srv-0001, leaf-a-01]}]\n`;
    const derived = baselineCluster(parse(text), "single");
    expect(built(derived).fabric.sharedRisks.map((risk) => risk.members.length)).toEqual([1]);
    expect(derived.diagnostics[0]?.message).toContain("1 members");
  });
});

describe("the tree baseline", () => {
  test("access, aggregation and one core, with the least oversubscription that fits", () => {
    const derived = baselineCluster(parse(dualText.replace("count: 16", "count: 64")), "tree");
    const { fabric } = built(derived);
    expect(fabric.planes[0]).toMatchObject({ topology: "tree", tierNames: ["access", "aggregation", "core"] });
    expect(fabric.planes[0]!.switchCounts[2]).toBe(1);
    const [first, second] = fabric.planes[0]!.oversubscription;
    for (const access of [1, 4, 16, 64]) {
      for (const aggregation of [1, 4, 16, 64]) {
        const plane = derived.cluster!.planes[0]!;
        if (plane.topology !== "tree") throw new Error("a tree is wanted");
        const other = buildFabric({
          ...derived.cluster!,
          planes: [
            {
              ...plane,
              access: { ...plane.access, uplinks: access },
              aggregation: { ...plane.aggregation, uplinks: aggregation },
            },
          ],
        }).fabric;
        if (other === undefined) continue;
        const [lower, upper] = other.planes[0]!.oversubscription;
        expect(Math.max(1, first) * Math.max(1, second)).toBeLessThanOrEqual(Math.max(1, lower) * Math.max(1, upper));
      }
    }
  });

  test("too large for one core: no cluster, and the reason with its numbers", () => {
    const huge = dualText.replace("count: 16", "count: 500000").replace(" {leaf: {downlinks: 16}}", " {core: {}}");
    const derived = baselineCluster(parse(huge), "tree");
    expect(derived.cluster).toBeUndefined();
    expect(derived.diagnostics[0]).toMatchObject({ code: "price/baseline-infeasible", severity: "warning" });
    expect(derived.diagnostics[0]?.message).toMatch(/core.*\d/);
  });
});

describe("the dual-link counterpart", () => {
  test("two links of half the speed to two leaves", () => {
    const { cluster, fabric } = built(dualLinkCluster(parse(singleText)));
    expect(cluster).toMatchObject({ attachment: "two-leaves", servers: { linksPerRail: 2 } });
    expect(cluster.servers.nicModels).toEqual(["ConnectX-7 2x200G"]);
    const [one, other] = [fabric.accessLink[0]!, fabric.accessLink[1]!];
    expect(fabric.links.upperSwitch[one]).not.toBe(fabric.links.upperSwitch[other]);
  });

  test("in active-standby the links keep their speed", () => {
    const text = `${singleText}switching: {mode: active-standby}\n`;
    const { fabric } = built(baselineCluster(parse(text), "dual"));
    expect(fabric.links.speedGbps[0]).toBe(400);
  });

  test("a dual-link cluster is its own dual baseline", () => {
    const cluster = parse(dualText);
    expect(baselineCluster(cluster, "dual").cluster).toBe(cluster);
  });

  test("there and back keeps servers, GPUs and speed", () => {
    const back = baselineCluster(built(dualLinkCluster(parse(singleText))).cluster, "single").cluster!;
    expect(usableGbps(back)).toBe(400);
    expect(back.servers).toMatchObject({ count: 16, gpus: 8, rails: 8, linksPerRail: 1 });
  });

  test("a tree becomes a leaf-spine plane of its access and aggregation models", () => {
    const text = singleText.replace(
      "plane: {leaf: {downlinks: 16}}",
      "plane: {topology: tree, access: {model: SN4700}}",
    );
    const { fabric } = built(dualLinkCluster(parse(text)));
    expect(fabric.planes[0]).toMatchObject({ topology: "leaf-spine", network: "ethernet" });
  });
});
