/**
 * Hierarchical collectives: inside the servers over the scale-up network first, then a ring for each rail across the
 * servers, each with its part of the data, then inside the servers again. One phase ends before the next begins.
 */

import type { CollectiveKind } from "./kinds.ts";
import type { GroupLayout } from "./layout.ts";
import type { DelayOf, PhasePlan } from "./plan.ts";
import { chainPhase, ringPhase } from "./ring.ts";

export function hierarchicalPhases(
  layout: GroupLayout,
  kind: CollectiveKind,
  delayOf: DelayOf,
  divisible: boolean,
): PhasePlan[] {
  const rails: PhasePlan[] = [];
  const across = layout.servers.length;
  if (across > 1) {
    // Each server counts as one rank of its rails' rings.
    const leaders = { ...layout, ranks: layout.servers.map((share) => share.gpus[0]!) };
    const single = { ...leaders, fullest: { ...layout.fullest, gpus: layout.fullest.gpus.slice(0, 1) } };
    const phase =
      kind === "broadcast"
        ? chainPhase(single, delayOf, divisible)
        : ringPhase(single, kind === "allreduce" ? 2 : 1, delayOf, divisible);
    rails.push({ ...phase, label: `${phase.label} of each rail`, inServer: 0 });
  }
  const scatter = () => inServerPhase(layout, kind === "broadcast" ? "scatter" : "reduce-scatter");
  const gather = () => inServerPhase(layout, "all-gather");
  if (layout.fullest.gpus.length === 1) return rails;
  if (kind === "reducescatter") return [scatter(), ...rails];
  if (kind === "allgather") return [...rails, gather()];
  return [scatter(), ...rails, gather()];
}

/** g - 1 steps between the g GPUs of a server, in which each sends (the root of a scatter: to each) its part of the data. */
function inServerPhase({ fullest }: GroupLayout, what: "scatter" | "reduce-scatter" | "all-gather"): PhasePlan {
  const gpus = fullest.gpus.length;
  return {
    label: `${what} inside the servers`,
    bytesPerByte: (gpus - 1) / gpus,
    channels: [],
    divisible: true,
    inServer: 1,
    steps: { pace: "ring", inServer: gpus - 1, network: 0, exposed: false, pathS: 0, extraPosts: 0 },
  };
}
