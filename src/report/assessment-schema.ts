/** The contract of `--json`: names, units and meanings. schema/assessment.schema.json is generated from it. */

import * as z from "zod";
import { verdicts } from "../audit/types.ts";
import { partKinds, stages } from "../fabric/index.ts";

const count = (description: string) => z.int().min(0).meta({ description });
const number = (description: string) => z.number().meta({ description });
const share = (description: string) => z.number().min(0).max(1).meta({ description });
const text = (description: string) => z.string().meta({ description });
const kind = z.enum(partKinds).meta({ description: "Kind of part." });
const stage = z.enum(stages).meta({ description: "Stage on the path from GPU to GPU." });
const verdict = z.enum(verdicts as [string, ...string[]]).meta({
  description:
    "transparent: the link pair takes over. degraded: the same with less bandwidth. rerouted: the data leaves over another NIC of the server. fatal: a GPU is cut off.",
});
const grade = z
  .enum(["primary", "secondary", "computed", "assumption", "cluster file"])
  .meta({ description: "How good the source is." });

const place = z.strictObject({
  file: z.string(),
  line: count("From 1."),
  column: count("From 1."),
  length: count("Characters marked."),
  lineText: z.string(),
});
const diagnostic = z.strictObject({
  code: text("Stable code, such as catalog/form-factor; docs/errors.md lists them."),
  severity: z.enum(["error", "warning", "note"]),
  message: text("What is wrong, with the numbers."),
  remedy: text("What would be right.").optional(),
  place: place.optional(),
  path: text("Path in the cluster file.").optional(),
});

const switchCounts = z.strictObject({
  leaf: count("Leaf switches; access switches of a tree."),
  spine: count("Spine switches; aggregation switches of a tree."),
  core: count("Core switches."),
});
const linkCounts = z.strictObject({
  access: count("Server to leaf."),
  leafSpine: count("Leaf to spine; access to aggregation in a tree."),
  spineCore: count("Spine to core; aggregation to core in a tree."),
});

const plane = z.strictObject({
  name: z.string(),
  network: z.enum(["infiniband", "ethernet"]),
  topology: z.enum(["leaf-spine", "tree"]),
  railOptimized: z.boolean(),
  pods: count("Sets of leaves that share their spines; 1 in two tiers."),
  switches: switchCounts,
  links: linkCounts,
  models: z
    .strictObject({ leaf: z.string(), spine: z.string(), core: z.string() })
    .partial()
    .meta({ description: "Switch model of each tier that exists." }),
  linksPerPair: z.strictObject({
    leafSpine: count("Links between a leaf and each spine of its pod."),
    spineCore: count("Links between a spine and each core of its group."),
  }),
  oversubscription: z.strictObject({
    leaf: number("Downlink over uplink bandwidth of a full leaf."),
    spine: number("The same of a spine; 0 where there are no cores."),
  }),
});

const part = z.strictObject({
  kind: z.enum(["switch", "nic", "module", "captive-cable", "fibre"]),
  model: text("Order number or model name."),
  description: z.string(),
  stage,
  lengthM: number("Metres, for cables.").optional(),
  count: count("Pieces."),
  unitPriceUsd: number("US dollars of one piece; absent where unknown.").optional(),
  priceGrade: grade.optional(),
  unitPowerW: number("Watts of one piece; both ends of a captive cable.").optional(),
});

const designSchema = z.strictObject({
  switches: switchCounts.nullable().meta({ description: "Summed over the planes; null when the design was rejected." }),
  links: linkCounts.nullable().meta({ description: "Summed over the planes; null when the design was rejected." }),
  oversubscription: z
    .number()
    .nullable()
    .meta({ description: "Largest leaf ratio over the planes; null when the design was rejected." }),
  attachment: z.enum(["single", "same-module", "same-leaf", "two-leaves", "two-planes"]),
  planes: z.array(plane),
  parts: z.array(part).meta({ description: "Bill of materials of the network." }),
  totals: z.strictObject({
    priceUsd: number("US dollars of all parts whose price is known."),
    powerW: number("Watts of the network, without cooling."),
    unpriced: z.array(z.string()).meta({ description: "Models without a price; missing in the total." }),
  }),
  warnings: z.array(diagnostic),
  rejections: z.array(diagnostic),
});

