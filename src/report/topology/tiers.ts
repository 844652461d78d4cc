/** Draws one plane: its tiers from cores down to leaves, pods framed, links between the boxes that are shown. */

import { type Fabric, switchName } from "../../fabric/index.ts";
import { formatCapacity, formatCount, formatCounted, formatSpeed } from "../format.ts";
import { element, type Node } from "../svg.ts";
import type { ServerGroups } from "./groups.ts";
import type { Bunch, Row } from "./sample.ts";
import { type Area, box, gutterPill, label, labelledBox, line, type Point } from "./shapes.ts";

/** Where the boxes of a plane lie. */
export interface PlaneGeometry {
  readonly x: number;
  readonly width: number;
  /** Top of each tier's boxes: leaves, spines, cores. */
  readonly tops: readonly [number, number, number];
}

export const boxHeight = 48;
/** Width of the labels at the left of every band. */
export const labelWidth = 138;
const gapWidth = 36;
const spacing = 7;

/** What the links of one tier of one plane add up to. */
export interface TierTotals {
  readonly count: number;
  readonly capacityGbps: number;
  readonly slowestGbps: number;
  readonly fastestGbps: number;
}

/** Sums of the links by plane x 3 + tier. */
export function tierTotals(fabric: Fabric): TierTotals[] {
  const { links } = fabric;
  const totals = Array.from({ length: fabric.planes.length * 3 }, () => ({
    count: 0,
    capacityGbps: 0,
    slowestGbps: Number.POSITIVE_INFINITY,
    fastestGbps: 0,
  }));
  for (let link = 0; link < links.count; link++) {
    const total = totals[links.plane[link]! * 3 + links.tier[link]!]!;
    const speed = links.speedGbps[link]!;
    total.count++;
    total.capacityGbps += speed;
    if (speed < total.slowestGbps) total.slowestGbps = speed;
    if (speed > total.fastestGbps) total.fastestGbps = speed;
  }
  return totals;
}

/** `512 × 800G` and `= 409.6T`. */
export function bundleLines({ count, capacityGbps, slowestGbps, fastestGbps }: TierTotals): [string, string] {
  const speed =
    slowestGbps === fastestGbps ? formatSpeed(fastestGbps) : `${formatSpeed(slowestGbps)}–${formatSpeed(fastestGbps)}`;
  return [`${formatCount(count)} × ${speed}`, `= ${formatCapacity(capacityGbps)}`];
}

export interface PlaneDrawing {
  readonly lines: readonly Node[];
  readonly boxes: readonly Node[];
  /** Centre of each drawn switch's box, by switch index. */
  readonly places: ReadonlyMap<number, Point>;
}

/** Draws a plane's switches and the links between them. */
export function drawPlane(
  fabric: Fabric,
  groups: ServerGroups,
  plane: number,
  rows: readonly [Row, Row, Row],
  geometry: PlaneGeometry,
  totals: readonly TierTotals[],
): PlaneDrawing {
  const places = new Map<number, Point>();
  const bands: Node[] = [];
  const boxes: Node[] = [];
  const content = { x: geometry.x + labelWidth, width: geometry.width - labelWidth - 10 };
  for (const [tier, row] of rows.entries()) {
    if (row.bunches.length === 0) continue;
    const y = geometry.tops[tier]!;
    bands.push(box({ x: geometry.x, y: y - 12, width: geometry.width, height: boxHeight + 24 }, "band", 8));
    boxes.push(...tierLabel(fabric, plane, tier, { x: geometry.x + 12, y }));
    boxes.push(...drawRow(fabric, groups, row, { ...content, y, height: boxHeight }, places));
  }
  const frames = podFrames(rows, content, geometry);
  const lines = linksBetween(fabric, places, plane);
  const pills = [1, 2].flatMap((tier) => {
    const total = totals[plane * 3 + tier]!;
    if (total.count === 0 || rows[tier]!.bunches.length === 0) return [];
    const middle = (geometry.tops[tier]! + boxHeight + geometry.tops[tier - 1]!) / 2;
    const perPair = fabric.planes[plane]!.linksPerPair[tier - 1]!;
    const pair = `${formatCounted(perPair, "link")} per pair`;
    return [gutterPill([...bundleLines(total), pair], { x: geometry.x, y: middle }, labelWidth - 10)];
  });
  return { lines: [...bands, ...frames.boxes, ...lines], boxes: [...boxes, ...frames.names, ...pills], places };
}

