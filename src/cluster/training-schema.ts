/** Schema of the training job and of the money. */

import * as z from "zod";
import { linkFlaps, reliabilityKinds } from "../catalog/index.ts";
import { count, model, named, quantity, ratio } from "./quantity.ts";

const algorithm = z
  .enum(["ring", "tree", "hierarchical", "halving-doubling"])
  .default("ring")
  .meta({ description: "Algorithm of AllReduce." });

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
    rerouteOverScaleUp: z.boolean().default(false).meta({
      description:
        "The communication library is known to send a GPU's data over another NIC of its server when its own is cut off. Off in NCCL unless switched on.",
    }),
    parallelism: z
      .strictObject({
        data: z
          .union([z.literal("auto"), count(1, 1_000_000, "Data-parallel replicas.")])
          .default("auto")
          .meta({ description: "Data-parallel replicas. auto: as many as the GPUs of the job allow." }),
        tensor: count(1, 1024, "Tensor-parallel ranks.").default(8),
        pipeline: count(1, 4096, "Pipeline stages.").default(1),
      })
      .prefault({})
      .meta({ description: "How the model is spread over the GPUs of the job." }),
    gradientBytes: quantity("size", "Gradients of one replica exchanged in each step.", ["1B", "1000PB"]).prefault(
      "16GiB",
    ),
    activationBytes: quantity("size", "Activations sent between pipeline stages in each step.").prefault("256MiB"),
    buckets: count(1, 4096, "Buckets in which gradients are exchanged.").default(32),
    overlap: quantity("fraction", "Share of the gradient exchange hidden behind compute.").prefault("80%"),
    algorithm,
    computePerStep: quantity("duration", "Compute time of one step.", ["1us", "30d"]).prefault("5s"),
    checkpointInterval: z
      .union([z.literal("best"), quantity("duration", "Time between checkpoints.", ["1s", "365d"])])
      .default("best")
      .meta({ description: "best: the interval that wastes least, sqrt(2 w / (N r_f))." }),
    checkpointWrite: quantity("duration", "Time to write one checkpoint, during which training waits.").prefault(
      "100s",
    ),
    background: z
      .strictObject({
        checkpointBytes: quantity(
          "size",
          "Checkpoint of each GPU. Default: 30 GB (Alibaba HPN, SIGCOMM 2024).",
        ).prefault("30GB"),
        checkpointDrain: quantity(
          "duration",
          "Time in which a checkpoint flows to storage over the training network while training goes on. 0s: storage has a network of its own.",
        ).prefault("100s"),
        dataLoading: quantity(
          "bandwidth",
          "Training data that each GPU reads over the training network. Default: an assumption.",
        ).prefault("1Gbps"),
      })
      .prefault({})
      .meta({
        description: "Bulk traffic on the links of the training network, for the simulation's table of allocations.",
      }),
    restart: quantity(
      "duration",
      "From giving the job up to the first new step: reschedule, load, warm up. price counts the wait for the timeout as a part of it.",
    ).prefault("10min"),
    rejoin: z.enum(["restart", "checkpoint"]).default("restart").meta({
      description:
        "When a server that was left out and works again takes part in the simulated job. restart: with the next restart, because schedulers (Slurm, Kubernetes) add no node to a running job. checkpoint: the job restarts for it after its next checkpoint, as elastic launchers (torchrun) do when a node arrives, but without losing work.",
    }),
    collectiveTimeout: quantity("duration", "A collective that stalls longer is aborted by the library.").prefault(
      "120s",
    ),
    retransmission: z
      .strictObject({
        timeout: count(0, 31, "Exponent: a try waits 4.096 us x 2^timeout. NCCL's own default is 20 (4.3 s).").default(
          22,
        ),
        retries: count(1, 7, "Tries before the transport gives the connection up.").default(7),
      })
      .prefault({})
      .meta({
        description:
          "How long RDMA retransmits before it breaks the collective; the shorter of this and collectiveTimeout counts. Default: 7 x 17.2 s = 120 s, which fits what Alibaba HPN (SIGCOMM 2024) reports: a job survives 1 minute and is lost after 2.",
      }),
  })
  .prefault({})
  .meta({ description: "The training job." });

