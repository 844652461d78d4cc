/** What of the drawing is in sight, and which box has the focus. */

import { batch, signal } from "@preact/signals";
import type { Box } from "../drawing/boxes.ts";
import { gutterPx } from "../drawing/scene.ts";
import { opened, rows, selection } from "./studio.ts";

export const viewFrom = signal(0);
export const viewTo = signal(1);
/** Pixels of the page for each of the drawing. */
export const enlarged = signal(1);
/** Size of the drawing in its own pixels. */
export const widthPx = signal(1000);
export const heightPx = signal(600);
/** Row and place of the focused box. */
export const focusOf = signal<{ readonly row: number; readonly place: number } | undefined>(undefined);

/** Pixels that one server gets at the deepest zoom. */
const serverPxMax = 1400;

/** Shows `factor` times as much (below 1: less), keeping the ground under `at` (0 left edge, 1 right edge) where it is. */
export function zoomBy(factor: number, at: number): void {
  const size = viewTo.value - viewFrom.value;
  const servers = opened.value?.fabric.serverCount ?? 1;
  const least = Math.min(1, (widthPx.value - gutterPx) / serverPxMax / servers);
  const next = Math.min(1, Math.max(least, size * factor));
  const fixed = viewFrom.value + size * Math.min(1, Math.max(0, at));
  set(fixed - next * Math.min(1, Math.max(0, at)), next);
}

/** Moves so that the left edge is there. */
export function moveTo(from: number): void {
  set(from, viewTo.value - viewFrom.value);
}

function set(from: number, size: number): void {
  const start = Math.min(1 - size, Math.max(0, from));
  batch(() => {
    viewFrom.value = start;
    viewTo.value = start + size;
  });
}

/** Zooms to a box: all of a bunch; a single server (with `deep`) until its links are drawn one by one. */
export function reveal({ row, from, to }: Pick<Box, "row" | "from" | "to">, deep: boolean): void {
  const sections = row.sections.filter((section) => section.from < to && section.to > from);
  const [first, last] = [sections[0]!, sections.at(-1)!];
  const within = (section: typeof first, place: number) =>
    section.start + ((section.end - section.start) * (place - section.from)) / (section.to - section.from);
  // A single switch is shown among those that serve the same servers, or that stand in the same pod.
  const isGround = !row.clamped && (to - from > 1 || row.kind === "servers");
  const start = isGround ? within(first, Math.max(first.from, from)) : first.start;
  const end = isGround ? within(last, Math.min(last.to, to)) : last.end;
  const margin = (end - start) * (deep && to - from === 1 && row.kind === "servers" ? 0.35 : 0.06);
  zoomTo(start - margin, end + margin);
}

export function zoomTo(from: number, to: number): void {
  const servers = opened.value?.fabric.serverCount ?? 1;
  const least = Math.min(1, (widthPx.value - gutterPx) / serverPxMax / servers);
  const size = Math.min(1, Math.max(least, to - from));
  set((from + to) / 2 - size / 2, size);
}

/** Shows a part wherever it is: its device gets the focus and comes into sight. */
export function showPart(part: number): void {
  const laid = rows.value;
  if (laid === undefined) return;
  const { fabric, rowOfSwitch, placeOfSwitch, serverRow } = laid;
  let device = part;
  while (fabric.parts.owner[device]! >= 0) device = fabric.parts.owner[device]!;
  const isServer = device < fabric.serverCount;
  const index = isServer ? -1 : fabric.switches.part.indexOf(device);
  selection.value = { kind: "part", part };
  if (!isServer && index < 0) return;
  const row = laid.rows[isServer ? serverRow : rowOfSwitch[index]!]!;
  const place = isServer ? device : placeOfSwitch[index]!;
  focusOf.value = { row: row.index, place };
  reveal({ row, from: place, to: place + 1 }, true);
}

/** The box next to the focused one in the direction of an arrow key. */
export function moveFocus(boxes: readonly Box[], from: Box | undefined, key: string): Box | undefined {
  if (from === undefined) return boxes[0];
  const centre = (box: Box) => box.x + box.width / 2;
  if (key === "ArrowLeft" || key === "ArrowRight") {
    const row = boxes.filter((box) => box.row === from.row);
    const at = row.indexOf(from) + (key === "ArrowRight" ? 1 : -1);
    return row[at];
  }
  const step = key === "ArrowDown" ? 1 : -1;
  const row = boxes.filter((box) => box.row.index === from.row.index + step);
  return row.toSorted(
    (left, right) => Math.abs(centre(left) - centre(from)) - Math.abs(centre(right) - centre(from)),
  )[0];
}
