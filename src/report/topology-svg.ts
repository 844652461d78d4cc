/** The topology as a picture: groups with counts, never every box, readable from 8 servers to 100,000 GPUs. */

import type { Fabric } from "../fabric/index.ts";
import { element, type Node, render } from "./svg.ts";
import { textWidth } from "./text-measure.ts";
import { drawFacts, factsHeight } from "./topology/facts.ts";
import { serverGroups } from "./topology/groups.ts";
import { drawLegend, legendHeight } from "./topology/legend.ts";
import { drawPair, type Highlight, pairHeight } from "./topology/pair.ts";
import { boxesNarrow, boxesWide, samplePlane } from "./topology/sample.ts";
import { drawServers, serverBandHeight } from "./topology/servers.ts";
import { gutterPill, label, type Point } from "./topology/shapes.ts";
import { type Theme, topologyStyle } from "./topology/theme.ts";
import { boxHeight, bundleLines, drawPlane, labelWidth, type TierTotals, tierTotals } from "./topology/tiers.ts";
import { describeAttachment, describeFabric, planesText } from "./topology/words.ts";

export interface TopologyOptions {
  /** Colours; `auto` (the default) follows the reader's colour scheme, and prints light. */
  readonly theme?: Theme;
  /** Kinds of part to mark as fatal in the zoomed links. */
  readonly highlight?: readonly Highlight[];
  /** Id of the picture's root, for pages with several. Default `topology`. Letters, digits and hyphens. */
  readonly id?: string;
  /** Whether name and description stand above the picture. Default true; false where a page says them already. */
  readonly heading?: boolean;
}

const width = 1320;
const margin = 20;
const headingHeight = 78;
const laneHeight = 92;
const accessLaneHeight = 128;

/** The fabric as one standalone SVG document. */
export function topologySvg(fabric: Fabric, options: TopologyOptions = {}): string {
  const id = options.id ?? "topology";
  const groups = serverGroups(fabric);
  const totals = tierTotals(fabric);
  const boxesMax = fabric.planes.length > 1 ? boxesNarrow : boxesWide;
  const rows = fabric.planes.map((_, plane) => samplePlane(fabric, groups, plane, boxesMax));
  const tiers = Math.max(...rows.map((row) => row.filter((tier) => tier.bunches.length > 0).length));
  const planeTop = 116;
  const tierPitch = boxHeight + laneHeight;
  const leafTop = planeTop + 14 + (tiers - 1) * tierPitch;
  const tops: [number, number, number] = [leafTop, leafTop - tierPitch, leafTop - 2 * tierPitch];
  const planeWidth = (width - 2 * margin - 24 * (fabric.planes.length - 1)) / fabric.planes.length;
  const planes = rows.map((row, plane) =>
    drawPlane(fabric, groups, plane, row, { x: margin + plane * (planeWidth + 24), width: planeWidth, tops }, totals),
  );
  const serverArea = {
    x: margin,
    y: leafTop + boxHeight + accessLaneHeight,
    width: width - 2 * margin,
    height: serverBandHeight,
  };
  const servers = drawServers(fabric, groups, planes, serverArea);
  const pairTop = serverArea.y + serverArea.height + 28;
  const factsTop = pairTop + pairHeight(fabric) + 18;
  const legendTop = factsTop + factsHeight(fabric) + 14;
  const height = legendTop + legendHeight + margin;
  const inner = width - 2 * margin;
  const description = describeFabric(fabric);
  const body: Node[] = [
    element("title", { id: `${id}-title` }, `Topology of ${fabric.name}`),
    element("desc", { id: `${id}-desc` }, description),
    element("style", {}, { markup: topologyStyle(options.theme ?? "auto", id) }),
    element("rect", { x: 0, y: 0, width, height, class: "paper" }),
    ...(options.heading === false ? [] : heading(fabric)),
    ...planeHeadings(fabric, planeTop, planeWidth),
    ...planes.flatMap((plane) => plane.lines),
    ...servers.lines,
    ...planes.flatMap((plane) => plane.boxes),
    ...servers.boxes,
    ...accessPills(fabric, totals, leafTop + boxHeight + accessLaneHeight / 2 - 4, planeWidth),
    ...drawPair(fabric, { x: margin, y: pairTop }, inner, options.highlight ?? []),
    ...drawFacts(fabric, totals, { x: margin, y: factsTop }, inner),
    ...drawLegend(fabric, { x: margin, y: legendTop }, inner),
  ];
  const top = options.heading === false ? headingHeight : 0;
  const root = element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      id,
      viewBox: `0 ${top} ${width} ${height - top}`,
      width,
      height: height - top,
      role: "img",
      "aria-labelledby": `${id}-title ${id}-desc`,
    },
    ...body,
  );
  return render(root);
}

function heading(fabric: Fabric): Node[] {
  return [
    label(fabric.name, { x: margin, y: 40 }, { tone: "bold", size: 24, widthMax: width - 2 * margin }),
    label(describeFabric(fabric), { x: margin, y: 64 }, { tone: "soft", size: 13.5, widthMax: width - 2 * margin }),
  ];
}

function planeHeadings(fabric: Fabric, top: number, planeWidth: number): Node[] {
  const marks = planesText(fabric);
  return fabric.planes.flatMap((plane, index) => {
    const x = margin + index * (planeWidth + 24);
    const side = fabric.planes.length === 2 ? (index === 0 ? "one" : "two") : "";
    const text = `Plane ${plane.name}`;
    const name = element(
      "g",
      {},
      label(text, { x, y: top - 14 }, { tone: `${side} bold`.trim(), size: 14, widthMax: planeWidth * 0.4 }),
    );
    const after = x + Math.min(planeWidth * 0.4, textWidth(text, 14, true)) + 12;
    return [
      name,
      label(marks[index]!, { x: after, y: top - 14 }, { tone: "soft", size: 12, widthMax: planeWidth - (after - x) }),
    ];
  });
}

/** What the access links of each plane add up to, above the servers. */
function accessPills(fabric: Fabric, totals: readonly TierTotals[], y: number, planeWidth: number): Node[] {
  return fabric.planes.flatMap((_, plane) => {
    const total = totals[plane * 3]!;
    if (total.count === 0) return [];
    const at: Point = { x: margin + plane * (planeWidth + 24), y };
    return [gutterPill([...bundleLines(total), describeAttachment(fabric, plane)], at, labelWidth - 10)];
  });
}
