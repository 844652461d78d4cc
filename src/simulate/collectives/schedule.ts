/** A collective laid onto the network: phases of transfers that the fluid engine can carry, and what latency adds. */

import type { Cluster } from "../../cluster/types.ts";
import type { Lane } from "../fluid/index.ts";
import { scaleUpIn, scaleUpOut } from "../network/index.ts";
import { scaleUpPayloadShare } from "./bandwidths.ts";
import { allToAllPhase, shiftPhase } from "./exchange.ts";
import { halvingDoublingPhases } from "./halving-doubling.ts";
import { hierarchicalPhases } from "./hierarchical.ts";
import type { HopLayer } from "./hop-layer.ts";
import type { CollectiveAlgorithm, CollectiveKind } from "./kinds.ts";
import { type InServerKind, stepsLatencyS } from "./latency.ts";
import { type GroupLayout, layoutOf } from "./layout.ts";
import type { PhasePlan, Steps } from "./plan.ts";
import { baseLatencyS, type Pace, type Protocol, payloadShare, plateauBytes, plateauFactor } from "./protocols.ts";
import { chainPhase, ringPhase } from "./ring.ts";
import { treePhase } from "./tree.ts";

/** Bytes that one or more lanes carry side by side. */
export interface PhaseTransfer {
  /** Bytes for every byte of the collective. */
  readonly bytesPerByte: number;
  readonly lanes: readonly Lane[];
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
  readonly channels: number;
  readonly phases: readonly Phase[];
  readonly pace: Pace;
  readonly inServerKind: InServerKind;
  /** Two endpoints that no path joins: the collective stalls; undefined when every hop has a path. */
  readonly cutOff: readonly [number, number] | undefined;
}

/** What of the cluster a schedule depends on. */
type Settings = Pick<Cluster, "servers" | "training">;

/** Lays a collective of a group of GPUs (server x GPUs + GPU, in rank order) onto the network as it is now. */
export function layCollective(
  layer: HopLayer,
  { servers, training }: Settings,
  ranks: ArrayLike<number>,
  kind: CollectiveKind,
  algorithm: CollectiveAlgorithm,
): Schedule {
  const { network } = layer.router.state;
  const layout = layoutOf(network.fabric, ranks);
  const proportional = training.railBalance === "proportional";
  const plans = planPhases(layer, layout, kind, algorithm, proportional, servers.scaleUpGbps > 0);
  let cutOff: Schedule["cutOff"];
  const phases = plans.map((plan): Phase => {
    const { channels, bytesPerByte } = plan;
    const laid = channels.map((hops) => layer.lay(hops));
    const broken = laid.filter((each) => each.cutOff !== undefined);
    // A library that reroutes over the scale-up network leaves a broken rail out; any other waits for it.
    const goesOn = plan.divisible && training.rerouteOverScaleUp && servers.scaleUpGbps > 0;
    const used = goesOn ? laid.filter((each) => each.cutOff === undefined) : laid;
    if (broken.length > 0 && (!goesOn || used.length === 0)) cutOff ??= broken[0]!.cutOff;
    const inside = insideLoad(layout, plan.inServer, network);
    const lanes = used.map((channel) => channel.lanes.map((lane) => withInside(lane, inside)));
    if (channels.length === 0)
      return {
        ...plan,
        transfers: [{ bytesPerByte, lanes: [withInside({ resources: [], coefficients: [] }, inside)] }],
      };
    const transfers = plan.divisible
      ? [{ bytesPerByte, lanes: lanes.flat() }]
      : lanes.map((each) => ({ bytesPerByte: bytesPerByte / lanes.length, lanes: each }));
    return { label: plan.label, steps: plan.steps, transfers };
  });
  return {
    kind,
    algorithm,
    layout,
    channels: layout.channels.length,
    phases,
    pace: algorithm === "tree" ? "tree" : "ring",
    inServerKind: servers.scaleUpGbps > 0 ? "scaleUp" : "pci",
    cutOff,
  };
}

function planPhases(
  layer: HopLayer,
  layout: GroupLayout,
  kind: CollectiveKind,
  algorithm: CollectiveAlgorithm,
  divisible: boolean,
  relayed: boolean,
): PhasePlan[] {
  const { delayOf } = layer;
  const { fabric } = layer.router.state.network;
  const scene = { fabric, layout, relayed, delayOf };
  if (kind === "alltoall") return [allToAllPhase(scene)];
  if (kind === "sendrecv") return [shiftPhase(scene)];
  switch (algorithm) {
    case "tree":
      return [treePhase(layout, kind === "broadcast" ? kind : "allreduce", delayOf, divisible)];
    case "hierarchical":
      return hierarchicalPhases(layout, kind, delayOf, divisible);
    case "halving-doubling":
      return halvingDoublingPhases(scene, kind);
    default:
      if (kind === "broadcast") return [chainPhase(layout, delayOf, divisible)];
      return [ringPhase(layout, kind === "allreduce" ? 2 : 1, delayOf, divisible)];
  }
}

interface InsideLoad {
  readonly resources: readonly number[];
  readonly coefficient: number;
}

/** The load of the busiest GPU stands for all GPUs of the group: they share the work inside their servers evenly. */
function insideLoad(
  { fullest }: GroupLayout,
  share: number,
  network: HopLayer["router"]["state"]["network"],
): InsideLoad {
  const gpu = fullest.gpus[0]!;
  const resources = share > 0 ? [scaleUpOut(network, gpu), scaleUpIn(network, gpu)] : [];
  return { resources, coefficient: share / scaleUpPayloadShare };
}

function withInside(
  lane: { readonly resources: ArrayLike<number>; readonly coefficients: ArrayLike<number> },
  { resources, coefficient }: InsideLoad,
): Lane {
  if (resources.length === 0) return { resources: lane.resources, coefficients: lane.coefficients };
  const count = lane.resources.length;
  const all = new Int32Array(count + resources.length);
  all.set(lane.resources);
  all.set(resources, count);
  const coefficients = new Float64Array(all.length).fill(coefficient, count);
  coefficients.set(lane.coefficients);
  return { resources: all, coefficients };
}

/** Latency of a whole collective of `bytes` bytes in seconds. */
export function latencyS(schedule: Schedule, protocol: Protocol, bytes: number): number {
  const { phases, pace, inServerKind, layout, kind, algorithm, channels } = schedule;
  let latency = baseLatencyS[pace][protocol];
  for (const { steps } of phases) latency += stepsLatencyS(steps, protocol, inServerKind);
  const crosses = layout.servers.length > 1;
  const chunk = bytes / (channels * layout.ranks.length);
  const plateau =
    algorithm === "ring" && kind === "allreduce" && protocol === "Simple" && crosses && chunk >= plateauBytes;
  return plateau ? latency * plateauFactor : latency;
}

/** Share of the rates that is payload of this collective under a protocol. */
export function protocolShare({ pace, layout }: Schedule, protocol: Protocol): number {
  return payloadShare(pace, protocol, layout.servers.length);
}
