/** What lies under the pointer. */

import type { Box, DrawnBundle } from "./boxes.ts";
import type { Scene } from "./scene.ts";

export type Found =
  | { readonly kind: "box"; readonly box: Box }
  | { readonly kind: "link"; readonly link: number; readonly bundle: DrawnBundle };

/** Pixels around a line that belong to it. */
const lineReachPx = 5;

/** The box there, or else the nearest line within reach. */
export function under(scene: Scene, x: number, y: number): Found | undefined {
  const box = scene.boxes.find(
    (each) => x >= each.x && x < each.x + each.width && y >= each.y - 3 && y <= each.y + each.height,
  );
  if (box !== undefined) return { kind: "box", box };
  let nearest: DrawnBundle | undefined;
  let best = lineReachPx;
  for (const bundle of scene.bundles) {
    const distance = distanceTo(bundle, x, y);
    if (distance < best) {
      best = distance;
      nearest = bundle;
    }
  }
  return nearest === undefined ? undefined : { kind: "link", link: nearest.example, bundle: nearest };
}

function distanceTo({ x1, y1, x2, y2 }: DrawnBundle, x: number, y: number): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / length));
  return Math.hypot(x - x1 - along * dx, y - y1 - along * dy);
}
