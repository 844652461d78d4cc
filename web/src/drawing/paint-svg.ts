/** The same shapes as an SVG file. */

import { element, type Node, render } from "../../../src/report/svg.ts";
import { fontFamily, type Shape } from "./shapes.ts";

export function paintSvg(shapes: readonly Shape[], width: number, height: number, title: string): string {
  const round = (value: number) => Math.round(value * 100) / 100;
  const nodes = shapes.map((shape): Node => {
    if (shape.kind === "line") {
      const { x1, y1, x2, y2, stroke, lineWidth, alpha, dash } = shape;
      return element("line", {
        x1: round(x1),
        y1: round(y1),
        x2: round(x2),
        y2: round(y2),
        stroke,
        "stroke-width": lineWidth,
        ...(alpha === undefined ? {} : { "stroke-opacity": alpha }),
        ...(dash === undefined ? {} : { "stroke-dasharray": dash.join(" ") }),
      });
    }
    if (shape.kind === "rect") {
      const { x, y, stroke, lineWidth, dash, radius, fill } = shape;
      return element("rect", {
        x: round(x),
        y: round(y),
        width: round(Math.max(0, shape.width)),
        height: round(shape.height),
        rx: radius ?? 0,
        fill,
        ...(stroke === undefined ? {} : { stroke, "stroke-width": lineWidth ?? 1 }),
        ...(dash === undefined ? {} : { "stroke-dasharray": dash.join(" ") }),
      });
    }
    return element(
      "text",
      {
        x: round(shape.x),
        y: round(shape.y),
        fill: shape.fill,
        "font-size": shape.size,
        "text-anchor": shape.anchor ?? "start",
        ...(shape.bold ? { "font-weight": 600 } : {}),
        ...(shape.halo === undefined ? {} : { stroke: shape.halo, "stroke-width": 4, "paint-order": "stroke" }),
      },
      shape.text,
    );
  });
  const attributes = { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, width, height };
  return render(element("svg", { ...attributes, "font-family": fontFamily }, element("title", {}, title), ...nodes));
}
