import { describe, expect, test } from "vitest";
import { UserError } from "../../../base/diagnostics.ts";
import { buildFromYaml } from "../../../fabric/testing/build-from-yaml.ts";
import { infiniband } from "./infiniband.ts";
import { linkSpeedText } from "./speed.ts";
import { subnetOf } from "./subnet.ts";

const hdr = "{network: infiniband, leaf: {model: QM8700, downlinks: 2}, spine: {model: QM8700, count: 2}}";
const clusters = {
  "two leaves":
    "{name: x, servers: {count: 4, nics: 1}, plane: {network: infiniband, leaf: {model: QM9700, downlinks: 4}, spine: {model: QM9700, count: 2}}}",
  "two planes": `{name: x, servers: {count: 4, nics: 1, nic: [ConnectX-6 1x200G, ConnectX-6 1x200G]}, attachment: two-planes, plane: ${hdr}}`,
};

describe.each(Object.entries(clusters))("%s", (name, yaml) => {
  const { fabric, cluster } = buildFromYaml(yaml);
  const { files } = infiniband.make({ cluster, fabric });
  const text = (file: string) => [...files.find((each) => each.name === file)!.content].join("");

  test("the topology as it was", async () => {
    const golden = `../golden/${name.replaceAll(" ", "-")}.ibnetdiscover`;
    await expect(text("plane-a/topology.ibnetdiscover")).toMatchFileSnapshot(golden);
  });

  test("identifiers are unique, ports exist, and both ends of a link agree", () => {
    const nodes = fabric.planes.flatMap((_, plane) => subnetOf(fabric, plane));
    const guids = nodes.flatMap((node) => [
      node.guid,
      ...(node.kind === "adapter" ? node.ports.map(({ guid }) => guid) : []),
    ]);
    expect(new Set(guids).size).toBe(guids.length);
    expect(nodes.flatMap(({ ports }) => ports)).toHaveLength(fabric.links.count * 2);
    for (const node of nodes) {
      const numbers = node.ports.map(({ number }) => number);
      expect(new Set(numbers).size).toBe(numbers.length);
      for (const port of node.ports) {
        expect(port.number).toBeGreaterThanOrEqual(1);
        expect(port.number).toBeLessThanOrEqual(node.portCount);
        const back = port.peer.ports.find(({ number }) => number === port.peerPort)!;
        expect([back.peer.guid, back.peerPort, back.speed]).toEqual([node.guid, port.number, port.speed]);
      }
    }
  });

  test("roots are the spines, compute nodes all adapters of the plane", () => {
    expect(text("plane-a/root-guids.conf").trimEnd().split("\n")).toHaveLength(2);
    const adapters = text("plane-a/topology.ibnetdiscover").match(/^Ca\t/gm)!;
    expect(text("plane-a/compute-guids.conf").trimEnd().split("\n")).toHaveLength(adapters.length);
  });
});

test("planes are subnets of their own, with prefixes of their own", () => {
  const { fabric, cluster } = buildFromYaml(clusters["two planes"]);
  const { files } = infiniband.make({ cluster, fabric });
  const prefixes = files
    .filter(({ name }) => name.endsWith("opensm.conf"))
    .map(({ content }) => /subnet_prefix (\S+)/.exec([...content].join(""))![1]);
  expect(prefixes).toEqual(["0xfec0000000000000", "0xfec0000000000001"]);
});

test("a fabric without InfiniBand is refused, and so is a subnet with more LIDs than there are", () => {
  const ethernet = buildFromYaml("{name: x, servers: {count: 4, nics: 1}, plane: {}}");
  expect(() => infiniband.make(ethernet)).toThrow(UserError);
  const large = buildFromYaml(
    "{name: x, servers: {count: 6200, nics: 8, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}, plane: {network: infiniband, leaf: {model: QM9700}, spine: {model: QM9700}, core: {model: QM9700}}}",
  );
  expect(() => infiniband.make(large)).toThrow(/49151/);
});

test.each([
  [200, 50, "4xHDR"],
  [400, 100, "4xNDR"],
  [200, 100, "2xNDR"],
  [800, 200, "4xXDR"],
  [100, 50, "2xHDR"],
  [100, undefined, "4xEDR"],
  [400, undefined, "4xNDR"],
  [400, 300, "4xNDR"],
] as const)("%d Gbps over lanes of %s is %s", (speed, lane, text) => {
  expect(linkSpeedText(speed, lane)).toBe(text);
});
