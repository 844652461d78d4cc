/** Graphviz: the fabric from the servers up, drawn by dot. */

import { type ExportFormat, lazy } from "../format.ts";
import { type Drawing, type DrawnEdge, type DrawnNode, drawingOf } from "./drawing.ts";

/** Edges that dot lays out in seconds and that can be told apart on a wall. */
const edgesMax = 2_000;

export const graphviz: ExportFormat = {
  name: "graphviz",
  writes: "fabric.dot: servers (in groups, where they are many), leaves, spines, cores",
  checkedBy: "dot of Graphviz draws it",
  make: ({ fabric }) => {
    const drawing = drawingOf(fabric, edgesMax, "graphviz");
    return { files: [{ name: "fabric.dot", content: lazy(() => dotText(fabric.name, drawing)) }], remarks: [] };
  },
};

/** Fill colours by plane, of the same lightness; servers are grey. */
const planeColours = ["#cfe3ff", "#ffe0c2", "#d8f0d0", "#f0d8ee"];
const serverColour = "#eeeeee";

function dotText(name: string, { nodes, edges }: Drawing): string {
  const usual = usualLabels(edges);
  const caption = [name, ...[...usual].map(([tiers, label]) => `${tiers}: ${label}`)].join("\n");
  const ranks = [...new Set(nodes.map(({ rank }) => rank))].sort((left, right) => right - left);
  return [
    `graph ${quoted(name)} {`,
    `  graph [label=${quoted(caption)}, labelloc=t, rankdir=TB, ranksep=1.2, nodesep=0.15, splines=line, fontname="sans-serif"];`,
    '  node [shape=box, style="rounded,filled", fontname="sans-serif", fontsize=10];',
    '  edge [fontname="sans-serif", fontsize=8, color="#555555"];',
    ...ranks.flatMap((rank) => [
      "  { rank=same;",
      ...nodes.filter((node) => node.rank === rank).map((node) => `    ${nodeText(node)}`),
      "  }",
    ]),
    ...edges.map(
      ({ from, to, label, count }) => `  ${to.id} -- ${from.id} [label=${quoted(label)}, penwidth=${penWidth(count)}];`,
    ),
    "}",
    "",
  ].join("\n");
}

const tierNames = ["servers", "leaves", "spines", "cores"];

function tiersOf(from: DrawnNode, to: DrawnNode): string {
  return `${tierNames[from.rank]} - ${tierNames[to.rank]}`;
}

/** What most edges between two tiers say: it stands in the caption, once, in place of every edge. */
function usualLabels(edges: readonly DrawnEdge[]): Map<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const { from, to, label } of edges) {
    const tier = counts.get(tiersOf(from, to)) ?? new Map<string, number>();
    counts.set(tiersOf(from, to), tier.set(label, (tier.get(label) ?? 0) + 1));
  }
  return new Map(
    [...counts].map(([tiers, labels]) => [
      tiers,
      [...labels].reduce((best, each) => (each[1] > best[1] ? each : best))[0],
    ]),
  );
}

function nodeText({ id, lines, plane }: DrawnNode): string {
  const colour = plane < 0 ? serverColour : planeColours[plane % planeColours.length]!;
  return `${id} [label=${quoted(lines.join("\n"))}, fillcolor=${quoted(colour)}];`;
}

/** Thicker for more links, within what still looks like a line. */
function penWidth(count: number): number {
  return Math.min(5, 1 + Math.round(Math.log2(count) * 5) / 10);
}

/** A string of the dot language: backslashes and quotes escaped, line breaks written as \n. */
function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
