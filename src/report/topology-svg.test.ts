import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseCluster } from "../cluster/parse.ts";
import { buildFabric, type Fabric } from "../fabric/index.ts";
import { topologySvg } from "./topology-svg.ts";

function fabricOf(lines: readonly string[]): Fabric {
  const { fabric, rejections } = buildFabric(parseCluster(lines.join("\n"), "test.yaml"));
  expect(rejections).toEqual([]);
  return fabric!;
}

const files: Record<string, readonly string[]> = {
  small: ["name: small", "servers: {count: 8}", "plane: {}"],
  "thousand-gpu": ["name: thousand-gpu", "servers: {count: 128}", "plane: {}"],
  "two-planes": ["name: two-planes", "servers: {count: 1024}", "attachment: two-planes", "plane: {core: {}}"],
  heterogeneous: [
    "name: heterogeneous",
    'servers: {count: 64, nic: ["ConnectX-6 1x200G", "ConnectX-7 1x400G OSFP"]}',
    "attachment: two-planes",
    "planes:",
    "  - {name: ib, network: infiniband, leaf: {model: QM8700}, spine: {model: QM8700}}",
    "  - {name: eth, network: ethernet}",
  ],
  "same-module": ["name: false-dual", "servers: {count: 32}", "attachment: same-module", "plane: {}"],
  tree: [
    "name: tree",
    "servers: {count: 64, linksPerNic: 1, nic: ConnectX-7 1x400G OSFP}",
    "plane: {topology: tree, access: {downlinks: 64}, aggregation: {downlinks: 2}}",
  ],
};

describe("topology picture", () => {
  test.each(Object.keys(files))("golden: %s", async (name) => {
    const svg = topologySvg(fabricOf(files[name]!), { theme: "light" });
    await expect(svg.replaceAll("><", ">\n<")).toMatchFileSnapshot(`./golden/topology-${name}.svg`);
  });

  test("says the counts and the bundles in words", () => {
    const svg = topologySvg(fabricOf(files["thousand-gpu"]!));
    for (const words of [
      "1,024 GPUs",
      "16 leaves",
      "8 spines",
      "512 × 800G",
      "= 409.6T",
      "2,048 × 200G",
      "4 links per pair",
    ])
      expect(svg).toContain(words);
    expect(svg).toContain("needed by both");
  });

  test("marks what is fatal", () => {
    const svg = topologySvg(fabricOf(files.tree!), { highlight: [{ kind: "nic", stage: "nic" }] });
    expect(svg.match(/fatal if it fails/g)).toHaveLength(1);
  });

  test("draws groups, never every box: the picture of a large fabric is no larger than that of a small one", () => {
    const large = topologySvg(
      fabricOf(["name: large", "servers: {count: 4096}", "attachment: two-planes", "plane: {core: {}}"]),
    );
    expect(large.length).toBeLessThan(60_000);
    expect(large).toContain("32,768 GPUs");
  });

  test("hostile names never become markup", () => {
    const fabric = fabricOf(files.small!);
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), hostile, (random, nasty) => {
        const name = random + nasty;
        const svg = topologySvg({ ...fabric, name, planes: fabric.planes.map((plane) => ({ ...plane, name })) });
        const names = [...svg.matchAll(/<\/?([A-Za-z!?][^\s/>]*)/g)].map((match) => match[1]);
        expect(names.filter((each) => !known.has(each!))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

const hostile = fc.constantFrom(
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "]]><x/>",
  "</svg><h1>",
  "&lt;&#0;",
  "'\"<!--",
);
const known = new Set(["svg", "title", "desc", "style", "rect", "g", "text", "line"]);