const singlePoint = z.strictObject({
  kind,
  stage,
  count: count("Parts of this kind, stage and verdict."),
  example: text("Name of one of them."),
  verdict: z.enum(["rerouted", "fatal"]),
  gpusCutOff: count("GPUs cut off by the worst of them."),
});
const sharedRisk = z.strictObject({
  kind,
  stage,
  endpoints: count("NICs whose two links both depend on one such part."),
  count: count("Distinct shared parts."),
  example: z.string(),
  paths: z
    .tuple([z.array(z.string()), z.array(z.string())])
    .meta({ description: "Both paths of one NIC up to the shared part, as names of parts." }),
  verdict,
});
const nMinusOne = z.strictObject({
  kind,
  stage,
  count: count("Parts that fail alike."),
  example: z.string(),
  gpusCutOff: count("GPUs cut off from their collective, or from their own NIC when rerouted."),
  bandwidthKept: share("AllReduce ring bandwidth after over before, under the placement in force."),
  bandwidthKeptPacked: share("The same for a ring whose neighbours stay under one leaf where they can."),
  verdict,
});
const nMinusTwo = z.strictObject({
  kinds: z.tuple([kind, kind]),
  stages: z.tuple([stage, stage]),
  relation: text("How the two parts lie to each other."),
  count: count("Unordered pairs."),
  example: z.tuple([z.string(), z.string()]),
  gpusCutOff: z.int().min(0),
  bandwidthKept: share("As for one part."),
  verdict,
});
const auditSchema = z.strictObject({
  singlePointsOfFailure: z.array(singlePoint),
  sharedRisks: z.array(sharedRisk),
  nMinusOne: z.array(nMinusOne),
  nMinusTwo: z.array(nMinusTwo),
  healthyGbpsPerGpu: z.strictObject({
    placed: number(
      "Ring AllReduce bus bandwidth of each GPU in Gbps with nothing failed, under the placement in force.",
    ),
    packed: number("The same with neighbours under one leaf where they can."),
  }),
  examined: z.strictObject({ parts: count("Parts looked at."), pairs: count("Pairs looked at.") }),
  diagnostics: z.array(diagnostic),
});

const priceFields = {
  interruptionsPerMonth: number("Interruptions of a job in a month of 730.5 h, over all jobs."),
  ettr: share("Effective training time ratio of a job."),
  gpuHoursLostPerYear: number("GPU-hours that did not train at full pace."),
  costPerYear: number("US dollars: lost GPU-hours, penalties, energy and purchase of the network."),
};
const priceDetails = {
  interruptionsByKind: z.array(z.strictObject({ kind: z.string(), perMonth: z.number() })),
  eventsPerMonth: z.record(z.string(), z.number()).meta({ description: "Failures of parts in a month, by verdict." }),
  gpuHoursLostSplit: z.record(z.string(), z.number()).meta({ description: "GPU-hours a year by why." }),
  costSplit: z.record(z.string(), z.number()).meta({ description: "US dollars a year by what for." }),
  effectiveShare: share("Share of all GPU-hours that trains at full pace."),
  purchaseUsd: number("US dollars for the network."),
  powerW: number("Watts of the network without cooling."),
  healthyGbpsPerGpu: number("Gbps of each GPU with nothing failed."),
};
const months = z.number().nullable().meta({ description: "Months; null: never." });
const baseline = z.strictObject({
  name: z.string(),
  ...priceFields,
  ...priceDetails,
  extraPurchaseUsd: number("US dollars that this fabric costs more to buy than the baseline."),
  extraPowerW: number("Watts that it draws more."),
  extraEnergyPerYear: number("US dollars a year for them."),
  gpuHoursSavedUsdPerYear: number("US dollars a year less in lost GPU-hours."),
  penaltiesSavedUsdPerYear: number("US dollars a year less in penalties."),
  savedPerYear: number("US dollars a year, the purchase left out."),
  paysBackMonths: months,
  conclusion: text("The same in words."),
});
const sensitivity = z.strictObject({
  name: text("What is varied."),
  ...priceFields,
  baseline: z.strictObject({ ...priceFields, paysBackMonths: months }).optional(),
});
const incidentCost = z.strictObject({
  name: z.string(),
  linksPerNic: z.int().min(1).max(2),
  stage: z.string().optional(),
  verdict: verdict.optional(),
  gpusTouched: z.number(),
  gpuHoursLost: z.number(),
  split: z.record(z.string(), z.number()),
  penaltyUsd: z.number(),
  costUsd: z.number(),
});
const priceSchema = z.strictObject({
  ...priceFields,
  ...priceDetails,
  baseline: baseline.nullable(),
  checkpointIntervalS: z.number().nullable(),
  bestCheckpointIntervalS: z.number().nullable(),
  exactCheckpointIntervalS: z.number().nullable(),
  sensitivity: z.array(sensitivity),
  incident: z
    .strictObject({
      description: z.string(),
      kind: z.string(),
      stage: z.string(),
      standstillS: z.number(),
      subject: incidentCost,
      counterpart: incidentCost.nullable(),
      savedUsd: z.number().nullable(),
    })
    .nullable(),
  failures: z
    .array(z.record(z.string(), z.unknown()))
    .meta({ description: "Every class of failure, its rate and effect." }),
  assumptions: z.array(z.strictObject({ text: z.string(), source: z.strictObject({ grade, text: z.string() }) })),
  diagnostics: z.array(diagnostic),
});

export const assessmentSchema = z
  .strictObject({
    twinspine: z.strictObject({ version: z.string() }),
    cluster: z.strictObject({
      name: z.string(),
      servers: count("GPU servers."),
      gpus: count("GPUs of all servers."),
    }),
    design: designSchema.optional().meta({ description: "Absent from the verbs audit and price." }),
    audit: auditSchema
      .optional()
      .meta({ description: "Absent from the verbs design and price, and when the design was rejected." }),
    price: priceSchema
      .optional()
      .meta({ description: "Absent from the verbs design and audit, and when the design was rejected." }),
  })
  .meta({ title: "twinspine assessment", description: "What twinspine assess --json prints." });

export type AssessmentJson = z.output<typeof assessmentSchema>;

/** The JSON Schema of `--json`, draft 2020-12. */
export function assessmentJsonSchema(): object {
  return z.toJSONSchema(assessmentSchema, { target: "draft-2020-12" });
}
