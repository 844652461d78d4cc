import { describe, expect, test } from "vitest";
import { UserError } from "../../../base/diagnostics.ts";
import { buildFromYaml } from "../../../fabric/testing/build-from-yaml.ts";
import { frr } from "./frr.ts";

const pair = (more = "") =>
  `{name: x, servers: {count: 4, nics: 2}, plane: {railOptimized: false, leaf: {downlinks: 8}}${more}}`;

function filesOf(yaml: string): { text: (name: string) => string; names: string[]; codes: string[] } {
  const { fabric, cluster } = buildFromYaml(yaml);
  const { files, remarks } = frr.make({ cluster, fabric });
  return {
    names: files.map(({ name }) => name),
    codes: remarks.map(({ code, severity }) => `${severity} ${code}`),
    text: (name) => [...files.find((each) => each.name === name)!.content].join(""),
  };
}

describe("frr.conf", () => {
  test.each([
    ["load-balancing", ""],
    ["active-standby", ", switching: {mode: active-standby, primary: 2, heartbeat: {interval: 20ms}}"],
  ])("%s: host, leaf and spine as they were", async (mode, more) => {
    const { text } = filesOf(pair(more));
    const shown = ["srv-0001", "leaf-a-01", "spine-a-01"].map((node) => text(`${node}/frr.conf`)).join("");
    await expect(shown).toMatchFileSnapshot(`../golden/frr-${mode}.conf`);
  });

  test("every node has its folder, and the tables name the same nodes", () => {
    const { names, text } = filesOf(pair());
    const nodes = text("nodes.csv")
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(",")[0]!);
    expect(names.filter((name) => name.endsWith("/frr.conf"))).toEqual(nodes.map((node) => `${node}/frr.conf`));
    const ends = text("links.csv")
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","));
    for (const [a, aInterface, b, bInterface] of ends) {
      expect(text(`${a}/frr.conf`)).toContain(` neighbor ${aInterface} interface peer-group fabric\n`);
      expect(text(`${b}/frr.conf`)).toContain(` neighbor ${bInterface} interface peer-group`);
    }
  });

  test("only the standby link is announced as the longer way and preferred less", () => {
    const { text } = filesOf(pair(", switching: {mode: active-standby, primary: 2, heartbeat: {interval: 20ms}}"));
    const host = text("srv-0001/frr.conf");
    const map = (name: string) =>
      host
        .split("\n!\n")
        .filter((block) => block.startsWith(`route-map ${name} `))
        .join("\n");
    expect(map("nic1p1-out")).toContain("set as-path prepend");
    expect(map("nic1p2-out")).not.toContain("prepend");
    expect(map("nic1p1-in")).toContain("set local-preference 300");
    expect(map("nic1p2-in")).toContain("set local-preference 350");
  });

  test("BFD timers are the heartbeat's, within what FRR takes", () => {
    const bfd = (interval: string, misses: number) => {
      const { text, codes } = filesOf(pair(`, switching: {heartbeat: {interval: ${interval}, misses: ${misses}}}`));
      const [, multiplier, timer] = /detect-multiplier (\d+)\n\s+receive-interval (\d+)/.exec(
        text("srv-0001/frr.conf"),
      )!;
      return [Number(multiplier), Number(timer), codes.includes("warning export/bfd")];
    };
    expect(bfd("20ms", 3)).toEqual([3, 20, false]);
    expect(bfd("300ms", 5)).toEqual([5, 300, false]);
    expect(bfd("1ms", 3)).toEqual([3, 10, true]);
    expect(bfd("20ms", 1)).toEqual([2, 20, true]);
  });

  test("what routing cannot do is said", () => {
    expect(filesOf(pair(", switching: {mode: duplication}")).codes).toContain("warning export/mode");
    expect(filesOf(pair(", switching: {mode: active-standby, revertive: false}")).codes).toContain(
      "warning export/mode",
    );
  });
});

test("InfiniBand is refused, and left out of a mixed cluster with a word", () => {
  const infiniband = "{network: infiniband, leaf: {model: QM9700}, spine: {model: QM9700}}";
  expect(() => filesOf(`{name: x, servers: {count: 4, nics: 1}, plane: ${infiniband}}`)).toThrow(UserError);
  const { names, codes } = filesOf(
    `{name: x, servers: {count: 4, nics: 1}, attachment: two-planes, planes: [${infiniband}, {}]}`,
  );
  expect(codes).toContain("warning export/network");
  expect(names.some((name) => name.startsWith("leaf-a-"))).toBe(false);
  expect(names).toContain("leaf-b-01/frr.conf");
});
