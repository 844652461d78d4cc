/** The few shapes that the topology picture is drawn with. */

import { type Element, element, type Node } from "../svg.ts";
import { fitText, textWidth, wrapText } from "../text-measure.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Area extends Point {
  readonly width: number;
  readonly height: number;
}

export interface TextOptions {
  readonly size?: number;
  readonly anchor?: "start" | "middle" | "end";
  /** Classes: soft, bold, one, two, fatal, shared. */
  readonly tone?: string;
  /** The text is cut to this width; the whole text is then its tooltip. */
  readonly widthMax?: number;
  /** Before it is cut, the text is set smaller, down to this size. Default: it is not. */
  readonly sizeMin?: number;
}

/** One line of text; `y` is its baseline. */
export function label(text: string, { x, y }: Point, options: TextOptions = {}): Element {
  const { anchor = "start", tone = "", widthMax } = options;
  const size = widthMax === undefined ? (options.size ?? 12) : shrunk(text, options, widthMax);
  const shown = widthMax === undefined ? text : fitText(text, widthMax, size, tone.includes("bold"));
  return element(
    "text",
    {
      x,
      y,
      "font-size": size,
      "text-anchor": anchor === "start" ? undefined : anchor,
      class: tone === "" ? undefined : tone,
    },
    shown === text ? undefined : element("title", {}, text),
    shown,
  );
}

/** A rounded rectangle of a class. */
export function box(area: Area, className: string, radius = 5): Element {
  return element("rect", { ...area, rx: radius, class: className });
}

/** A rounded rectangle with its texts centred under one another, each cut to fit. */
export function labelledBox(
  area: Area,
  className: string,
  lines: readonly (readonly [string, TextOptions])[],
): Element {
  const heights = lines.map(([, options]) => (options.size ?? 12) * 1.2);
  const total = heights.reduce((sum, height) => sum + height, 0);
  let y = area.y + (area.height - total) / 2;
  const texts: Node[] = [];
  for (const [index, [text, options]] of lines.entries()) {
    y += heights[index]!;
    const baseline = y - heights[index]! * 0.26;
    texts.push(
      label(
        text,
        { x: area.x + area.width / 2, y: baseline },
        { anchor: "middle", widthMax: area.width - 6, sizeMin: 9, ...options },
      ),
    );
  }
  return element("g", {}, box(area, className), ...texts);
}

/** The font size, smaller where only that makes the text fit and `sizeMin` allows it. */
function shrunk(text: string, { size = 12, sizeMin = size, tone = "" }: TextOptions, widthMax: number): number {
  const wanted = textWidth(text, size, tone.includes("bold"));
  return wanted <= widthMax
    ? size
    : Math.max(Math.min(sizeMin, size), Math.floor((size * widthMax * 10) / wanted) / 10);
}

/** Texts on an opaque pill at the left of a lane of links, centred on `at.y`: stays readable over lines. */
export function gutterPill(lines: readonly string[], at: Point, width: number): Element {
  const rows = lines.flatMap((text, index) => (index < 2 ? [text] : wrapText(text, width - 16, 11, 3)));
  const height = rows.length * 15 + 10;
  const area = { x: at.x, y: at.y - height / 2, width, height };
  const texts = rows.map((text, index) =>
    label(
      text,
      { x: at.x + 12, y: area.y + 16 + index * 15 },
      { size: index < 2 ? 12.5 : 11, tone: index < 2 ? "bold" : "soft", widthMax: width - 14 },
    ),
  );
  return element("g", {}, box(area, "pill", 8), ...texts);
}

/** A straight link. */
export function line(from: Point, to: Point, className: string, width = 1): Element {
  return element("line", { x1: from.x, y1: from.y, x2: to.x, y2: to.y, class: className, "stroke-width": width });
}