/** Stages of a path at which a part can fail: those of the fabric's parts (fabric/types.ts). */
export const incidentStages = [
  "nic",
  "access-link",
  "leaf-switch",
  "leaf-spine-link",
  "spine-switch",
  "spine-core-link",
  "core-switch",
  "access-switch",
  "aggregation-link",
  "aggregation-switch",
  "core-link",
] as const;

export const economicsSchema = z
  .strictObject({
    gpuHour: quantity("moneyPerHour", "What one GPU costs for an hour, used or not.").prefault("$2.50/h"),
    energy: quantity("moneyPerEnergy", "Electricity.").prefault("$0.10/kWh"),
    powerUsageEffectiveness: ratio(1, 4, "Power of the site over power of the equipment.").default(1.3),
    years: ratio(0.1, 30, "Years over which the purchase is written off.").default(4),
    jobGpus: z
      .union([z.literal("all"), count(1, 10_000_000, "GPUs of one job.")])
      .default("all")
      .meta({ description: "GPUs that stop together when one is cut off." }),
    penaltyPerHour: quantity("moneyPerHour", "Contractual penalty for each hour of standstill.").prefault("$0/h"),
    penaltyAfter: quantity("duration", "Standstill that the contract tolerates for each event.").prefault("0s"),
    linkFlapsPerDay: z.number().min(0).max(100_000).default(linkFlaps.perDay.value).meta({
      description:
        "How often each link goes down for seconds, a day. Default: 5,000 a day (the least that Alibaba HPN reports) over an assumed 200,000 links.",
    }),
    flapHalt: quantity("duration", "How long a job halts when a link without a second one flaps.").prefault(
      `${linkFlaps.haltS.value}s`,
    ),
    failureRates: z
      .partialRecord(z.enum(reliabilityKinds), quantity("failureRate", "Failures per 1e9 hours of one piece."))
      .default({})
      .meta({ description: "Overrides the catalog's failure rates by kind of part." }),
    repairTimes: z
      .partialRecord(z.enum(reliabilityKinds), quantity("duration", "From failure to repaired."))
      .default({})
      .meta({ description: "Overrides the catalog's repair times by kind of part." }),
    prices: z
      .record(model("Model."), quantity("money", "Price of one piece."))
      .default({})
      .meta({ description: "Overrides the catalog's prices, by model." }),
    incident: z
      .strictObject({
        description: named("What happened.").optional(),
        kind: z
          .enum(["nic", "nic-port", "module", "cable", "cage", "switch"])
          .meta({ description: "Kind of part that failed." }),
        stage: z.enum(incidentStages).meta({ description: "Stage on the path, as audit names it." }),
        standstill: quantity("duration", "How long the part was out of service."),
      })
      .optional()
      .meta({ description: "One failure to price by itself." }),
  })
  .prefault({})
  .meta({ description: "Money, failure rates and repair times." });

export const collectiveSchema = z.strictObject({
  kind: z
    .enum(["allreduce", "reducescatter", "allgather", "alltoall", "broadcast", "sendrecv"])
    .meta({ description: "Collective." }),
  algorithm,
  bytes: quantity("size", "Size of the collective, as nccl-tests counts it.", ["1B", "1000PB"]),
  groupSize: z
    .union([z.literal("all"), count(2, 10_000_000, "Ranks of each group.")])
    .default("all")
    .meta({ description: "GPUs of each group. all: every GPU of the cluster." }),
});

export type TrainingSettings = z.output<typeof trainingSchema>;
export type EconomicsSettings = z.output<typeof economicsSchema>;
