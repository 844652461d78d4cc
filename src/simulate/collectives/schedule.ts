/** The schedule of a collective: phases of transfers that a live network can carry, and what latency adds. */

import type { Cluster } from "../../cluster/types.ts";
import { type Connections, type Footprint, type Network, scaleUpIn, scaleUpOut } from "../network/index.ts";
import { networkPayloadShare, scaleUpPayloadShare } from "./bandwidths.ts";
import { allToAllPhase, shiftPhase } from "./exchange.ts";
import { halvingDoublingPhases } from "./halving-doubling.ts";
import { hierarchicalPhases } from "./hierarchical.ts";
import type { CollectiveAlgorithm, CollectiveKind } from "./kinds.ts";
import { type InServerKind, stepsLatencyS } from "./latency.ts";
import { type GroupLayout, layoutOf } from "./layout.ts";
import type { DelayOf, PhasePlan, Steps } from "./plan.ts";
import { baseLatencyS, type Pace, type Protocol, payloadShare, plateauBytes, plateauFactor } from "./protocols.ts";
import { chainPhase, ringPhase } from "./ring.ts";
import { treePhase } from "./tree.ts";

/** Bytes that travel over one or more channels side by side; what the live network starts. */
export interface PhaseTransfer {
  /** Bytes for every byte of the collective. */
  readonly bytesPerByte: number;
  readonly groups: readonly Connections[];
  /** What every byte loads inside the busiest server. */
  readonly besides: Footprint;
  /** A channel without a path stops all: the library does not send its data over another rail. */
  readonly waitsForAll: boolean;
}

export interface Phase {
  readonly label: string;
  /** They run together; the phase ends with the last. */
  readonly transfers: readonly PhaseTransfer[];
  readonly steps: Steps;
}

export interface Schedule {
  readonly kind: CollectiveKind;
  readonly algorithm: CollectiveAlgorithm;
  readonly layout: GroupLayout;
  /** One after the other. */
  readonly phases: readonly Phase[];
  readonly pace: Pace;
  readonly inServerKind: InServerKind;
}

/** What a schedule depends on besides the group. */
export interface ScheduleScene {
  readonly network: Network;
  readonly cluster: Pick<Cluster, "servers" | "training">;
  readonly delayOf: DelayOf;
  /** Share of a network link that carries payload. Default {@link networkPayloadShare}. */
  readonly payloadShare?: number | undefined;
}

/** The schedule of a collective of a group of GPUs (server x GPUs + GPU, in rank order). */
export function scheduleCollective(
  scene: ScheduleScene,
  ranks: ArrayLike<number>,
  kind: CollectiveKind,
  algorithm: CollectiveAlgorithm,
): Schedule {
  const { network, cluster, payloadShare: share = networkPayloadShare } = scene;
  const { servers, training } = cluster;
  const hasScaleUp = servers.scaleUpGbps > 0;
  const layout = layoutOf(network.fabric, ranks);
  const phases = planPhases(scene, layout, kind, algorithm).map((plan): Phase => {
    const groups = plan.channels.map((connections) => onTheWire(connections, share));
    const common = {
      besides: insideLoad(layout, plan.inServer, network),
      waitsForAll: !(plan.divisible && training.rerouteOverScaleUp && hasScaleUp),
    };
    const transfers =
      plan.divisible || groups.length === 0
        ? [{ ...common, bytesPerByte: plan.bytesPerByte, groups }]
        : groups.map((group) => ({ ...common, bytesPerByte: plan.bytesPerByte / groups.length, groups: [group] }));
    return { label: plan.label, steps: plan.steps, transfers };
  });
  return {
    kind,
    algorithm,
    layout,
    phases,
    pace: algorithm === "tree" ? "tree" : "ring",
    inServerKind: hasScaleUp ? "scaleUp" : "pci",
  };
}

function planPhases(
  { network, cluster, delayOf }: ScheduleScene,
  layout: GroupLayout,
  kind: CollectiveKind,
  algorithm: CollectiveAlgorithm,
): PhasePlan[] {
  const divisible = cluster.training.railBalance === "proportional";
  const exchange = { fabric: network.fabric, layout, relayed: cluster.servers.scaleUpGbps > 0, delayOf };
  if (kind === "alltoall") return [allToAllPhase(exchange)];
  if (kind === "sendrecv") return [shiftPhase(exchange)];
  switch (algorithm) {
    case "tree":
      return [treePhase(layout, kind === "broadcast" ? kind : "allreduce", delayOf, divisible)];
    case "hierarchical":
      return hierarchicalPhases(layout, kind, delayOf, divisible);
    case "halving-doubling":
      return halvingDoublingPhases(exchange, kind);
    default:
      if (kind === "broadcast") return [chainPhase(layout, delayOf, divisible)];
      return [ringPhase(layout, kind === "allreduce" ? 2 : 1, delayOf, divisible)];
  }
}

/** The connections with what their bytes take on the wire. */
function onTheWire(connections: Connections, payloadShare: number): Connections {
  const { count, share } = connections;
  const wire = new Float64Array(count).fill(1 / payloadShare);
  if (share !== undefined) for (let at = 0; at < count; at++) wire[at]! *= share[at]!;
  return { ...connections, share: wire };
}

/** The load of the busiest GPU stands for all GPUs of the group: they share the work inside their servers evenly. */
function insideLoad({ fullest }: GroupLayout, share: number, network: Network): Footprint {
  const gpu = fullest.gpus[0]!;
  const resources = Int32Array.from(share > 0 ? [scaleUpOut(network, gpu), scaleUpIn(network, gpu)] : []);
  return { resources, coefficients: new Float64Array(resources.length).fill(share / scaleUpPayloadShare) };
}

/** Latency of a whole collective of `bytes` bytes in seconds. */
export function latencyS(schedule: Schedule, protocol: Protocol, bytes: number): number {
  const { phases, pace, inServerKind, layout, kind, algorithm } = schedule;
  let latency = baseLatencyS[pace][protocol];
  for (const { steps } of phases) latency += stepsLatencyS(steps, protocol, inServerKind);
  const crosses = layout.servers.length > 1;
  const chunk = bytes / (layout.channels.length * layout.ranks.length);
  const plateau =
    algorithm === "ring" && kind === "allreduce" && protocol === "Simple" && crosses && chunk >= plateauBytes;
  return plateau ? latency * plateauFactor : latency;
}

/** Share of the rates that is payload of this collective under a protocol. */
export function protocolShare({ pace, layout }: Schedule, protocol: Protocol): number {
  return payloadShare(pace, protocol, layout.servers.length);
}
