/** From the rows and what is looked at to shapes: boxes, bundles of links, labels; and what lies under the pointer. */

import { formatCapacity, formatCount, formatSpeed } from "../../../src/report/format.ts";
import { fitText, textWidth } from "../../../src/report/text-measure.ts";
import type { Box, Broken, DrawnBundle } from "./boxes.ts";
import { bunchesOf, type View } from "./bunches.ts";
import type { Colouring } from "./colouring.ts";
import { insideServer, type Port } from "./inside-server.ts";
import { LineSums, portLines } from "./line-sums.ts";
import { bunchCount, bunchName } from "./names.ts";
import { type Palette, planeColours } from "./palette.ts";
import type { Rows } from "./rows.ts";
import type { Shape } from "./shapes.ts";

export interface SceneOptions {
  readonly palette: Palette;
  readonly colouring: Colouring;
  readonly broken: Broken;
  /** Row and place of the focused box. */
  readonly focus: { readonly row: number; readonly place: number } | undefined;
  /** Link that is selected; -1 for none. */
  readonly link: number;
  readonly heightPx: number;
}

export interface Scene {
  readonly shapes: readonly Shape[];
  readonly boxes: readonly Box[];
  readonly bundles: readonly DrawnBundle[];
  readonly ports: readonly Port[];
}

/** Pixels left free at the left for the names of the rows. */
export const gutterPx = 132;
/** Pixels left free at the right. */
export const marginPx = 10;
const boxPx = 46;
/** Width from which on the box of a server has room for its NICs above its name. */
const namedPx = 165;

/** The drawing. `view.widthPx` is the width right of the gutter. */
export function drawScene(rows: Rows, view: View, options: SceneOptions): Scene {
  const { palette, heightPx } = options;
  const places = rowPlaces(rows.rows.length, heightPx);
  const boxes = rows.rows.map((row) =>
    bunchesOf(row, view).map(
      (bunch): Box => ({ ...bunch, x: bunch.x + gutterPx, y: places.tops[row.index]!, height: places.box }),
    ),
  );
  const all = boxes.flat();
  const ports = boxes[rows.serverRow]!.flatMap((box) => insideServer(rows, box));
  const bundles = [
    ...sumsOf(rows).between(boxes, ports, options.broken),
    ...portLines(rows, boxes, ports, options.broken),
  ];
  const shapes: Shape[] = [
    // A pixel beyond the edges, which may lie between two of the screen's.
    {
      kind: "rect",
      x: 0,
      y: 0,
      width: view.widthPx + gutterPx + marginPx + 1,
      height: heightPx + 1,
      fill: palette.paper,
    },
  ];
  for (const row of rows.rows)
    shapes.push({
      kind: "rect",
      x: 0,
      y: places.tops[row.index]! - 9,
      width: view.widthPx + gutterPx + marginPx,
      height: places.box + 18,
      fill: palette.band,
    });
  const perGap = new Map<number, number>();
  for (const { lower, upper } of bundles) {
    const gap = Math.min(lower.row.index, upper.row.index);
    perGap.set(gap, (perGap.get(gap) ?? 0) + 1);
  }
  const crowd = ({ lower, upper }: DrawnBundle) => perGap.get(Math.min(lower.row.index, upper.row.index))!;
  const lines = bundles.map((bundle) => lineOf(bundle, rows, crowd(bundle), options));
  shapes.push(...lines.filter((line) => line !== undefined));
  const labels: Label[] = [];
  for (const bundle of bundles) drawCapacity(shapes, labels, bundle, crowd(bundle), rows, options);
  for (const box of all) drawBox(shapes, rows, box, view.widthPx + gutterPx, options);
  for (const port of ports) drawPort(shapes, port, options);
  drawGutter(shapes, rows, places, options, bundles);
  return { shapes, boxes: all, bundles, ports };
}

/** Kept as long as the rows are. */
const sums = new WeakMap<Rows, LineSums>();

