import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { builtInCatalog } from "../../catalog/index.ts";
import { partName, switchName } from "../../fabric/index.ts";
import { buildImported } from "./build-imported.ts";
import { clusterOfFabric } from "./cluster-of-fabric.ts";
import { readIbnetdiscover } from "./ibnetdiscover.ts";

const data = (name: string) => ({
  name,
  text: readFileSync(resolve(import.meta.dirname, "../../../test/data/import", name), "utf8"),
});
const imported = (text: string, wish = {}) =>
  buildImported(readIbnetdiscover([{ name: "dump", text }]), { name: "x", catalog: builtInCatalog, ...wish });

describe("ibnetdiscover", () => {
  test("of a real EDR cluster: four leaves, two spines, one link that runs at DDR", () => {
    const { fabric, diagnostics } = imported(data("ibnetdiscover-edr.txt").text);
    expect(fabric.planes).toMatchObject([
      { switchCounts: [4, 2, 0], linkCounts: [38, 48, 0], linksPerPair: [6, 0], network: "infiniband" },
    ]);
    expect(fabric).toMatchObject({ serverCount: 38, railsPerServer: 1, linksPerEndpoint: 1 });
    const slow = [...fabric.links.speedGbps.keys()].filter((link) => fabric.links.speedGbps[link] !== 100);
    expect(slow.map((link) => [fabric.links.speedGbps[link], partName(fabric, fabric.links.lowerPort[link]!)])).toEqual(
      [[20, "sw-ec0d9a0300ec8480/port-11"]],
    );
    const controller = fabric.names!.servers.indexOf("controller");
    const link = fabric.accessLink[controller]!;
    expect(partName(fabric, fabric.links.lowerPort[link]!)).toBe("controller/mlx5_0/port-1");
    expect(partName(fabric, fabric.links.upperPort[link]!)).toBe("sw-ec0d9a0300f548c0/port-25");
    expect(diagnostics).toEqual([]);
    expect(
      imported(data("ibnetdiscover-edr.txt").text, { isServer: (name: string) => name.startsWith("gpu") }).fabric
        .serverCount,
    ).toBe(13);
  });

  test("of ibsim: two hosts with both links in one switch", () => {
    const { fabric } = imported(data("ibnetdiscover-ibsim.txt").text);
    expect(fabric).toMatchObject({ serverCount: 2, railsPerServer: 1, linksPerEndpoint: 2, nicsPerEndpoint: 1 });
    expect([...fabric.links.speedGbps]).toEqual(new Array(6).fill(10));
    expect([...fabric.links.upperSwitch].slice(0, 4)).toEqual([0, 0, 1, 1]);
  });

  test("knows twin-port cages, managed names, boards of two adapters and aggregation nodes", () => {
    const { fabric } = imported(`
vendid=0x2c9
devid=0xd2f2
sysimgguid=0xa0
switchguid=0xa0(a0)
Switch\t65 "S-00000000000000a0"\t\t# "MF0;leaf-7:MQM9700/U1" enhanced port 0 lid 3 lmc 0
[3]\t"H-00000000000000b0"[1](b0) \t\t# "gpu-01 mlx5_0" lid 7 4xHDR
[4]\t"H-00000000000000b1"[1](b1) \t\t# "gpu-01 mlx5_1" lid 8 4xHDR
[5]\t"H-00000000000000c0"[1](c0) \t\t# "gpu-02 mlx5_0" lid 9 4xHDR
[9]\t"H-00000000000000c1"[1](c1) \t\t# "gpu-02 mlx5_1" lid 10 4xHDR
[65]\t"H-00000000000000d0"[1](d0) \t\t# "Mellanox Technologies Aggregation Node" lid 11 4xHDR

vendid=0x2c9
devid=0x1021
sysimgguid=0xb0
caguid=0xb0
Ca\t1 "H-00000000000000b0"\t\t# "gpu-01 mlx5_0"
[1](b0) \t"S-00000000000000a0"[3]\t\t# lid 7 lmc 0 "MF0;leaf-7:MQM9700/U1" lid 3 4xHDR

sysimgguid=0xb0
Ca\t1 "H-00000000000000b1"\t\t# "gpu-01 mlx5_1"
[1](b1) \t"S-00000000000000a0"[4]\t\t# lid 8 lmc 0 "MF0;leaf-7:MQM9700/U1" lid 3 4xHDR

sysimgguid=0xc0
Ca\t1 "H-00000000000000c0"\t\t# "gpu-02 mlx5_0"
sysimgguid=0xc0
Ca\t1 "H-00000000000000c1"\t\t# "gpu-02 mlx5_1"
`);
    expect(fabric).toMatchObject({ serverCount: 2, railsPerServer: 1, linksPerEndpoint: 2, nicsPerEndpoint: 1 });
    expect(switchName(fabric, 0)).toBe("leaf-7");
    // What nobody set speaks the network of the file.
    expect(clusterOfFabric(fabric).planes[0]).toMatchObject({ network: "infiniband", leaf: { model: "QM9700" } });
    expect(fabric.models.map((model) => model.model)).toEqual(["QM9700"]);
    const { upperModule, upperPort, lowerPort } = fabric.links;
    expect(upperModule[0]).toBe(upperModule[1]);
    expect(upperModule[2]).not.toBe(upperModule[3]);
    expect(partName(fabric, upperPort[0]!)).toBe("leaf-7/cage-2");
    expect(partName(fabric, lowerPort[1]!)).toBe("gpu-01/mlx5_0/port-2");
  });

  test.each([
    ['[1] "H-1"[1]', "line 1: a port stands before its node"],
    ["#\nSW    12  1 0x0002c903006e1430 4x EDR - CA     3  1 0x0002c90300a1b2c3", "line 2: this is a list"],
    ['Switch 8 "S-1" # "x"\n[9] "H-1"[1]', "line 2: port 9 of a node with 8 ports"],
    ['Switch 8 "S-1"\n\n[1] "H-1"', 'line 3: "[1] "H-1"" is no port'],
    ["hello", 'line 1: "hello" is no node, port or attribute'],
    ["# nothing", "line 1: there is no Switch or Ca in it"],
    ['Switch 0 "S-1"', "line 1: a node has at least one port"],
    ['Switch 4 "S-1"\n', "no server hangs on a switch"],
  ])("refuses %j with the line", (text, message) => {
    expect(() => imported(text)).toThrow(message);
  });
});

test("chassis headings of ibnetdiscover -g are no records", () => {
  const dump = `Non-Chassis Nodes

vendid=0x8f1
switchguid=0x5442ba00003080(5442ba00003080)
Switch  24 "S-005442ba00003080"         # "ISR9024 Voltaire" base port 0 lid 6 lmc 0
[22]    "H-0008f10403961354"[1](8f10403961355)         # "gpu-1 HCA-1" lid 4 4xSDR
[8]     "H-0008f10403960558"[1](0x8f1040396055a)         # "gpu-2 HCA-1" lid 14 4xSDR
`;
  const { devices, cables } = readIbnetdiscover([{ name: "grouped.txt", text: dump }]);
  expect(devices.map(({ name }) => name)).toEqual(["ISR9024_Voltaire", "gpu-1", "gpu-2"]);
  expect(cables.map(({ speedGbps }) => speedGbps)).toEqual([10, 10]);
});
