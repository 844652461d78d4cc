/** Paints shapes on a canvas. */

import { fontFamily, type Shape } from "./shapes.ts";

/** `ratio`: device pixels for each pixel of the page. */
export function paintCanvas(context: CanvasRenderingContext2D, shapes: readonly Shape[], ratio: number): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  let font = "";
  for (const shape of shapes) {
    if (shape.kind === "line") {
      context.globalAlpha = shape.alpha ?? 1;
      context.strokeStyle = shape.stroke;
      context.lineWidth = shape.lineWidth;
      context.setLineDash((shape.dash as number[] | undefined) ?? noDash);
      context.beginPath();
      context.moveTo(shape.x1, shape.y1);
      context.lineTo(shape.x2, shape.y2);
      context.stroke();
      context.globalAlpha = 1;
    } else if (shape.kind === "rect") {
      context.fillStyle = shape.fill;
      context.beginPath();
      context.roundRect(shape.x, shape.y, Math.max(0, shape.width), shape.height, shape.radius ?? 0);
      context.fill();
      if (shape.stroke === undefined) continue;
      context.strokeStyle = shape.stroke;
      context.lineWidth = shape.lineWidth ?? 1;
      context.setLineDash((shape.dash as number[] | undefined) ?? noDash);
      context.stroke();
    } else {
      const wanted = `${shape.bold ? "600 " : ""}${shape.size}px ${fontFamily}`;
      if (wanted !== font) context.font = font = wanted;
      context.textAlign = shape.anchor === "middle" ? "center" : (shape.anchor ?? "start");
      if (shape.halo !== undefined) {
        context.strokeStyle = shape.halo;
        context.lineWidth = 4;
        context.lineJoin = "round";
        context.setLineDash(noDash);
        context.strokeText(shape.text, shape.x, shape.y);
      }
      context.fillStyle = shape.fill;
      context.fillText(shape.text, shape.x, shape.y);
    }
  }
}

const noDash: number[] = [];
