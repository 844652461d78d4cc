import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findCuts } from "./articulation.ts";
import { findComponents } from "./components.ts";
import { type Graph, graphOfEdges } from "./graph.ts";

type Edge = readonly [number, number];

function graphFrom(nodeCount: number, edges: readonly Edge[]): Graph {
  return graphOfEdges(nodeCount, {
    count: edges.length,
    from: Int32Array.from(edges, (edge) => edge[0]),
    to: Int32Array.from(edges, (edge) => edge[1]),
  });
}

/** Components by flooding labels over the list of edges until nothing changes: shares nothing with the code under test. */
function countComponents(nodes: readonly number[], edges: readonly Edge[]): number {
  const label = new Map(nodes.map((node) => [node, node]));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [low, high] of edges) {
      const least = Math.min(label.get(low)!, label.get(high)!);
      if (label.get(low) !== least || label.get(high) !== least) changed = true;
      label.set(low, least);
      label.set(high, least);
    }
  }
  return new Set(label.values()).size;
}

const multigraphs = fc.integer({ min: 2, max: 12 }).chain((nodeCount) =>
  fc.record({
    nodeCount: fc.constant(nodeCount),
    edges: fc.array(
      fc
        .tuple(fc.integer({ min: 0, max: nodeCount - 1 }), fc.integer({ min: 0, max: nodeCount - 1 }))
        .filter(([low, high]) => low !== high),
      { maxLength: 18 },
    ),
  }),
);

describe("articulation points and bridges", () => {
  test("equal what removing each node and each edge says, on random multigraphs", () => {
    fc.assert(
      fc.property(multigraphs, ({ nodeCount, edges }) => {
        const nodes = Array.from({ length: nodeCount }, (_, node) => node);
        const before = countComponents(nodes, edges);
        const points = nodes.filter((node) => {
          const rest = edges.filter((edge) => !edge.includes(node));
          const isolated = !edges.some((edge) => edge.includes(node));
          const others = nodes.filter((other) => other !== node);
          return !isolated && countComponents(others, rest) > before;
        });
        const bridges = edges
          .filter((_, index) => countComponents(nodes, edges.toSpliced(index, 1)) > before)
          .map(([low, high]) => `${Math.min(low, high)}-${Math.max(low, high)}`)
          .sort();
        const cuts = findCuts(graphFrom(nodeCount, edges));
        expect([...cuts.articulationPoints]).toEqual(points);
        const found = [...cuts.bridgeFrom].map((from, index) => {
          const to = cuts.bridgeTo[index]!;
          return `${Math.min(from, to)}-${Math.max(from, to)}`;
        });
        expect(found.sort()).toEqual(bridges);
        expect(findComponents(graphFrom(nodeCount, edges)).count).toBe(before);
      }),
      { numRuns: 2000 },
    );
  });

  test("a path of 200,000 nodes needs no deep stack", () => {
    const edges = Array.from({ length: 199_999 }, (_, node): Edge => [node, node + 1]);
    const cuts = findCuts(graphFrom(200_000, edges));
    expect(cuts.articulationPoints.length).toBe(199_998);
    expect(cuts.bridgeFrom.length).toBe(199_999);
  });

  test("removed nodes leave the rest in its components", () => {
    const removed = new Uint8Array(5);
    removed[2] = 1;
    const components = findComponents(
      graphFrom(5, [
        [0, 1],
        [1, 2],
        [2, 3],
        [3, 4],
      ]),
      removed,
    );
    expect([...components.of]).toEqual([0, 0, -1, 1, 1]);
  });
});
