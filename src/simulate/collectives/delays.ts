/** How long a bit is under way: the length of every cable and the latency of every switch that it passes. */

import { type Fabric, noModel } from "../../fabric/types.ts";
import type { Router } from "../network/index.ts";
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
 * Delays of the paths between endpoints over their links of one side (0 or 1), as routing is now: a path up and down again
 * over so many links of a plane has one delay, because the cables of a tier have one length and its switches one model.
 */
export function pathDelays(router: Router, side: number): DelayOf {
  const { fabric } = router.state.network;
  const { accessLink, linksPerEndpoint, links } = fabric;
  const ofLink = linkDelaysS(fabric);
  const known = new Map<number, number>();
  return (source, destination) => {
    const first = accessLink[source * linksPerEndpoint + side]!;
    const last = accessLink[destination * linksPerEndpoint + side]!;
    if (first < 0 || last < 0) return 0;
    const from = links.upperSwitch[first]!;
    const to = links.upperSwitch[last]!;
    const hops = from === to ? 0 : router.table(to).hops(from);
    const key = links.plane[first]! * 256 + hops;
    let delay = known.get(key);
    if (delay === undefined) {
      const path = router.route({ source, sourceSide: side, destination, destinationSide: side, identity: 0 });
      delay = path?.reduce((sum, resource) => sum + ofLink[resource]!, 0) ?? 0;
      known.set(key, delay);
    }
    return delay;
  };
}
