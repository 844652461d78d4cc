/** Collectives in the terminal, in the columns of nccl-tests. */

import type { CollectiveResult } from "../../simulate/collectives/index.ts";
import { formatCount, formatDuration, formatRough, formatShare } from "../format.ts";
import { type TextOptions, table } from "../table.ts";

/** One row for each result; columns that are the same in all rows and go without saying are left out. */
export function collectivesTable(rows: readonly CollectiveResult[], options: TextOptions): string {
  const several = rows.some((row) => row.groups > 1);
  const mixed = new Set(rows.map((row) => `${row.kind} ${row.algorithm} ${row.ranks}`)).size > 1;
  const columns = [
    ...(mixed ? [{ title: "collective" }, { title: "algorithm" }, { title: "ranks", align: "right" as const }] : []),
    { title: "size (B)", align: "right" as const },
    { title: "protocol" },
    { title: "time (us)", align: "right" as const },
    { title: "algbw (GB/s)", align: "right" as const },
    { title: "busbw (GB/s)", align: "right" as const },
    ...(several ? [{ title: "fastest group (us)", align: "right" as const }] : []),
  ];
  const cells = rows.map((row) => [
    ...(mixed ? [row.kind, row.algorithm, formatCount(row.ranks)] : []),
    String(row.bytes),
    row.protocol,
    microseconds(row.timeS),
    row.algbwGBps.toFixed(2),
    row.busbwGBps.toFixed(2),
    ...(several ? [microseconds(row.fastestTimeS)] : []),
  ]);
  return table(columns, cells, options);
}

/** What hashing flows onto single paths costs against spreading packets over all; empty when it costs less than half a percent. */
export function collisionSentence(hashed: CollectiveResult, spread: CollectiveResult): string {
  const lost = 1 - spread.timeS / hashed.timeS;
  if (lost < 0.005) return "";
  const busbw = `${formatRough(spread.busbwGBps)} GB/s`;
  return `Flows that hash onto the same links cost ${formatShare(lost)} of the last row's time: spread over all paths it takes ${formatDuration(spread.timeS)} (busbw ${busbw}).`;
}

/** As nccl-tests prints times: about four significant digits, no separators. */
function microseconds(timeS: number): string {
  const us = timeS * 1e6;
  return us >= 10_000 ? us.toFixed(0) : us >= 100 ? us.toFixed(1) : us.toFixed(2);
}