function tierLabel(fabric: Fabric, plane: number, tier: number, at: Point): Node[] {
  const { tierNames, switchCounts, pods } = fabric.planes[plane]!;
  const count = switchCounts[tier]!;
  const widthMax = labelWidth - 20;
  const model = modelOfTier(fabric, plane, tier);
  const groups = tier === 2 ? coreGroups(fabric, plane) : pods;
  const each =
    groups > 1 && count % groups === 0
      ? `${formatCount(groups)} ${tier === 2 ? "groups" : "pods"} × ${formatCount(count / groups)}`
      : "";
  const noun = count === 1 ? tierNames[tier]! : plural(tierNames[tier]!);
  return [
    label(`${formatCount(count)} ${noun}`, { x: at.x, y: at.y + 15 }, { tone: "bold", size: 13, widthMax }),
    label(model, { x: at.x, y: at.y + 31 }, { tone: "soft", size: 11, sizeMin: 9, widthMax }),
    each === "" ? undefined : label(each, { x: at.x, y: at.y + 46 }, { tone: "soft", size: 11, widthMax }),
  ];
}

/** Plural of a tier's name; access and aggregation stand for their switches. */
export function plural(tierName: string): string {
  if (tierName === "leaf") return "leaves";
  return tierName === "access" || tierName === "aggregation" ? tierName : `${tierName}s`;
}

function coreGroups(fabric: Fabric, plane: number): number {
  let most = -1;
  const { switches } = fabric;
  for (let index = 0; index < switches.count; index++)
    if (switches.plane[index] === plane && switches.tier[index] === 2) most = Math.max(most, switches.pod[index]!);
  return most + 1;
}

function modelOfTier(fabric: Fabric, plane: number, tier: number): string {
  const { switches } = fabric;
  for (let index = 0; index < switches.count; index++)
    if (switches.plane[index] === plane && switches.tier[index] === tier)
      return fabric.models[fabric.parts.model[switches.part[index]!]!]?.model ?? "";
  return "";
}

/** Cells of equal width, one a bunch, with room for what is hidden between the first and the last. */
function cellsOf(row: Row, content: { x: number; width: number }): Area[] {
  const hiddenWidth = row.hidden > 0 ? 70 : 0;
  const apart = 12;
  const count = row.bunches.length;
  const width = (content.width - hiddenWidth - apart * (count - 1)) / count;
  return row.bunches.map((_, place) => ({
    x: content.x + place * (width + apart) + (place > 0 ? hiddenWidth : 0),
    y: 0,
    width,
    height: 0,
  }));
}

function drawRow(fabric: Fabric, groups: ServerGroups, row: Row, area: Area, places: Map<number, Point>): Node[] {
  const cells = cellsOf(row, area);
  const widths = row.bunches.map((bunch, place) => boxWidth(bunch, cells[place]!.width - 14));
  const width = Math.min(86, ...widths);
  const drawn = row.bunches.flatMap((bunch, place) => {
    const cell = cells[place]!;
    const fixed = bunch.slots.reduce((sum, slot) => sum + (slot.kind === "gap" ? gapWidth : width), 0);
    const apart = Math.min(24, Math.max(spacing, (cell.width - 14 - fixed) / Math.max(1, bunch.slots.length - 1)));
    let x = cell.x + (cell.width - fixed - apart * (bunch.slots.length - 1)) / 2;
    return bunch.slots.map((slot) => {
      const slotWidth = slot.kind === "gap" ? gapWidth : width;
      const place = { x, y: area.y, width: slotWidth, height: area.height };
      x += slotWidth + apart;
      if (slot.kind === "gap") return hiddenCount(`+${formatCount(slot.hidden)}`, place);
      places.set(slot.index, { x: place.x + slotWidth / 2, y: area.y });
      return switchBox(fabric, groups, slot.index, place);
    });
  });
  if (row.hidden === 0) return drawn;
  const middle = cells[0]!.x + cells[0]!.width + 6 + 35;
  const noun = row.hidden === 1 ? row.hiddenNoun : `${row.hiddenNoun}s`;
  return [
    ...drawn,
    label(
      `+${formatCount(row.hidden)}`,
      { x: middle, y: area.y + 22 },
      { anchor: "middle", tone: "bold", widthMax: 68 },
    ),
    label(noun, { x: middle, y: area.y + 37 }, { anchor: "middle", tone: "soft", size: 10.5, widthMax: 72 }),
  ];
}

