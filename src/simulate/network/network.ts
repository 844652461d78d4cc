/**
 * The fabric as what flows share: resources with a capacity. Every link is two resources, one for each direction; the
 * scale-up network inside the servers is two for each GPU. Resources are addressed by integer index:
 * link l upwards 2 l, downwards 2 l + 1; GPU g out of itself 2 links + 2 g, into itself 2 links + 2 g + 1.
 */

import type { Fabric } from "../../fabric/types.ts";

/** Bytes a second in one Gbps. */
export const bytesPerSecondOfGbps = 125_000_000;

/** The network of a fabric, with the links of each switch in rows. */
export interface Network {
  readonly fabric: Fabric;
  readonly gpuCount: number;
  /** Links in both directions, then GPUs in both directions. */
  readonly resourceCount: number;
  /** Capacity of each resource when healthy, in bytes a second. */
  readonly capacities: Float64Array;
  /** Links of switch s to switches: linksOf[offsets[s]] up to linksOf[split[s]] go up, from there to offsets[s + 1] go down. */
  readonly offsets: Int32Array;
  readonly split: Int32Array;
  readonly linksOf: Int32Array;
  /** The switch at the other end of each of `linksOf`. */
  readonly neighbours: Int32Array;
}

/** The direction of a link away from the servers, as a resource. */
export function upwards(link: number): number {
  return 2 * link;
}

/** The direction of a link towards the servers, as a resource. */
export function downwards(link: number): number {
  return 2 * link + 1;
}

/** What a GPU sends into the scale-up network of its server, as a resource. */
export function scaleUpOut(network: Network, gpu: number): number {
  return 2 * network.fabric.links.count + 2 * gpu;
}

/** What a GPU receives from the scale-up network of its server, as a resource. */
export function scaleUpIn(network: Network, gpu: number): number {
  return 2 * network.fabric.links.count + 2 * gpu + 1;
}

/** The network of a fabric; `scaleUpGbps` is the scale-up bandwidth of each GPU in one direction (0 for none). */
export function networkOf(fabric: Fabric, scaleUpGbps: number): Network {
  const { links, switches } = fabric;
  const gpuCount = fabric.serverCount * fabric.gpusPerServer;
  const resourceCount = 2 * links.count + 2 * gpuCount;
  const capacities = new Float64Array(resourceCount).fill(scaleUpGbps * bytesPerSecondOfGbps, 2 * links.count);
  const offsets = new Int32Array(switches.count + 1);
  const ups = new Int32Array(switches.count);
  for (let link = 0; link < links.count; link++) {
    const capacity = links.speedGbps[link]! * bytesPerSecondOfGbps;
    capacities[2 * link] = capacity;
    capacities[2 * link + 1] = capacity;
    const lower = links.lowerSwitch[link]!;
    if (lower < 0) continue;
    offsets[lower + 1]!++;
    offsets[links.upperSwitch[link]! + 1]!++;
    ups[lower]!++;
  }
  for (let index = 0; index < switches.count; index++) offsets[index + 1]! += offsets[index]!;
  const split = ups.map((count, index) => offsets[index]! + count);
  const nextUp = offsets.slice(0, switches.count);
  const nextDown = split.slice();
  const linksOf = new Int32Array(offsets[switches.count]!);
  const neighbours = new Int32Array(linksOf.length);
  for (let link = 0; link < links.count; link++) {
    const lower = links.lowerSwitch[link]!;
    if (lower < 0) continue;
    const upper = links.upperSwitch[link]!;
    neighbours[nextUp[lower]!] = upper;
    linksOf[nextUp[lower]!++] = link;
    neighbours[nextDown[upper]!] = lower;
    linksOf[nextDown[upper]!++] = link;
  }
  return { fabric, gpuCount, resourceCount, capacities, offsets, split, linksOf, neighbours };
}
