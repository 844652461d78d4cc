/** How long a bit is under way: the length of every cable and the latency of every switch that it passes. */

import { type Fabric, noModel } from "../../fabric/types.ts";
import { type NetworkState, Router } from "../network/index.ts";
import type { DelayOf } from "./plan.ts";

/** Light in fibre and signals in copper need about 5 ns for a metre (group index 1.47 to 1.5). */
export const delayOfMetreS = 5e-9;
/** Where a fabric that was read in knows no switch models or lengths (assumption: a 51.2 Tb/s Ethernet switch, 30 m). */
const unknownSwitchS = 600e-9;
const unknownLengthM = 30;

/**
 * Delay of each directed link (2 l upwards, 2 l + 1 downwards), in seconds: its cable, and the switch that it leads into.
 * The delay of a path is the sum over its links.
 */
export function linkDelaysS(fabric: Fabric): Float64Array {
  const { links, planes } = fabric;
  const ofSwitch = switchLatenciesS(fabric);
  const delays = new Float64Array(2 * links.count);
  for (let link = 0; link < links.count; link++) {
    const lengthM = planes[links.plane[link]!]?.assemblies[links.tier[link]!]?.lengthM ?? unknownLengthM;
    const cableS = lengthM * delayOfMetreS;
    const lower = links.lowerSwitch[link]!;
    delays[2 * link] = cableS + ofSwitch[links.upperSwitch[link]!]!;
    delays[2 * link + 1] = cableS + (lower < 0 ? 0 : ofSwitch[lower]!);
  }
  return delays;
}

function switchLatenciesS({ switches, parts, models }: Fabric): Float64Array {
  const latencies = new Float64Array(switches.count);
  for (let index = 0; index < switches.count; index++) {
    const code = parts.model[switches.part[index]!]!;
    const model = code === noModel ? undefined : models[code];
    latencies[index] = model?.kind === "switch" ? model.latencyNs.value * 1e-9 : unknownSwitchS;
  }
  return latencies;
}

/**
 * Delays of the paths between endpoints over their links of one side (0 or 1), as routing is when they are first asked
 * for: equal-cost paths between two leaves have equal lengths.
 */
export function pathDelays(state: NetworkState, side: number): DelayOf {
  const { fabric } = state.network;
  const { accessLink, linksPerEndpoint, links, switches } = fabric;
  const router = new Router(state);
  const ofLink = linkDelaysS(fabric);
  const known = new Map<number, number>();
  const leafOf = (endpoint: number) => links.upperSwitch[accessLink[endpoint * linksPerEndpoint + side]!] ?? -1;
  return (source, destination) => {
    const key = leafOf(source) * switches.count + leafOf(destination);
    const before = known.get(key);
    if (before !== undefined) return before;
    const path = router.route({ source, sourceSide: side, destination, destinationSide: side, identity: 0 });
    const delay = path?.reduce((sum, resource) => sum + ofLink[resource]!, 0) ?? 0;
    known.set(key, delay);
    return delay;
  };
}
