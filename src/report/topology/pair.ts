/** The zoomed inset: the links of one NIC, part by part from server to leaf; a part that both links need spans both rows. */

import { type Fabric, partName, switchName } from "../../fabric/index.ts";
import { formatCount, formatLength, formatSpeed } from "../format.ts";
import type { Node } from "../svg.ts";
import { examplePair } from "./example-pair.ts";
import { kindOf, modelName, stageOf } from "./parts.ts";
import { type Area, label, labelledBox, line, type Point } from "./shapes.ts";

/** A part kind and stage to mark as fatal in the picture. */
export interface Highlight {
  readonly kind: string;
  readonly stage: string;
}

interface Cell {
  readonly part: number;
  readonly title: string;
  readonly model: string;
  readonly detail: string;
}

const rowHeight = 62;
const rowGap = 12;
const boxGap = 22;

/** Height of the inset of a fabric. */
export function pairHeight(fabric: Fabric): number {
  return 34 + fabric.linksPerEndpoint * (rowHeight + rowGap);
}

/** Draws the first NIC's links at `at`, `width` wide. */
export function drawPair(fabric: Fabric, at: Point, width: number, highlight: readonly Highlight[]): Node[] {
  const sides = Array.from({ length: fabric.linksPerEndpoint }, (_, side) => side);
  const chains = sides.map((side) => chainOf(fabric, examplePair(fabric)[side]!));
  const columns = chains[0]!.length;
  const labelWidth = 104;
  const boxWidth = (width - labelWidth - boxGap * (columns - 1)) / columns;
  const shared = (column: number) => chains.length === 2 && chains[0]![column]!.part === chains[1]![column]!.part;
  const name = `${partName(fabric, fabric.links.lowerPort[examplePair(fabric)[0]!]!).split("/port")[0]}`;
  const title =
    fabric.linksPerEndpoint === 2 ? "Both links of one NIC, part by part" : "The one link of a NIC, part by part";
  const nodes: Node[] = [
    label(title, { x: at.x, y: at.y + 14 }, { tone: "bold", size: 14 }),
    label(
      `example: ${name}`,
      { x: at.x + width, y: at.y + 14 },
      { anchor: "end", tone: "soft", size: 11, widthMax: width / 2 },
    ),
  ];
  const top = at.y + 30;
  for (const side of sides) {
    const y = top + side * (rowHeight + rowGap);
    const link = examplePair(fabric)[side]!;
    const tone = side === 0 ? "one" : "two";
    const plane = fabric.planes[fabric.links.plane[link]!]!;
    const length = plane.assemblies[0]?.lengthM;
    nodes.push(
      label(`Link ${side + 1}`, { x: at.x, y: y + 24 }, { tone: `${tone} bold`, size: 13 }),
      label(
        [formatSpeed(fabric.links.speedGbps[link]!), length === undefined ? "" : formatLength(length)].join(" "),
        { x: at.x, y: y + 40 },
        { tone: "soft", size: 11, widthMax: labelWidth - 8 },
      ),
      label(`plane ${plane.name}`, { x: at.x, y: y + 55 }, { tone: "soft", size: 11, widthMax: labelWidth - 8 }),
    );
    for (let column = 0; column + 1 < columns; column++) {
      const x = at.x + labelWidth + column * (boxWidth + boxGap) + boxWidth;
      nodes.push(line({ x, y: y + rowHeight / 2 }, { x: x + boxGap, y: y + rowHeight / 2 }, `${tone}-link`, 2.4));
    }
  }
  for (let column = 0; column < columns; column++) {
    const x = at.x + labelWidth + column * (boxWidth + boxGap);
    for (const side of sides) {
      if (side === 1 && shared(column)) continue;
      const cell = chains[side]![column]!;
      const height = shared(column) ? rowHeight * 2 + rowGap : rowHeight;
      nodes.push(
        cellBox(
          fabric,
          cell,
          { x, y: top + side * (rowHeight + rowGap), width: boxWidth, height },
          shared(column),
          side,
          highlight,
        ),
      );
    }
  }
  return nodes;
}

function cellBox(
  fabric: Fabric,
  cell: Cell,
  area: Area,
  shared: boolean,
  side: number,
  highlight: readonly Highlight[],
): Node {
  // Parts of one kind and stage need not fail alike; of a pair, only what both links need can cut the GPU off.
  const critical = shared || fabric.linksPerEndpoint === 1;
  const fatal = critical && highlight.some((each) => partIs(fabric, cell.part, each));
  const className = fatal ? "fatal-box" : shared ? "shared-box" : side === 0 ? "one-box" : "two-box";
  const lines: (readonly [string, { size: number; tone: string }])[] = [[cell.title, { size: 11, tone: "soft" }]];
  if (cell.model !== "") lines.push([cell.model, { size: 11, tone: "bold" }]);
  if (cell.detail !== "") lines.push([cell.detail, { size: 10, tone: "soft" }]);
  if (shared) lines.push(["needed by both", { size: 10.5, tone: "shared bold" }]);
  if (fatal) lines.push(["fatal if it fails", { size: 10.5, tone: "fatal bold" }]);
  return labelledBox(area, className, lines);
}

function partIs(fabric: Fabric, part: number, { kind, stage }: Highlight): boolean {
  return kindOf(fabric, part) === kind && stageOf(fabric, part) === stage;
}

function chainOf(fabric: Fabric, link: number): Cell[] {
  const { links, parts } = fabric;
  const leaf = links.upperSwitch[link]!;
  const users = usersOf(fabric, link);
  const inner = (column: "lowerPort" | "lowerModule" | "cable" | "upperModule" | "upperPort", title: string): Cell => {
    const part = links[column][link]!;
    const model = modelName(fabric, part);
    const captive = fabric.models[parts.model[part]!]?.kind === "captive-cable" && column !== "cable";
    const count = users[column];
    const ownName = partName(fabric, part).split("/").at(-1)!;
    return {
      part,
      title: captive ? "plug of the cable" : title,
      model: captive ? "" : model === "" ? ownName : model,
      detail: count > 1 ? `carries ${formatCount(count)} links` : "",
    };
  };
  const nic = parts.owner[links.lowerPort[link]!]!;
  const cells = [
    { part: nic, title: "NIC", model: modelName(fabric, nic), detail: "" },
    inner("lowerPort", "NIC port"),
    inner("lowerModule", "module"),
    inner("cable", "cable"),
    inner("upperModule", "module"),
    inner("upperPort", "switch cage"),
  ];
  const leafPart = fabric.switches.part[leaf]!;
  return [
    ...cells,
    { part: leafPart, title: switchName(fabric, leaf), model: modelName(fabric, leafPart), detail: "" },
  ];
}

const columnsOfLink = ["lowerPort", "lowerModule", "cable", "upperModule", "upperPort"] as const;

/** How many links need each part of a link. */
function usersOf(fabric: Fabric, link: number): Record<(typeof columnsOfLink)[number], number> {
  const { links } = fabric;
  const users = { lowerPort: 0, lowerModule: 0, cable: 0, upperModule: 0, upperPort: 0 };
  for (const column of columnsOfLink) {
    const parts = links[column];
    const wanted = parts[link];
    for (let other = 0; other < links.count; other++) if (parts[other] === wanted) users[column]++;
  }
  return users;
}
