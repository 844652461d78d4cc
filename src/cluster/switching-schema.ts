/** Schema of the switching settings of a dual link and of the shared risks. */

import * as z from "zod";
import { count, named, quantity } from "./quantity.ts";

/** A class of traffic with its default priority. */
function trafficClass(priority: number, description: string) {
  return z
    .strictObject({
      priority: count(0, 7, "7 is served first.").default(priority),
      preferredLink: z
        .union([z.literal("auto"), count(1, 2, "Link of the pair.")])
        .default("auto")
        .meta({
          description: "Link that carries the class while both are healthy. auto: by latency and free capacity.",
        }),
      floor: quantity("fraction", "Share of the surviving link that the class keeps in any case.").prefault("0%"),
    })
    .prefault({})
    .meta({ description });
}

export const switchingSchema = z
  .strictObject({
    mode: z
      .enum(["active-standby", "load-balancing", "duplication"])
      .default("load-balancing")
      .meta({ description: "One link carries and the other heartbeats; both carry by weight; both carry everything." }),
    primary: count(1, 2, "The link of each pair that carries in active-standby.").default(1),
    revertive: z.boolean().default(true).meta({ description: "Whether traffic returns to the healed primary." }),
    heartbeat: z
      .strictObject({
        interval: quantity("duration", "Time between heartbeats on each link.", ["10us", "60s"]).prefault("1ms"),
        misses: count(1, 100, "Heartbeats missed before a link is silent.").default(3),
      })
      .prefault({})
      .meta({ description: "Heartbeats on each link; silence of interval x misses is a failure." }),
    carrierDelay: quantity(
      "duration",
      "Time from the loss of light until the host knows of it; for the simulation. Default: an assumption, half of what `twinspine link` takes on a busy two-core machine (docs/transport.md).",
      ["0s", "60s"],
    ).prefault("1ms"),
    holdDown: quantity("duration", "Time that a healed link must stay healthy before it is used again.", [
      "0s",
      "1d",
    ]).prefault("10s"),
    flapDamping: z
      .strictObject({
        enabled: z.boolean().default(true).meta({ description: "Whether a link that goes up and down is held out." }),
        penalty: count(1, 1_000_000, "Penalty of one down event.").default(1000),
        halfLife: quantity("duration", "Time in which the penalty halves.", ["1ms", "1d"]).prefault("15s"),
        suppress: count(1, 10_000_000, "Penalty above which the link is not used.").default(2500),
        reuse: count(1, 10_000_000, "Penalty below which it is used again.").default(1000),
        maxSuppress: quantity("duration", "Longest time that a link is held out.", ["1ms", "7d"]).prefault("60s"),
      })
      .prefault({})
      .meta({ description: "Penalises a link that goes up and down; terms as in SONiC's link-event damping." }),
    classes: z
      .strictObject({
        control: trafficClass(7, "Heartbeats, barriers, acknowledgements."),
        activation: trafficClass(6, "Activations between pipeline stages."),
        gradient: trafficClass(5, "Gradients of AllReduce."),
        bulk: trafficClass(1, "Checkpoints and data loading."),
      })
      .prefault({})
      .meta({ description: "Traffic classes on the two links." }),
    routing: z
      .strictObject({
        localRepair: quantity(
          "duration",
          "Time until the switch next to a failure uses its other links, from when it notices: loss of light at once, silence after interval x misses of the heartbeat.",
        ).prefault("1ms"),
        convergence: quantity(
          "duration",
          "Time until every switch knows of a failure, from when the first notices.",
        ).prefault("200ms"),
      })
      .prefault({})
      .meta({
        description: "How fast the fabric's own routing heals; measured for FRR with BFD, an input for other systems.",
      }),
  })
  .prefault({})
  .meta({ description: "How the two links of a pair are used and watched." });

export const sharedRiskSchema = z
  .strictObject({
    name: named("Name of the shared thing."),
    kind: z.enum(["feed", "rack", "control-plane"]).meta({ description: "What the members share." }),
    members: z
      .array(z.string().min(1).max(120))
      .min(1)
      .max(10_000)
      .meta({ description: "Devices: names (leaf-a-01), patterns (srv-*), ranges (srv-[0001-0016])." }),
  })
  .meta({
    description:
      "A thing that fails for all its members at once. A device on two feeds dies only when both have failed.",
  });

export type SwitchingSettings = z.output<typeof switchingSchema>;
export type SharedRiskSettings = z.output<typeof sharedRiskSchema>;
