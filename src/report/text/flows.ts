/** A traffic matrix that was run: as text, as CSV, as JSON. */

import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/types.ts";
import { endName, type FlowResult, type FlowsResult } from "../../simulate/flows/index.ts";
import type { RoutingPolicy } from "../../simulate/network/index.ts";
import { formatBytes, formatDuration, formatNumber, formatShare } from "../format.ts";
import { type TextOptions, table } from "../table.ts";

const shownMost = 20;

/** Summary, the slowest flows and the busiest links. */
export function flowsText(
  fabric: Fabric,
  cluster: Cluster,
  result: FlowsResult,
  policy: RoutingPolicy,
  text: TextOptions,
): string {
  const { flows, endS, busiest } = result;
  const ended = flows.filter((each) => each.durationS !== undefined);
  const bytes = ended.reduce((sum, each) => sum + each.row.bytes, 0);
  const facts = [
    `${cluster.name}: ${formatNumber(flows.length)} flows, ${formatBytes(flows.reduce((sum, each) => sum + each.row.bytes, 0))}, ${routingText(policy)}`,
    `  all done after        ${ended.length === flows.length ? formatDuration(endS) : `never: ${flows.length - ended.length} of ${flows.length} flows have no way`}`,
    ...(ended.length === 0 ? [] : summaryLines(ended, bytes, endS)),
  ];
  const slowest = [...flows].sort(bySlowdown).slice(0, shownMost);
  const head =
    slowest.length < flows.length
      ? `The ${slowest.length} flows that lose most by sharing`
      : "Flows, those that lose most by sharing first";
  const flowTable = table(
    [
      { title: "line", align: "right" },
      { title: "source" },
      { title: "destination" },
      { title: "bytes", align: "right" },
      { title: "start", align: "right" },
      { title: "time", align: "right" },
      { title: "GB/s", align: "right" },
      { title: "slowdown", align: "right" },
    ],
    slowest.map(({ row, durationS, aloneS }) => [
      String(row.line),
      endName(fabric, row.source),
      endName(fabric, row.destination),
      formatBytes(row.bytes),
      formatDuration(row.startUs / 1e6),
      durationS === undefined ? "never" : formatDuration(durationS),
      durationS === undefined ? "0" : formatNumber(row.bytes / durationS / 1e9),
      durationS === undefined ? "" : formatNumber(durationS / aloneS),
    ]),
    text,
  );
  const linkTable = table(
    [{ title: "from" }, { title: "to" }, { title: "bytes", align: "right" }, { title: "busy", align: "right" }],
    busiest.map((link) => [link.from, link.to, formatBytes(link.bytes), formatShare(link.utilization)]),
    text,
  );
  return [
    facts.join("\n"),
    `${head}\n\n${flowTable}`,
    ...(busiest.length === 0 ? [] : [`Busiest links until the end\n\n${linkTable}`]),
  ].join("\n\n");
}

function summaryLines(ended: readonly FlowResult[], bytes: number, endS: number): string[] {
  const times = ended.map((each) => each.durationS!).sort((left, right) => left - right);
  const slowdowns = ended.map((each) => each.durationS! / each.aloneS).sort((left, right) => left - right);
  const at = (sorted: readonly number[], share: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
  return [
    `  time of a flow        median ${formatDuration(at(times, 0.5))}, 99% within ${formatDuration(at(times, 0.99))}, longest ${formatDuration(times.at(-1)!)}`,
    `  slowdown by sharing   median ${formatNumber(at(slowdowns, 0.5))}, 99% within ${formatNumber(at(slowdowns, 0.99))}, worst ${formatNumber(slowdowns.at(-1)!)}`,
    `  carried               ${formatNumber(bytes / endS / 1e9)} GB/s on average`,
  ];
}

function bySlowdown(left: FlowResult, right: FlowResult): number {
  const of = ({ durationS, aloneS }: FlowResult) =>
    durationS === undefined ? Number.POSITIVE_INFINITY : durationS / aloneS;
  if (of(left) === of(right)) return left.row.line - right.row.line;
  return of(right) - of(left);
}

function routingText(policy: RoutingPolicy): string {
  if (policy.kind !== "ecmp") return policy.kind === "spray" ? "packets sprayed" : "adaptive routing";
  const { flowsPerConnection } = policy;
  return flowsPerConnection === 1 ? "hashed paths" : `hashed paths, ${flowsPerConnection} flows for each connection`;
}

/** One line a flow, in the order of the file. Times in us; empty where a flow never ends. */
export function flowsCsv(fabric: Fabric, { flows }: FlowsResult): string {
  const lines = ["source,destination,bytes,start_us,class,end_us,time_us,slowdown"];
  for (const { row, durationS, aloneS } of flows) {
    const timeUs = durationS === undefined ? undefined : durationS * 1e6;
    lines.push(
      [
        endName(fabric, row.source),
        endName(fabric, row.destination),
        row.bytes,
        row.startUs,
        row.trafficClass,
        timeUs === undefined ? "" : rounded(row.startUs + timeUs, 6),
        timeUs === undefined ? "" : rounded(timeUs, 6),
        durationS === undefined ? "" : rounded(durationS / aloneS, 9),
      ].join(","),
    );
  }
  return `${lines.join("\n")}\n`;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

/** Everything, for `--json`. Times in seconds; null where a flow never ends. */
export function flowsJson(fabric: Fabric, cluster: Cluster, { flows, endS, busiest }: FlowsResult): object {
  return {
    cluster: { name: cluster.name, servers: fabric.serverCount, gpus: fabric.serverCount * fabric.gpusPerServer },
    flows: flows.map(({ row, durationS, aloneS }) => ({
      line: row.line,
      source: endName(fabric, row.source),
      destination: endName(fabric, row.destination),
      bytes: row.bytes,
      startUs: row.startUs,
      class: row.trafficClass,
      timeS: durationS ?? null,
      endS: durationS === undefined ? null : row.startUs / 1e6 + durationS,
      aloneS: Number.isFinite(aloneS) ? aloneS : null,
    })),
    endS,
    unfinished: flows.filter((each) => each.durationS === undefined).length,
    busiest,
  };
}