function boxWidth(bunch: Bunch, width: number): number {
  const gaps = bunch.slots.filter((slot) => slot.kind === "gap").length;
  const boxes = bunch.slots.length - gaps;
  return (width - gaps * gapWidth - spacing * (bunch.slots.length - 1)) / Math.max(1, boxes);
}

function hiddenCount(text: string, area: Area): Node {
  return label(
    text,
    { x: area.x + area.width / 2, y: area.y + area.height / 2 + 4 },
    { anchor: "middle", tone: "soft bold", size: 11, widthMax: area.width },
  );
}

/** A switch: its name in two lines, and the rail that a leaf serves. */
function switchBox(fabric: Fabric, groups: ServerGroups, index: number, area: Area): Node {
  const name = switchName(fabric, index);
  const cut = name.lastIndexOf("-");
  const rail = groups.railOfLeaf[index]!;
  const sides = fabric.switches.tier[index] === 0 ? groups.sidesOfLeaf[index]! : 0;
  const className = ["card", "one-box", "two-box", "both-box"][sides] ?? "card";
  return element(
    "g",
    {},
    element("title", {}, rail >= 0 ? `${name}, rail ${rail + 1}` : name),
    labelledBox(area, className, [
      [name.slice(0, cut), { size: 10, tone: "soft" }],
      [name.slice(cut + 1), { size: 12.5, tone: "bold" }],
      ...(rail >= 0 ? ([[`rail ${rail + 1}`, { size: 10, tone: "soft" }]] as const) : []),
    ]),
  );
}

/** A frame around the spines and leaves of each pod that is drawn, and its name. */
function podFrames(
  rows: readonly [Row, Row, Row],
  content: { x: number; width: number },
  geometry: PlaneGeometry,
): { boxes: Node[]; names: Node[] } {
  const [leaves, spines] = rows;
  const pods = spines.bunches.length;
  if (pods < 2 || leaves.bunches.length !== pods) return { boxes: [], names: [] };
  const cells = cellsOf(spines, content);
  const top = geometry.tops[1] - 8;
  const height = geometry.tops[0] + boxHeight + 8 - top;
  const boxes = cells.map((cell) => box({ x: cell.x - 2, y: top, width: cell.width + 4, height }, "frame", 8));
  const names = cells.map((cell, place) =>
    label(
      `pod ${spines.bunches[place]!.pod + 1}`,
      { x: cell.x + 6, y: geometry.tops[1] + boxHeight + 22 },
      { tone: "soft bold halo", size: 11, widthMax: cell.width },
    ),
  );
  return { boxes, names };
}

/** Lines between drawn switches; parallel links make the line thicker. */
function linksBetween(fabric: Fabric, places: ReadonlyMap<number, Point>, plane: number): Node[] {
  const { links } = fabric;
  const drawn = new Uint8Array(fabric.switches.count);
  for (const index of places.keys()) drawn[index] = 1;
  const pairs = new Map<string, { lower: number; upper: number; count: number }>();
  for (let link = 0; link < links.count; link++) {
    const lower = links.lowerSwitch[link]!;
    const upper = links.upperSwitch[link]!;
    if (lower < 0 || links.plane[link] !== plane || drawn[lower] === 0 || drawn[upper] === 0) continue;
    const key = `${lower}-${upper}`;
    const pair = pairs.get(key);
    if (pair === undefined) pairs.set(key, { lower, upper, count: 1 });
    else pair.count++;
  }
  return [...pairs.values()].map(({ lower, upper, count }) => {
    const from = places.get(lower)!;
    const to = places.get(upper)!;
    const width = Math.min(3, 0.8 + 0.35 * Math.log2(count + 1));
    return line({ x: from.x, y: from.y }, { x: to.x, y: to.y + boxHeight }, "link", width);
  });
}
