import { describe, expect, test } from "vitest";
import { buildFromYaml } from "../../../fabric/testing/build-from-yaml.ts";
import { drawingOf } from "./drawing.ts";
import { graphviz } from "./graphviz.ts";
import { mermaid } from "./mermaid.ts";

const small =
  '{name: a "small" one, servers: {count: 8, nics: 1}, plane: {leaf: {downlinks: 4, uplinks: 2, oversubscription: 2}, spine: {count: 2}, links: {leafSpine: {speed: 400Gbps}}}}';
const many = "{name: many, servers: {count: 256, nics: 8}, plane: {}}";

describe("drawing", () => {
  test.each([
    [10_000, "devices"],
    [1_500, "server groups"],
    [500, "pods"],
    [1, "tiers"],
  ] as const)("edges add up to all links, in every detail: at most %d edges", (edgesMax, expected) => {
    const { fabric } = buildFromYaml(many);
    const { edges, nodes, detail } = drawingOf(fabric, edgesMax);
    expect(detail).toBe(expected);
    expect(edges.reduce((sum, { count }) => sum + count, 0)).toBe(fabric.links.count);
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
    for (const { from, to } of edges) expect(from.rank).toBeLessThan(to.rank);
    const counted = nodes.map(({ lines, rank }) => [rank, lines.length === 1 ? 1 : Number(lines[0]!.split(" ")[0])]);
    const total = (of: (rank: number) => boolean) =>
      counted.reduce((sum, [rank, count]) => sum + (of(rank!) ? count! : 0), 0);
    expect([total((rank) => rank === 0), total((rank) => rank > 0)]).toEqual([256, fabric.switches.count]);
  });
});

/** A flowchart as far as we write it: Mermaid's grammar (flow.jison) for nodes, subgraphs and labelled edges, restated. */
const mermaidLine =
  /^(flowchart TB|\s*subgraph \w+|\s*direction LR|\s*end|\s*\w+(\("[^"]*"\)|\["[^"]*"\])|\s*\w+ ---\|"[^"]*"\| \w+)$/;

test.each([
  ["graphviz", graphviz, "fabric.dot"],
  ["mermaid", mermaid, "fabric.mmd"],
] as const)("%s as it was", async (_name, format, file) => {
  const built = buildFromYaml(small);
  const { files } = format.make({ cluster: built.cluster, fabric: built.fabric });
  expect(files.map(({ name }) => name)).toEqual([file]);
  await expect([...files[0]!.content].join("")).toMatchFileSnapshot(`../golden/${file}`);
});

test("every line of Mermaid is in its grammar, and ids are declared before they are joined", () => {
  const built = buildFromYaml("{name: x, servers: {count: 64, nics: 8}, plane: {}}");
  const text = [...mermaid.make({ cluster: built.cluster, fabric: built.fabric }).files[0]!.content].join("");
  const declared = new Set<string>();
  for (const line of text.trimEnd().split("\n")) {
    expect(line).toMatch(mermaidLine);
    const node = /^\s*(\w+)[([]/.exec(line);
    if (node !== null) declared.add(node[1]!);
    const edge = /^\s*(\w+) ---\|.*\| (\w+)$/.exec(line);
    if (edge !== null) for (const id of edge.slice(1)) expect(declared).toContain(id);
  }
  expect(text.length).toBeLessThan(50_000);
});
