/** Graphviz: the fabric from the servers up, drawn by dot. */

import type { Fabric } from "../../../fabric/index.ts";
import { type ExportFormat, lazy } from "../format.ts";
import { type Drawing, type DrawnEdge, type DrawnNode, drawingOf } from "./drawing.ts";

/** Edges that dot lays out in seconds and that can be told apart on a wall. */
const edgesMax = 2_000;

export const graphviz: ExportFormat = {
  name: "graphviz",
  writes: "fabric.dot: servers, leaves, spines, cores (in groups, where they are many)",
  checkedBy: "dot of Graphviz draws it",
  make: ({ fabric }) => {
    const drawing = drawingOf(fabric, edgesMax);
    return { files: [{ name: "fabric.dot", content: lazy(() => dotText(fabric, drawing)) }], remarks: [] };
  },
};

/** Tiers stand further apart where they are wide, in inches, so that edges do not run through boxes. */
const nodesPerInch = 10;
const rankSeparationMax = 8;

/** Fill colours by plane, of the same lightness; servers are grey. */
const planeColours = ["#cfe3ff", "#ffe0c2", "#d8f0d0", "#f0d8ee"];
const serverColour = "#eeeeee";

function dotText({ name, planes }: Fabric, { nodes, edges }: Drawing): string {
  const usual = usualLabels(edges);
  const caption = [name, ...captions(usual, planes)].join("\n");
  const ranks = [...new Set(nodes.map(({ rank }) => rank))].sort((left, right) => right - left);
  const widest = Math.max(...ranks.map((rank) => nodes.filter((node) => node.rank === rank).length));
  const rankSeparation = Math.max(1.2, Math.min(rankSeparationMax, widest / nodesPerInch));
  return [
    `graph ${quoted(name)} {`,
    `  graph [label=${quoted(caption)}, labelloc=t, rankdir=TB, ranksep=${rankSeparation.toFixed(1)}, nodesep=0.15, splines=line, fontname="sans-serif"];`,
    '  node [shape=box, style="rounded,filled", fontname="sans-serif", fontsize=10];',
    '  edge [fontname="sans-serif", fontsize=8, color="#555555"];',
    ...ranks.flatMap((rank) => rankText(nodes.filter((node) => node.rank === rank))),
    ...edges.map((edge) => edgeText(edge, usual.get(tiersOf(edge))?.get(edge.to.plane))),
    "}",
    "",
  ].join("\n");
}

const tierNames = ["servers", "leaves", "spines", "cores"];

function tiersOf({ from, to }: DrawnEdge): string {
  return `${tierNames[from.rank]} - ${tierNames[to.rank]}`;
}

/** What most edges between two tiers of a plane say: it stands in the caption, once, in place of every edge. */
function usualLabels(edges: readonly DrawnEdge[]): Map<string, Map<number, string>> {
  const counts = new Map<string, Map<number, Map<string, number>>>();
  for (const edge of edges) {
    const planes = counts.get(tiersOf(edge)) ?? new Map<number, Map<string, number>>();
    counts.set(tiersOf(edge), planes);
    const labels = planes.get(edge.to.plane) ?? new Map<string, number>();
    planes.set(edge.to.plane, labels.set(edge.label, (labels.get(edge.label) ?? 0) + 1));
  }
  const most = (labels: ReadonlyMap<string, number>) =>
    [...labels].reduce((best, each) => (each[1] > best[1] ? each : best))[0];
  return new Map(
    [...counts].map(([tiers, planes]) => [
      tiers,
      new Map([...planes].map(([plane, labels]): [number, string] => [plane, most(labels)])),
    ]),
  );
}

/** A line for each two tiers; for each plane of them, where planes differ. */
function captions(usual: ReadonlyMap<string, ReadonlyMap<number, string>>, planes: Fabric["planes"]): string[] {
  return [...usual].flatMap(([tiers, labels]) => {
    const all = new Set(labels.values());
    if (all.size === 1) return [`${tiers}: ${[...all][0]}`];
    return [...labels].map(([plane, label]) => `${tiers}, plane ${planes[plane]!.name}: ${label}`);
  });
}

/** Nodes side by side, held in their order by edges that nobody sees. */
function rankText(nodes: readonly DrawnNode[]): string[] {
  const order = nodes.map(({ id }) => id).join(" -- ");
  return [
    "  { rank=same;",
    ...nodes.map((node) => `    ${nodeText(node)}`),
    ...(nodes.length > 1 ? [`    ${order} [style=invis];`] : []),
    "  }",
  ];
}

/** An edge says only what differs from the caption. */
function edgeText({ from, to, label, count }: DrawnEdge, usual: string | undefined): string {
  const said = label === usual ? "" : `label=${quoted(label)}, `;
  return `  ${to.id} -- ${from.id} [${said}penwidth=${penWidth(count)}];`;
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
