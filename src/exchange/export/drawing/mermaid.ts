/** Mermaid: the fabric as a flowchart, for pages that draw it themselves. */

import { type ExportFormat, lazy } from "../format.ts";
import { type Drawing, type DrawnNode, drawingOf } from "./drawing.ts";

/** Mermaid draws 500 edges as it is set up by default (maxEdges), and 50,000 characters (maxTextSize). */
const edgesMax = 500;

export const mermaid: ExportFormat = {
  name: "mermaid",
  writes: "fabric.mmd: the same drawing as graphviz, for pages that render Mermaid",
  checkedBy: "the grammar of its flowcharts, restated",
  make: ({ fabric }) => {
    const drawing = drawingOf(fabric, edgesMax);
    return { files: [{ name: "fabric.mmd", content: lazy(() => mermaidText(drawing)) }], remarks: [] };
  },
};

const tierNames = ["servers", "leaves", "spines", "cores"];

function mermaidText({ nodes, edges }: Drawing): string {
  const ranks = [...new Set(nodes.map(({ rank }) => rank))].sort((left, right) => right - left);
  return [
    "flowchart TB",
    ...ranks.flatMap((rank) => [
      `  subgraph ${tierNames[rank] ?? `tier${rank}`}`,
      "    direction LR",
      ...nodes.filter((node) => node.rank === rank).map((node) => `    ${nodeText(node)}`),
      "  end",
    ]),
    ...edges.map(({ from, to, label }) => `  ${to.id} ---|"${escaped(label)}"| ${from.id}`),
    "",
  ].join("\n");
}

function nodeText({ id, lines, rank }: DrawnNode): string {
  const text = `"${lines.map(escaped).join("<br/>")}"`;
  return rank === 0 ? `${id}(${text})` : `${id}[${text}]`;
}

/** Mermaid's entities for what would end a text or be read as markup. */
function escaped(text: string): string {
  return text.replaceAll(/["<>#&;`\\]/g, (sign) => `#${sign.codePointAt(0)};`);
}
