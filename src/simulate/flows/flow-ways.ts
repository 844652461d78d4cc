/** The connections that a flow uses: over which rails, and what it loads inside the servers. */

import type { Fabric } from "../../fabric/types.ts";
import { railsOfGpu } from "../collectives/layout.ts";
import { type Connections, type Footprint, oneConnection } from "../network/index.ts";
import { type FlowEnd, serverOf } from "./flow-ends.ts";

export interface FlowWay {
  /** One for each rail that carries a part of it. */
  readonly groups: readonly Connections[];
  readonly besides?: Footprint | undefined;
}

/**
 * Between GPUs of one server: over the scale-up network. Otherwise over the rails of its ends: a GPU's own, a rail itself, all
 * rails of a server, or those of the other end; where there are several, side by side. With `railAware` a flow between
 * GPUs crosses, inside the source's server, to the GPU whose rail is that of its destination (NCCL calls it PXN).
 */
export function wayOf(fabric: Fabric, source: FlowEnd, destination: FlowEnd, railAware: boolean): FlowWay {
  const from = serverOf(fabric, source);
  const to = serverOf(fabric, destination);
  if (from === to && source.kind === "gpu" && destination.kind === "gpu")
    return { groups: [], besides: inServer(fabric, source.gpu, destination.gpu) };
  const toRails = railsOf(fabric, destination) ?? railsOf(fabric, source) ?? allRails(fabric);
  const crosses = railAware && source.kind === "gpu" && destination.kind === "gpu";
  const ownRails = railsOf(fabric, source) ?? toRails;
  const fromRails = crosses ? toRails : ownRails;
  const groups = Array.from({ length: Math.max(fromRails.length, toRails.length) }, (_, index) =>
    oneConnection(
      from * fabric.railsPerServer + fromRails[index % fromRails.length]!,
      to * fabric.railsPerServer + toRails[index % toRails.length]!,
    ),
  );
  if (!crosses || ownRails.includes(toRails[0]!)) return { groups };
  return { groups, besides: inServer(fabric, source.gpu, gpuOfRail(fabric, from, toRails[0]!)) };
}

function railsOf(fabric: Fabric, end: FlowEnd): readonly number[] | undefined {
  if (end.kind === "server") return undefined;
  return end.kind === "rail"
    ? [end.endpoint % fabric.railsPerServer]
    : railsOfGpu(fabric, end.gpu % fabric.gpusPerServer);
}

function allRails(fabric: Fabric): number[] {
  return Array.from({ length: fabric.railsPerServer }, (_, rail) => rail);
}

function gpuOfRail(fabric: Fabric, server: number, rail: number): number {
  const gpus = Array.from({ length: fabric.gpusPerServer }, (_, gpu) => gpu);
  const owner = gpus.find((gpu) => railsOfGpu(fabric, gpu).includes(rail)) ?? 0;
  return server * fabric.gpusPerServer + owner;
}

/** Out of one GPU, into another of the same server: resources of the scale-up network. */
function inServer(fabric: Fabric, from: number, to: number): Footprint {
  const first = 2 * fabric.links.count;
  return { resources: Int32Array.of(first + 2 * from, first + 2 * to + 1).sort(), coefficients: Float64Array.of(1, 1) };
}