function sumsOf(rows: Rows): LineSums {
  const known = sums.get(rows) ?? new LineSums(rows);
  sums.set(rows, known);
  return known;
}

interface Places {
  readonly tops: readonly number[];
  readonly box: number;
}

function rowPlaces(count: number, heightPx: number): Places {
  const box = Math.min(boxPx, heightPx / (count * 1.9));
  const top = 26;
  const pitch = (heightPx - 2 * top - box) / Math.max(1, count - 1);
  return { tops: Array.from({ length: count }, (_, index) => top + index * pitch), box };
}

/** Lines between two rows from which on each is drawn thinner and fainter. */
const crowded = 150;
/** Lines between two rows up to which each says what it carries. */
const labelledMax = 48;

/** The middle of a text that is written already. */
interface Label {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

function drawCapacity(
  shapes: Shape[],
  labels: Label[],
  bundle: DrawnBundle,
  crowd: number,
  rows: Rows,
  { palette, link }: SceneOptions,
): void {
  const { x1, y1, x2, y2, links, gbps, lower, upper, example } = bundle;
  const isChosen = link >= 0 && holds(rows, bundle, link);
  const room = Math.min(lower.width, upper.width);
  if (!isChosen && (crowd > labelledMax || room < 64)) return;
  const speed = rows.fabric.links.speedGbps[example]!;
  const isEven = Math.abs(links * speed - gbps) < 1e-6;
  const text = isEven ? `${formatCount(links)} × ${formatSpeed(speed)}` : formatCapacity(gbps);
  const label = { x: (x1 + x2) / 2, y: (y1 + y2) / 2, width: textWidth(text, 11) + 6 };
  const isInTheWay = (other: Label) =>
    Math.abs(other.x - label.x) < (other.width + label.width) / 2 && Math.abs(other.y - label.y) < 14;
  if (label.x - label.width / 2 < gutterPx || labels.some(isInTheWay)) return;
  labels.push(label);
  shapes.push({
    kind: "text",
    x: (x1 + x2) / 2,
    y: (y1 + y2) / 2 + 4,
    text,
    size: 11,
    anchor: "middle",
    fill: palette.ink,
    halo: palette.paper,
  });
}

function lineOf(
  bundle: DrawnBundle,
  rows: Rows,
  crowd: number,
  { palette, colouring, focus, link }: SceneOptions,
): Shape | undefined {
  const { x1, y1, x2, y2, links, dead } = bundle;
  const isFocused = (box: Box) =>
    focus !== undefined && box.row.index === focus.row && focus.place >= box.from && focus.place < box.to;
  const isSelected = link >= 0 && (bundle.example === link || holds(rows, bundle, link));
  const isNear = isFocused(bundle.lower) || isFocused(bundle.upper) || isSelected;
  const thin = Math.min(1, crowded / crowd);
  const width = Math.min(4.5, 0.7 + 0.42 * Math.log2(links + 1)) * Math.max(0.25, thin) + (isSelected ? 1.2 : 0);
  const place = { kind: "line", x1, y1, x2, y2, lineWidth: width } as const;
  if (dead === links) return { ...place, stroke: palette.broken, alpha: 0.95, dash: [5, 4] };
  if (dead > 0) return { ...place, stroke: palette.broken, alpha: 0.9, dash: [14, 4] };
  const stroke = colouring.line(bundle.example) ?? palette.line;
  if (isNear) return { ...place, stroke, alpha: 1 };
  return { ...place, stroke, alpha: Math.max(0.09, (focus === undefined ? 0.5 : 0.18) * Math.max(0.35, thin)) };
}

/** Whether a link runs between the two boxes of a bundle. */
function holds(
  { fabric, rowOfSwitch, placeOfSwitch, serverRow }: Rows,
  { lower, upper }: DrawnBundle,
  link: number,
): boolean {
  const { links, railsPerServer } = fabric;
  const isIn = (box: Box, row: number, place: number) => box.row.index === row && place >= box.from && place < box.to;
  const high = links.upperSwitch[link]!;
  if (!isIn(upper, rowOfSwitch[high]!, placeOfSwitch[high]!)) return false;
  const low = links.lowerSwitch[link]!;
  if (low >= 0) return isIn(lower, rowOfSwitch[low]!, placeOfSwitch[low]!);
  return isIn(lower, serverRow, Math.floor(links.endpoint[link]! / railsPerServer));
}

function drawBox(
  shapes: Shape[],
  rows: Rows,
  box: Box,
  widthPx: number,
  { palette, colouring, broken, focus }: SceneOptions,
): void {
  const { fabric } = rows;
  const { x, y, width, height, row } = box;
  const gap = Math.min(3, width * 0.06);
  const failed = countBroken(rows, box, broken);
  const count = box.to - box.from;
  const [fill, stroke, ink] = colouring.box(box);
  const isFocused = focus !== undefined && row.index === focus.row && focus.place >= box.from && focus.place < box.to;
  const card = { kind: "rect", x: x + gap, y, width: width - 2 * gap, height, radius: 5 } as const;
  if (count > 1) shapes.push({ ...card, x: card.x + 2.5, y: y - 3, fill: palette.card, stroke: palette.rule });
  const isDown = failed === count;
  shapes.push({
    ...card,
    fill: isDown ? palette.brokenFill : fill,
    stroke: failed > 0 ? palette.broken : isFocused ? palette.ink : stroke,
    lineWidth: isFocused || failed > 0 ? 2.4 : 1.2,
    ...(isDown ? { dash: [5, 3] } : {}),
  });
  const left = Math.max(x, gutterPx);
  const right = Math.min(x + width, widthPx);
  const inner = right - left - 2 * gap - 3;
  if (inner < 12) return;
  const name = bunchName(fabric, box);
  const colour = isDown ? palette.broken : (ink ?? palette.ink);
  const centre = { kind: "text", x: (left + right) / 2, anchor: "middle", fill: colour } as const;
  if (box.row.kind === "servers" && count === 1 && width > namedPx) {
    shapes.push({ ...centre, y: y + height - 8, text: name, size: 13, bold: true });
    return;
  }
  const note =
    failed > 0
      ? count === 1
        ? "✕ failed"
        : `✕ ${failed} of ${formatCount(count)}`
      : count > 1
        ? bunchCount(fabric, box)
        : colouring.note(box);
  const two = note !== "" && height > 34;
  const shown = [
    { text: name, size: 12 },
    { text: shortName(name), size: 12 },
    { text: shortName(name), size: 10 },
    { text: shortName(name).replaceAll(/\b0+(?=\d)/g, ""), size: 10 },
    { text: shortName(name).replaceAll(/\b0+(?=\d)/g, ""), size: 8.5 },
    {
      text: `${
        shortName(name)
          .replaceAll(/\b0+(?=\d)/g, "")
          .split("–")[0]
      } …`,
      size: 10,
    },
  ].find(({ text, size }) => textWidth(text, size, true) <= inner);
  if (shown !== undefined) shapes.push({ ...centre, y: y + height / 2 + (two ? -2 : 4), ...shown, bold: true });
  const fitting = [note, ...(count > 1 && failed === 0 ? [formatCount(count)] : [])].find(
    (text) => textWidth(text, 10.5) <= inner + 4,
  );
  if (two && fitting !== undefined)
    shapes.push({
      ...centre,
      y: y + height / 2 + 13,
      text: fitting,
      size: 10.5,
      fill: failed > 0 ? palette.broken : (ink ?? palette.soft),
    });
}

/** The numbers of a name: `leaf-a-07` is `07`, `leaf-a-01 – 04` is `01–04`. */
function shortName(name: string): string {
  return name
    .split(" – ")
    .map((part) => part.slice(part.lastIndexOf("-") + 1))
    .join("–");
}

function countBroken({ fabric }: Rows, { row, from, to }: Box, { parts }: Broken): number {
  if (parts.size === 0) return 0;
  let count = 0;
  for (const part of parts) {
    const kind = row.kind === "servers" ? part : -1;
    if (kind >= 0 && part < fabric.serverCount && part >= from && part < to) count++;
  }
  if (row.kind === "servers") return count;
  for (let place = from; place < to; place++) if (parts.has(fabric.switches.part[row.items[place]!]!)) count++;
  return count;
}

function drawPort(
  shapes: Shape[],
  { x, y, width, label, link, isNic, box }: Port,
  { palette, broken }: SceneOptions,
): void {
  const isDown = broken.linkState[link]! > 0;
  shapes.push({
    kind: "rect",
    x: x - width / 2,
    y: y - 5,
    width,
    height: 10,
    radius: 2,
    fill: isDown ? palette.brokenFill : palette.card,
    stroke: isDown ? palette.broken : palette.line,
  });
  // In a narrow box the server's name stands there.
  if (isNic && box.width > namedPx && width > 16 && textWidth(label, 9.5) < width * 2.2)
    shapes.push({ kind: "text", x, y: y + 17, text: label, size: 9.5, anchor: "middle", fill: palette.soft });
}

/** Names of the rows, and what the links between them add up to. */
function drawGutter(
  shapes: Shape[],
  rows: Rows,
  places: Places,
  { palette }: SceneOptions,
  bundles: readonly DrawnBundle[],
): void {
  const { fabric } = rows;
  shapes.push({ kind: "rect", x: 0, y: 0, width: gutterPx - 6, height: 4000, fill: palette.paper });
  shapes.push({
    kind: "line",
    x1: gutterPx - 6,
    x2: gutterPx - 6,
    y1: 0,
    y2: 4000,
    stroke: palette.rule,
    lineWidth: 1,
  });
  for (const row of rows.rows) {
    const y = places.tops[row.index]! + places.box / 2;
    const plane = fabric.planes[row.plane];
    const title = row.kind === "servers" ? "Servers" : titleOf(plane!.tierNames[row.tier as 0 | 1 | 2]);
    const colour = row.kind === "servers" ? palette.ink : planeColours(palette, row.plane)[1];
    shapes.push({ kind: "text", x: 12, y: y - 2, text: title, size: 13, bold: true, fill: colour });
    const under =
      row.kind === "servers"
        ? formatCount(row.items.length)
        : `${formatCount(row.items.length)} · plane ${plane!.name}`;
    shapes.push({
      kind: "text",
      x: 12,
      y: y + 14,
      text: fitText(under, gutterPx - 22, 11),
      size: 11,
      fill: palette.soft,
    });
  }
  const sums = new Map<number, { links: number; gbps: number; speed: number }>();
  for (const { lower, upper, links, gbps, example } of bundles) {
    const key = Math.min(lower.row.index, upper.row.index);
    const sum = sums.get(key) ?? { links: 0, gbps: 0, speed: fabric.links.speedGbps[example]! };
    sum.links += links;
    sum.gbps += gbps;
    sums.set(key, sum);
  }
  for (const [above, { links, gbps, speed }] of sums) {
    const below = places.tops[above + 1];
    if (below === undefined || below - places.tops[above]! < places.box + 30) continue;
    const y = (places.tops[above]! + places.box + below) / 2;
    const equal = Math.abs(links * speed - gbps) < 1e-6;
    const text = equal ? `${formatCount(links)} × ${formatSpeed(speed)}` : `${formatCount(links)} links`;
    shapes.push({ kind: "text", x: 12, y: y - 2, text, size: 11, fill: palette.soft });
    shapes.push({ kind: "text", x: 12, y: y + 12, text: `= ${formatCapacity(gbps)}b/s`, size: 11, fill: palette.soft });
  }
}

function titleOf(tier: string): string {
  const plural = tier === "leaf" ? "leaves" : tier === "access" || tier === "aggregation" ? tier : `${tier}s`;
  return plural.charAt(0).toUpperCase() + plural.slice(1);
}
