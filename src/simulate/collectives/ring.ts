/** Rings and chains: each rail has its own, which visits every server and, inside it, every GPU. */

import { type Connections, ringConnections } from "../network/index.ts";
import type { GroupLayout } from "./layout.ts";
import type { DelayOf, PhasePlan } from "./plan.ts";

/**
 * One ring for each channel. It enters a server over the channel's rail, passes its GPUs over the scale-up network and
 * leaves, so that g GPUs make g - 1 hops inside, spread evenly over them. `passes`: how often the data goes round
 * (2 for AllReduce: reduce, then gather).
 */
export function ringPhase(layout: GroupLayout, passes: 1 | 2, delayOf: DelayOf, divisible: boolean): PhasePlan {
  const { ranks, servers, channels } = layout;
  const across = servers.length;
  const hops = across === 1 ? [] : channels.map((channel) => ringConnections(channel));
  const networkSteps = passes * (across - 1);
  return {
    label: "ring",
    bytesPerByte: (passes * (ranks.length - 1)) / ranks.length,
    channels: hops,
    divisible,
    inServer: inServerShare(layout),
    steps: {
      pace: "ring",
      inServer: passes * (ranks.length - 1) - networkSteps,
      network: networkSteps,
      exposed: ranks.length === across,
      pathS: across === 1 ? 0 : networkSteps * meanDelay(hops, delayOf),
      extraPosts: 0,
    },
  };
}

/** A chain from the first server to the last for each channel: a broadcast in small pieces. */
export function chainPhase(layout: GroupLayout, delayOf: DelayOf, divisible: boolean): PhasePlan {
  const { ranks, servers, channels } = layout;
  const across = servers.length;
  const hops = across === 1 ? [] : channels.map((channel) => chainConnections(channel));
  return {
    label: "chain",
    bytesPerByte: 1,
    channels: hops,
    divisible,
    inServer: layout.fullest.gpus.length === 1 ? 0 : inServerShare(layout),
    steps: {
      pace: "ring",
      inServer: ranks.length - across,
      network: across - 1,
      exposed: ranks.length === across,
      pathS: across === 1 ? 0 : (across - 1) * meanDelay(hops, delayOf),
      extraPosts: 0,
    },
  };
}

/** Bytes that each GPU of the fullest server sends inside it for every byte that passes through: g - 1 hops of g GPUs, all g where the ring closes inside. */
function inServerShare({ servers, fullest }: GroupLayout): number {
  const gpus = fullest.gpus.length;
  return servers.length === 1 ? 1 : (gpus - 1) / gpus;
}

/** From each endpoint to the next. */
function chainConnections(endpoints: Int32Array): Connections {
  const count = endpoints.length - 1;
  return { count, source: endpoints.subarray(0, count), destination: endpoints.subarray(1) };
}

/** Mean over all hops: a chain of many steps goes round the ring and meets them all. */
export function meanDelay(channels: readonly Connections[], delayOf: DelayOf): number {
  let sum = 0;
  let count = 0;
  for (const { source, destination, count: hops } of channels) {
    for (let hop = 0; hop < hops; hop++) sum += delayOf(source[hop]!, destination[hop]!);
    count += hops;
  }
  return count === 0 ? 0 : sum / count;
}
