/** Which boxes a row shows at one zoom: single items where there is room, else bunches of so many that a box can be read. */

import type { Row, Section } from "./rows.ts";

/** What of the ground is in sight: from..to out of 0..1, on so many pixels. */
export interface View {
  readonly from: number;
  readonly to: number;
  readonly widthPx: number;
}

/** Items from..to (exclusive) of a row in one box. */
export interface Bunch {
  readonly row: Row;
  readonly from: number;
  readonly to: number;
  /** Pixels from the left edge. */
  readonly x: number;
  readonly width: number;
}

/** The narrowest box of a single item. */
const itemMinPx = 26;

/** The boxes of a row that are in sight, from left to right. */
export function bunchesOf(row: Row, view: View): Bunch[] {
  const scale = view.widthPx / (view.to - view.from);
  const px = (ground: number) => (ground - view.from) * scale;
  const placed = row.sections.map((section) => placeOf(section, row, px, view.widthPx));
  const seen = placed.filter(({ x, end }) => end > 0 && x < view.widthPx && end > x);
  if (seen.length === 0) return [];
  const sectionPx = (seen.reduce((sum, { section }) => sum + section.end - section.start, 0) / seen.length) * scale;
  if (sectionPx < row.bunchMinPx && row.sections.length > 1)
    return mergedSections(row, placed, powerOfTwo(row.bunchMinPx / sectionPx), view.widthPx);
  return seen.flatMap(({ section, x, end }) => {
    const count = section.to - section.from;
    const itemPx = (end - x) / count;
    const size = itemPx >= itemMinPx ? 1 : Math.min(count, powerOfTwo(row.bunchMinPx / itemPx));
    const found: Bunch[] = [];
    for (let from = section.from; from < section.to; from += size) {
      const to = Math.min(section.to, from + size);
      const left = x + (from - section.from) * itemPx;
      const right = x + (to - section.from) * itemPx;
      if (right > 0 && left < view.widthPx) found.push({ row, from, to, x: left, width: right - left });
    }
    return found;
  });
}

interface Placed {
  readonly section: Section;
  readonly x: number;
  readonly end: number;
}

/** Clamped sections are spread over what is in sight of them. */
function placeOf(section: Section, row: Row, px: (ground: number) => number, widthPx: number): Placed {
  const x = px(section.start);
  const end = px(section.end);
  if (!row.clamped || end <= 0 || x >= widthPx) return { section, x, end };
  return { section, x: Math.max(0, x), end: Math.min(widthPx, end) };
}

/** So many neighbouring sections in one box; never of two pods unless a pod itself is too narrow. */
function mergedSections(row: Row, placed: readonly Placed[], size: number, widthPx: number): Bunch[] {
  const found: Bunch[] = [];
  for (let first = 0; first < placed.length; ) {
    let next = first + 1;
    const { pod } = placed[first]!.section;
    const wide = () => placed[next - 1]!.end - placed[first]!.x;
    while (
      next < placed.length &&
      next - first < size &&
      (placed[next]!.section.pod === pod || wide() < row.bunchMinPx)
    )
      next++;
    const x = placed[first]!.x;
    const end = placed[next - 1]!.end;
    if (end > 0 && x < widthPx)
      found.push({ row, from: placed[first]!.section.from, to: placed[next - 1]!.section.to, x, width: end - x });
    first = next;
  }
  return found;
}

function powerOfTwo(least: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(least)));
}
