/** Names of boxes: of one device, or of the first and last of a bunch. */

import { serverName, switchName } from "../../../src/fabric/names.ts";
import type { Fabric } from "../../../src/fabric/types.ts";
import { formatCounted } from "../../../src/report/format.ts";
import type { Bunch } from "./bunches.ts";
import type { Row } from "./rows.ts";

/** Name of one item of a row. */
export function itemName(fabric: Fabric, row: Row, place: number): string {
  const item = row.items[place]!;
  return row.kind === "servers" ? serverName(fabric, item) : switchName(fabric, item);
}

/** Part index of one item of a row. */
export function itemPart(fabric: Fabric, row: Row, place: number): number {
  const item = row.items[place]!;
  return row.kind === "servers" ? item : fabric.switches.part[item]!;
}

/** What a row holds, in the singular. */
export function rowNoun(fabric: Fabric, row: Row): string {
  return row.kind === "servers" ? "server" : fabric.planes[row.plane]!.tierNames[row.tier as 0 | 1 | 2];
}

/** `leaf-a-07`, or `leaf-a-01 – 04`. */
export function bunchName(fabric: Fabric, { row, from, to }: Bunch): string {
  const first = itemName(fabric, row, from);
  if (to - from === 1) return first;
  const last = itemName(fabric, row, to - 1);
  const cut = commonBeginning(first, last);
  return `${first} – ${last.slice(cut)}`;
}

/** `32 leaf switches` without the name: `4 leaves`. */
export function bunchCount(fabric: Fabric, { row, from, to }: Bunch): string {
  const noun = rowNoun(fabric, row);
  return formatCounted(
    to - from,
    noun,
    noun === "leaf" ? "leaves" : noun === "access" ? "access switches" : `${noun}s`,
  );
}

/** Up to the last hyphen that both have. */
function commonBeginning(left: string, right: string): number {
  let cut = 0;
  for (let at = 0; at < Math.min(left.length, right.length) && left[at] === right[at]; at++)
    if (left[at] === "-") cut = at + 1;
  return cut;
}
