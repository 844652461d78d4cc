/** Which links carried most of what they could. */

import { partName, serverName } from "../../fabric/names.ts";
import type { LiveNetwork } from "../network/index.ts";

export interface BusyLink {
  /** Names of the ports that the link goes from and to, or of the GPU whose scale-up network it is. */
  readonly from: string;
  readonly to: string;
  readonly bytes: number;
  /** Share of what it could have carried in the time. */
  readonly utilization: number;
}

const mostNamed = 10;

/** The busiest directed links of a metered run that took `durationS`, busiest first, at most 10; unused ones never. */
export function busiestLinks(live: LiveNetwork, durationS: number): BusyLink[] {
  live.engine.updateCarried();
  const { carried } = live.engine;
  const { network } = live.state;
  const used: { resource: number; utilization: number }[] = [];
  for (const [resource, bytes] of carried.entries())
    if (bytes > 0) used.push({ resource, utilization: bytes / (network.capacities[resource]! * durationS) });
  used.sort((left, right) => right.utilization - left.utilization || left.resource - right.resource);
  return used.slice(0, mostNamed).map(({ resource, utilization }) => ({
    ...endsOf(live, resource),
    bytes: carried[resource]!,
    utilization,
  }));
}

function endsOf({ state }: LiveNetwork, resource: number): { readonly from: string; readonly to: string } {
  const { fabric } = state.network;
  const { links, gpusPerServer } = fabric;
  if (resource >= 2 * links.count) {
    const gpu = Math.floor((resource - 2 * links.count) / 2);
    const name = `${serverName(fabric, Math.floor(gpu / gpusPerServer))}/gpu-${(gpu % gpusPerServer) + 1}`;
    return resource % 2 === 0 ? { from: name, to: "scale-up" } : { from: "scale-up", to: name };
  }
  const link = resource >> 1;
  const lower = partName(fabric, links.lowerPort[link]!);
  const upper = partName(fabric, links.upperPort[link]!);
  return resource % 2 === 0 ? { from: lower, to: upper } : { from: upper, to: lower };
}
