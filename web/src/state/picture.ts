/** The drawing as it was last on screen, as SVG and PNG. */

import { signal } from "@preact/signals";
import { paintCanvas } from "../drawing/paint-canvas.ts";
import { paintSvg } from "../drawing/paint-svg.ts";
import { lightPalette } from "../drawing/palette.ts";
import type { Shape } from "../drawing/shapes.ts";
import { download } from "./download.ts";

export interface Picture {
  readonly shapes: readonly Shape[];
  readonly width: number;
  readonly height: number;
  readonly name: string;
}

/** What the drawing shows now. */
export const picture = signal<Picture | undefined>(undefined);

export function downloadSvg({ shapes, width, height, name }: Picture): void {
  download(`${name}.svg`, "image/svg+xml", paintSvg(shapes, width, height, name));
}

/** Two pixels for each of the screen's, for print. */
export function downloadPng({ shapes, width, height, name }: Picture): void {
  const ratio = 2;
  const canvas = document.createElement("canvas");
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext("2d")!;
  context.fillStyle = lightPalette.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  paintCanvas(context, shapes, ratio);
  canvas.toBlob((blob) => {
    if (blob !== null) download(`${name}.png`, "image/png", blob);
  });
}
