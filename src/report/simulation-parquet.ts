/** The timeline of a simulated run as Parquet, for notebooks. */

import { type ColumnSource, parquetWriteBuffer } from "hyparquet-writer";
import type { TrainingResult } from "../simulate/result.ts";

/**
 * One row from change to change, the runs of all modes one after the other. Columns: mode, startS, endS, state, stepTimeS and
 * exchangeS (null while nothing moves), serverGBps, link1GBps and, where there are two links, link2GBps; sharing (index into `sharings` of the JSON).
 */
export function timelineParquet(runs: readonly TrainingResult[]): Uint8Array {
  const rows = runs.flatMap(({ mode, timeline }) => timeline.map((row) => ({ mode, ...row })));
  const links = rows.reduce((most, { linkGBps }) => Math.max(most, linkGBps.length), 0);
  const columnData: ColumnSource[] = [
    { name: "mode", type: "STRING", nullable: false, data: rows.map(({ mode }) => mode) },
    { name: "startS", type: "DOUBLE", nullable: false, data: rows.map(({ startS }) => startS) },
    { name: "endS", type: "DOUBLE", nullable: false, data: rows.map(({ endS }) => endS) },
    { name: "state", type: "STRING", nullable: false, data: rows.map(({ state }) => state) },
    { name: "stepTimeS", type: "DOUBLE", nullable: true, data: rows.map(({ stepTimeS }) => stepTimeS) },
    { name: "exchangeS", type: "DOUBLE", nullable: true, data: rows.map(({ exchangeS }) => exchangeS) },
    { name: "serverGBps", type: "DOUBLE", nullable: false, data: rows.map(({ serverGBps }) => serverGBps) },
    ...Array.from(
      { length: links },
      (_, side): ColumnSource => ({
        name: `link${side + 1}GBps`,
        type: "DOUBLE",
        nullable: true,
        data: rows.map(({ linkGBps }) => linkGBps[side] ?? null),
      }),
    ),
    { name: "sharing", type: "INT32", nullable: true, data: rows.map(({ sharing }) => sharing) },
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
