/** Schema of the training job and of the money. */

import * as z from "zod";
import { count, model, named, quantity } from "./quantity.ts";

export const trainingSchema = z
  .strictObject({
    placement: z.enum(["packed", "spread"]).default("spread").meta({
      description:
        "Ring order: packed keeps neighbours under one leaf; spread is the worst case, every hop leaves its leaf.",
    }),
    railBalance: z.enum(["proportional", "equal"]).default("proportional").meta({
      description:
        "How the communication library spreads data over the rails: by what each carries (as HPN measured: one of 16 links down costs 6.25%), or in equal shares (the slowest gates).",
    }),
    rerouteOverScaleUp: z
      .boolean()
      .default(true)
      .meta({ description: "The communication library can send a GPU's data over another NIC of its server." }),
    parallelism: z
      .strictObject({
        data: z.union([z.literal("auto"), count(1, 1_000_000, "Data-parallel replicas.")]).default("auto"),
        tensor: count(1, 1024, "Tensor-parallel ranks.").default(8),
        pipeline: count(1, 4096, "Pipeline stages.").default(1),
      })
      .prefault({}),
    gradientBytes: quantity("size", "Gradients of one replica exchanged in each step.").prefault("16GiB"),
    activationBytes: quantity("size", "Activations sent between pipeline stages in each step.").prefault("256MiB"),
    buckets: count(1, 4096, "Buckets in which gradients are exchanged.").default(32),
    overlap: quantity("fraction", "Share of the gradient exchange hidden behind compute.").prefault("80%"),
    algorithm: z.enum(["ring", "tree", "hierarchical", "halving-doubling"]).default("ring"),
    computePerStep: quantity("duration", "Compute time of one step.").prefault("5s"),
    checkpointInterval: z
      .union([z.literal("best"), quantity("duration", "Time between checkpoints.")])
      .default("best")
      .meta({ description: "best: the interval that wastes least, sqrt(2 w / (N r_f))." }),
    checkpointWrite: quantity("duration", "Time to write one checkpoint, during which training waits.").prefault(
      "100s",
    ),
    restart: quantity("duration", "From the stop to the first new step: detect, reschedule, load, warm up.").prefault(
      "10min",
    ),
    collectiveTimeout: quantity("duration", "A collective that stalls longer is aborted by the library.").prefault(
      "120s",
    ),
  })
  .prefault({});

export const economicsSchema = z
  .strictObject({
    gpuHour: quantity("moneyPerHour", "What one GPU costs for an hour, used or not.").prefault("$2.50/h"),
    energy: quantity("moneyPerEnergy", "Electricity.").prefault("$0.10/kWh"),
    powerUsageEffectiveness: z
      .number()
      .min(1)
      .max(4)
      .default(1.3)
      .meta({ description: "Power of the site over power of the equipment." }),
    years: z
      .number()
      .min(0.1)
      .max(30)
      .default(4)
      .meta({ description: "Years over which the purchase is written off." }),
    jobGpus: z
      .union([z.literal("all"), count(1, 10_000_000, "GPUs of one job.")])
      .default("all")
      .meta({ description: "GPUs that stop together when one is cut off." }),
    penaltyPerHour: quantity("moneyPerHour", "Contractual penalty for each hour of standstill.").prefault("$0/h"),
    penaltyAfter: quantity("duration", "Standstill that the contract tolerates for each event.").prefault("0s"),
    failureRates: z
      .partialRecord(
        z.enum([
          "gpu",
          "server",
          "software",
          "nic",
          "nic-port",
          "module",
          "cable",
          "cage",
          "switch",
          "feed",
          "control-plane",
        ]),
        quantity("failureRate", "Failures per 1e9 hours of one piece."),
      )
      .default({})
      .meta({ description: "Overrides the catalog's failure rates by kind of part." }),
    repairTimes: z
      .partialRecord(
        z.enum([
          "gpu",
          "server",
          "software",
          "nic",
          "nic-port",
          "module",
          "cable",
          "cage",
          "switch",
          "feed",
          "control-plane",
        ]),
        quantity("duration", "From failure to repaired."),
      )
      .default({}),
    prices: z
      .record(z.string().max(80), quantity("money", "Price of one piece."))
      .default({})
      .meta({ description: "Prices by model." }),
    incident: z
      .strictObject({
        description: named("What happened.").optional(),
        kind: z
          .enum(["nic", "nic-port", "module", "cable", "cage", "switch"])
          .meta({ description: "Kind of part that failed." }),
        stage: z
          .string()
          .max(40)
          .meta({ description: "Stage on the path, as audit names it (access-link, leaf-switch)." }),
        standstill: quantity("duration", "How long the part was out of service."),
      })
      .optional()
      .meta({ description: "One failure to price by itself." }),
  })
  .prefault({});

export const collectiveSchema = z.strictObject({
  kind: z.enum(["allreduce", "reducescatter", "allgather", "alltoall", "broadcast"]),
  algorithm: z.enum(["ring", "tree", "hierarchical", "halving-doubling"]).default("ring"),
  bytes: quantity("size", "Size of the collective."),
  groupSize: z.union([z.literal("all"), count(2, 10_000_000, "Ranks of each group.")]).default("all"),
});

export const ownPartSchema = z
  .looseObject({ kind: z.enum(["switch", "nic", "module", "captive-cable", "fibre"]), model: model("Unique name.") })
  .meta({ description: "A part of one's own: the fields of the catalog's part of this kind." });

export type TrainingSettings = z.output<typeof trainingSchema>;
export type EconomicsSettings = z.output<typeof economicsSchema>;
