/** Runs a traffic matrix on a fabric: every flow's completion time, and how busy the links were. */

import type { Cluster } from "../../cluster/types.ts";
import type { Fabric } from "../../fabric/types.ts";
import { trafficClasses } from "../../switching/index.ts";
import { inServerGbps, networkPayloadShare, scaleUpPayloadShare } from "../collectives/bandwidths.ts";
import { pathDelays } from "../collectives/delays.ts";
import { ticksMax } from "../fluid/index.ts";
import { LiveNetwork, type LiveNetworkOptions, type Network, networkOf, type RoutingPolicy } from "../network/index.ts";
import { type BusyLink, busiestLinks } from "./busy-links.ts";
import { serverOf } from "./flow-ends.ts";
import { wayOf } from "./flow-ways.ts";
import type { FlowRow } from "./parse-flows.ts";

export interface FlowSettings {
  readonly policy: RoutingPolicy;
  /** Whether a flow between GPUs crosses to the rail of its destination inside the source's server. */
  readonly railAware: boolean;
  readonly seed: number;
  readonly onProgress?: ((fraction: number, label: string) => void) | undefined;
}

export interface FlowResult {
  readonly row: FlowRow;
  /** From the flow's start until its last byte has arrived, in seconds; undefined when it never ends. */
  readonly durationS: number | undefined;
  /** What it would take alone, in seconds; infinite when nothing carries it. */
  readonly aloneS: number;
}

export interface FlowsResult {
  readonly flows: readonly FlowResult[];
  /** From time 0 to the end of the last flow that ends, in seconds. */
  readonly endS: number;
  /** The links that were busiest until then, busiest first, at most 10. */
  readonly busiest: readonly BusyLink[];
}

/** Runs the flows, each from its start, with the classes' priorities and floors of the cluster file. */
export function runFlows(
  fabric: Fabric,
  cluster: Cluster,
  rows: readonly FlowRow[],
  settings: FlowSettings,
): FlowsResult {
  const network = payloadNetwork(fabric, cluster);
  const options = optionsOf(cluster, network, rows, settings);
  const live = new LiveNetwork(network, options);
  const delays = delaysOf(fabric, live);
  const ticks = live.engine.ticksPerSecond;
  const durations: (number | undefined)[] = rows.map(() => undefined);
  const rowOf = new Map<number, number>();
  const total = rows.reduce((sum, row) => sum + row.bytes, 0);
  let endS = 0;
  let done = 0;
  let ended = 0;
  for (const [index, row] of rows.entries())
    live.engine.at(Math.round((row.startUs * ticks) / 1e6), () => {
      const way = wayOf(fabric, row.source, row.destination, settings.railAware);
      rowOf.set(live.start({ bytes: row.bytes, priority: priorityOf(cluster, row), ...way }), index);
    });
  live.run((id, exactTicks) => {
    const index = rowOf.get(id)!;
    rowOf.delete(id);
    const row = rows[index]!;
    const end = exactTicks / ticks + delays(row);
    durations[index] = end - row.startUs / 1e6;
    endS = Math.max(endS, end);
    done += row.bytes;
    if (++ended % 256 === 0) settings.onProgress?.(done / total, `${ended} of ${rows.length} flows`);
  });
  const alone = timesAlone(network, options, cluster, rows, settings, delays);
  return {
    flows: rows.map((row, index) => ({ row, durationS: durations[index], aloneS: alone[index]! })),
    endS,
    busiest: busiestLinks(live, endS),
  };
}

/** The network with what its links carry of payload. */
function payloadNetwork(fabric: Fabric, cluster: Cluster): Network {
  const network = networkOf(fabric, inServerGbps(cluster.servers));
  const capacities = network.capacities.map(
    (each, resource) => each * (resource < 2 * fabric.links.count ? networkPayloadShare : scaleUpPayloadShare),
  );
  return { ...network, capacities };
}

/** The engine serves low numbers first, the cluster file has 7 as the most urgent. */
function priorityOf(cluster: Cluster, row: FlowRow): number {
  return 7 - cluster.switching.classes[row.trafficClass].priority;
}

function optionsOf(
  cluster: Cluster,
  network: Network,
  rows: readonly FlowRow[],
  { policy, seed }: FlowSettings,
): LiveNetworkOptions {
  const { mode, primary, routing, classes } = cluster.switching;
  const floors = new Map<number, number>();
  for (const name of trafficClasses) {
    const { priority, floor } = classes[name];
    if (floor > 0) floors.set(7 - priority, (floors.get(7 - priority) ?? 0) + floor);
  }
  // One after the other over the slowest link: no run of flows that end takes longer.
  let slowest = Number.POSITIVE_INFINITY;
  for (const capacity of network.capacities) if (capacity > 0 && capacity < slowest) slowest = capacity;
  const lastStartS = rows.reduce((latest, row) => Math.max(latest, row.startUs), 0) / 1e6;
  const longestS = lastStartS + rows.reduce((sum, row) => sum + row.bytes, 0) / slowest;
  return {
    policy,
    rules: { mode, primary: primary - 1 },
    localRepairS: routing.localRepair,
    convergenceS: routing.convergence,
    seed,
    floors,
    meter: true,
    ticksPerSecond: longestS * 1e12 < ticksMax ? 1e12 : 1e9,
  };
}

/** Time on the way of a flow's last byte, in seconds; nothing inside a server. */
function delaysOf(fabric: Fabric, live: LiveNetwork): (row: FlowRow) => number {
  const ofSide = pathDelays(live.router, 0);
  return ({ source, destination }) => {
    if (serverOf(fabric, source) === serverOf(fabric, destination) && source.kind === "gpu") return 0;
    const { groups } = wayOf(fabric, source, destination, false);
    return groups.reduce((most, { source: from, destination: to }) => Math.max(most, ofSide(from[0]!, to[0]!)), 0);
  };
}

/** What each flow takes when no other runs, in seconds. */
function timesAlone(
  network: Network,
  options: LiveNetworkOptions,
  cluster: Cluster,
  rows: readonly FlowRow[],
  { railAware }: FlowSettings,
  delays: (row: FlowRow) => number,
): number[] {
  const live = new LiveNetwork(network, { ...options, meter: false });
  return rows.map((row) => {
    const id = live.start({
      bytes: row.bytes,
      priority: priorityOf(cluster, row),
      ...wayOf(network.fabric, row.source, row.destination, railAware),
    });
    const rate = live.engine.rate(id);
    live.stop(id);
    return row.bytes / rate + delays(row);
  });
}
