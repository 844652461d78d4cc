/** Ranks that send straight to one another: exchanges of pairs, shifts along a pipeline, all to all. */

import type { Fabric } from "../../fabric/types.ts";
import { type GroupLayout, railsOfGpu } from "./layout.ts";
import { type DelayOf, HopList, type PhasePlan } from "./plan.ts";

/** Endpoints of a GPU, one for each rail that it owns. */
function endpointsOf(fabric: Fabric): (gpu: number) => number[] {
  const { gpusPerServer, railsPerServer } = fabric;
  const rails = Array.from({ length: gpusPerServer }, (_, gpu) => railsOfGpu(fabric, gpu));
  return (gpu) => {
    const base = Math.floor(gpu / gpusPerServer) * railsPerServer;
    return rails[gpu % gpusPerServer]!.map((rail) => base + rail);
  };
}

/** What the phases of direct sends have in common. */
export interface ExchangeScene {
  readonly fabric: Fabric;
  readonly layout: GroupLayout;
  /**
   * There is a scale-up network: data for another rail goes first to the GPU of its server that owns that rail, so that
   * it never changes rails in the fabric (NCCL's PXN).
   */
  readonly relayed: boolean;
  readonly delayOf: DelayOf;
}

/** Every pair's first rank sends to its second at once. A GPU uses all the rails that it owns, in equal shares. */
export function exchangePhase(
  { fabric, layout, relayed, delayOf }: ExchangeScene,
  label: string,
  pairs: Iterable<readonly [number, number]>,
  bytesPerByte: number,
): PhasePlan {
  const { ranks } = layout;
  const { gpusPerServer, railsPerServer } = fabric;
  const own = endpointsOf(fabric);
  const shares = new Map(layout.servers.map((share) => [share.server, share]));
  const list = new HopList();
  let inServer = 0;
  let farthestS = 0;
  for (const [from, to] of pairs) {
    const server = Math.floor(ranks[from]! / gpusPerServer);
    if (server === Math.floor(ranks[to]! / gpusPerServer)) {
      inServer = 1;
      continue;
    }
    const rails = relayed ? shares.get(server)!.rails : [];
    const sources = own(ranks[from]!);
    const destinations = own(ranks[to]!);
    const width = Math.max(sources.length, destinations.length);
    for (let index = 0; index < width; index++) {
      const destination = destinations[index % destinations.length]!;
      const rail = destination % railsPerServer;
      const mine = sources[index % sources.length]!;
      const source = rails.includes(rail) ? server * railsPerServer + rail : mine;
      if (source !== mine) inServer = 1;
      list.add(source, destination, 1 / width);
      farthestS = Math.max(farthestS, delayOf(source, destination));
    }
  }
  const leaves = list.count > 0;
  return {
    label,
    bytesPerByte,
    channels: leaves ? [list.take()] : [],
    divisible: false,
    inServer,
    steps: {
      pace: "tree",
      inServer: leaves ? 0 : 1,
      network: leaves ? 1 : 0,
      exposed: true,
      pathS: farthestS,
      extraPosts: 0,
    },
  };
}

/** Every rank sends to the next, the last to the first: a pipeline in its steady state (sendrecv_perf of nccl-tests). */
export function shiftPhase(scene: ExchangeScene): PhasePlan {
  const { length } = scene.layout.ranks;
  const pairs = Array.from({ length }, (_, rank) => [rank, (rank + 1) % length] as const);
  return exchangePhase(scene, "to the next rank", pairs, 1);
}

/** Every rank sends one n-th of its data to every rank. */
export function allToAllPhase({ fabric, layout, relayed, delayOf }: ExchangeScene): PhasePlan {
  const { ranks, servers } = layout;
  const own = endpointsOf(fabric);
  const part = 1 / ranks.length;
  const list = new HopList();
  let farthestS = 0;
  let inServer = 0;
  const weights = servers.map(({ gpus }) => weightOfEndpoints(gpus, own));
  for (const [here, { server, gpus, rails }] of servers.entries()) {
    const mine = weights[here]!;
    for (const [there, theirs] of weights.entries()) {
      if (here === there) continue;
      for (const [destination, weight] of theirs) {
        const rail = destination % fabric.railsPerServer;
        const sources: Iterable<readonly [number, number]> =
          relayed && rails.includes(rail) ? [[server * fabric.railsPerServer + rail, gpus.length]] : mine;
        for (const [source, share] of sources) {
          list.add(source, destination, share * weight * part);
          farthestS = Math.max(farthestS, delayOf(source, destination));
        }
      }
    }
    inServer = Math.max(inServer, insideShare(layout, gpus.length, relayed));
  }
  const elsewhere = ranks.length - layout.fullest.gpus.length;
  return {
    label: "all to all",
    bytesPerByte: 1,
    channels: list.count > 0 ? [list.take()] : [],
    divisible: false,
    inServer,
    steps: {
      pace: "tree",
      inServer: layout.fullest.gpus.length > 1 ? 1 : 0,
      network: servers.length > 1 ? 1 : 0,
      exposed: true,
      pathS: farthestS,
      extraPosts: Math.max(0, elsewhere - 1),
    },
  };
}

/** Endpoints of some GPUs of a server, with how many GPUs' worth of data each takes. */
function weightOfEndpoints(gpus: readonly number[], own: (gpu: number) => number[]): Map<number, number> {
  const weights = new Map<number, number>();
  for (const gpu of gpus) {
    const endpoints = own(gpu);
    for (const endpoint of endpoints) weights.set(endpoint, (weights.get(endpoint) ?? 0) + 1 / endpoints.length);
  }
  return weights;
}

/** What a GPU sends inside its server: to its g - 1 neighbours, and, relayed, what leaves over their rails: (g - 1)/g of the rest. */
function insideShare({ ranks }: GroupLayout, gpus: number, relayed: boolean): number {
  const direct = (gpus - 1) / ranks.length;
  const handed = relayed ? ((ranks.length - gpus) * (gpus - 1)) / gpus / ranks.length : 0;
  return direct + handed;
}
