/** The cabling plan: one row a cable, with both ends as the installer needs them. */

import type { Fabric } from "../../fabric/index.ts";
import { csvLine } from "../csv.ts";
import { type CableEnd, cableRows, endText } from "./cables.ts";

const header = [
  "cable",
  "plane",
  "tier",
  "speed_gbps",
  "part",
  "length_m",
  "a_device",
  "a_port",
  "a_lane",
  "a_module",
  "a_label",
  "b_device",
  "b_port",
  "b_lane",
  "b_module",
  "b_label",
] as const;

/**
 * CSV with a header line, a piece a line. End a is the lower one (server, leaf, spine), end b the upper. The ends of a splitter's
 * branches share one row, parted by " + "; the lanes of its trunk read `1-2`. Labels read device:port.lane.
 */
export function* cablingCsv(fabric: Fabric): Generator<string> {
  yield `${csvLine(header)}\n`;
  for (const row of cableRows(fabric)) {
    const { name, plane, tier, speedGbps, model, lengthM, lowers, uppers } = row;
    const cells = [name, plane, tier, speedGbps, model, lengthM ?? "", ...endCells(lowers), ...endCells(uppers)];
    yield `${csvLine(cells)}\n`;
  }
}

function endCells(ends: readonly CableEnd[]): string[] {
  const join = (of: (end: CableEnd) => string) => (ends.length === 1 ? of(ends[0]!) : ends.map(of).join(" + "));
  return [
    join((end) => end.device),
    join((end) => end.port),
    join((end) => end.lane),
    join((end) => end.module),
    join(endText),
  ];
}
