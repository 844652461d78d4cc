/** The contract of `--json`: names, units and meanings. schema/assessment.schema.json is generated from it. */

import * as z from "zod";
import { verdicts } from "../audit/types.ts";
import { partKinds, stages } from "../fabric/index.ts";
import { feltVerdicts } from "../simulate/result.ts";

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
  file: text("Name of the file."),
  line: count("From 1."),
  column: count("From 1."),
  length: count("Characters marked."),
  lineText: text("The whole line."),
});
const diagnostic = z.strictObject({
  code: text("Stable code, such as catalog/form-factor; docs/errors.md lists them."),
  severity: z.enum(["error", "warning", "note"]).meta({ description: "An error stops the work." }),
  message: text("What is wrong, with the numbers."),
  remedy: text("What would be right.").optional(),
  place: place.optional().meta({ description: "Where in the cluster file." }),
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
  name: text("Name of the plane, part of its switches' names."),
  network: z.enum(["infiniband", "ethernet"]).meta({ description: "What runs over it." }),
  topology: z.enum(["leaf-spine", "tree"]).meta({ description: "A tree is the single-link baseline." }),
  railOptimized: z.boolean().meta({ description: "Each leaf serves the same NIC index of its servers." }),
  pods: count("Sets of leaves that share their spines; 1 in two tiers."),
  switches: switchCounts.meta({ description: "Of this plane." }),
  links: linkCounts.meta({ description: "Of this plane." }),
  models: z
    .strictObject({ leaf: text("Of the leaves."), spine: text("Of the spines."), core: text("Of the cores.") })
    .partial()
    .meta({ description: "Switch model of each tier that exists." }),
  linksPerPair: z
    .strictObject({
      leafSpine: count("Links between a leaf and each spine of its pod."),
      spineCore: count("Links between a spine and each core of its group."),
    })
    .meta({ description: "Parallel links between two switches." }),
  oversubscription: z
    .strictObject({
      leaf: number("Downlink over uplink bandwidth of a full leaf."),
      spine: number("The same of a spine; 0 where there are no cores."),
    })
    .meta({ description: "Downlink over uplink bandwidth, as built." }),
});

const part = z.strictObject({
  kind: z.enum(["switch", "nic", "module", "captive-cable", "fibre"]).meta({ description: "Kind of part." }),
  model: text("Order number or model name."),
  description: text("What it is."),
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
  attachment: z
    .enum(["single", "same-module", "same-leaf", "two-leaves", "two-planes"])
    .meta({ description: "How the links of one NIC reach the network." }),
  planes: z.array(plane).meta({ description: "Each plane by itself." }),
  parts: z.array(part).meta({ description: "Bill of materials of the network." }),
  totals: z
    .strictObject({
      priceUsd: number("US dollars of all parts whose price is known."),
      powerW: number("Watts of the network, without cooling."),
      unpriced: z.array(z.string()).meta({ description: "Models without a price; missing in the total." }),
    })
    .meta({ description: "Sums over all parts." }),
  warnings: z.array(diagnostic).meta({ description: "What works with a caveat, and notes." }),
  rejections: z.array(diagnostic).meta({ description: "What cannot work; empty when the design was built." }),
});

const singlePoint = z.strictObject({
  kind,
  stage,
  count: count("Parts of this kind, stage and verdict."),
  example: text("Name of one of them."),
  verdict: z.enum(["rerouted", "fatal"]).meta({ description: "What the failure does to training." }),
  gpusCutOff: count("GPUs cut off by the worst of them."),
});
const sharedRisk = z.strictObject({
  kind,
  stage,
  endpoints: count("NICs whose two links both depend on one such part."),
  count: count("Distinct shared parts."),
  example: text("Name of one of them."),
  paths: z
    .tuple([z.array(z.string()), z.array(z.string())])
    .meta({ description: "Both paths of one NIC up to the shared part, as names of parts." }),
  verdict,
});
const nMinusOne = z.strictObject({
  kind,
  stage,
  count: count("Parts that fail alike."),
  example: text("Name of one of them."),
  gpusCutOff: count("GPUs cut off from their collective, or from their own NIC when rerouted."),
  bandwidthKept: share("AllReduce ring bandwidth after over before, under the placement in force."),
  bandwidthKeptPacked: share("The same for a ring whose neighbours stay under one leaf where they can."),
  verdict,
});
const nMinusTwo = z.strictObject({
  kinds: z.tuple([kind, kind]).meta({ description: "Kinds of the two parts." }),
  stages: z.tuple([stage, stage]).meta({ description: "Their stages." }),
  relation: text("How the two parts lie to each other."),
  count: count("Unordered pairs."),
  example: z.tuple([z.string(), z.string()]).meta({ description: "Names of one such pair." }),
  gpusCutOff: count("As for one part."),
  bandwidthKept: share("As for one part."),
  verdict,
});
const auditSchema = z.strictObject({
  singlePointsOfFailure: z
    .array(singlePoint)
    .meta({ description: "Parts whose failure alone cuts a GPU off, or a NIC." }),
  sharedRisks: z.array(sharedRisk).meta({ description: "Parts that both links of a pair need." }),
  nMinusOne: z.array(nMinusOne).meta({ description: "Every part, in classes that fail alike." }),
  nMinusTwo: z
    .array(nMinusTwo)
    .meta({ description: "Pairs of network parts, in classes that fail alike; empty with --no-pairs." }),
  healthyGbpsPerGpu: z
    .strictObject({
      placed: number(
        "Ring AllReduce bus bandwidth of each GPU in Gbps with nothing failed, under the placement in force.",
      ),
      packed: number("The same with neighbours under one leaf where they can."),
    })
    .meta({ description: "With nothing failed." }),
  partGraph: z
    .strictObject({
      nodes: z.int().min(0).meta({ description: "Parts." }),
      edges: z.int().min(0).meta({ description: "Neighbouring parts." }),
      articulationPoints: z.int().min(0).meta({ description: "Parts whose removal leaves the graph in more pieces." }),
      bridges: z.int().min(0).meta({ description: "Edges whose removal does." }),
    })
    .meta({ description: "The plain graph of all parts, in which hosts forward; for comparison with graph tools." }),
  examined: z
    .strictObject({ parts: count("Parts looked at."), pairs: count("Pairs looked at.") })
    .meta({ description: "How much was looked at." }),
  diagnostics: z.array(diagnostic).meta({ description: "Findings in words." }),
});

const priceFields = {
  interruptionsPerMonth: number("Interruptions of a job in a month of 730.5 h, over all jobs."),
  ettr: share("Effective training time ratio of a job."),
  gpuHoursLostPerYear: number("GPU-hours that did not train at full pace."),
  costPerYear: number("US dollars: lost GPU-hours, penalties, energy and purchase of the network."),
};
const priceDetails = {
  interruptionsByKind: z
    .array(z.strictObject({ kind: text("What failed."), perMonth: number("Interruptions a month.") }))
    .meta({ description: "Most frequent first." }),
  eventsPerMonth: z.record(z.string(), z.number()).meta({ description: "Failures of parts in a month, by verdict." }),
  gpuHoursLostSplit: z.record(z.string(), z.number()).meta({ description: "GPU-hours a year by why." }),
  costSplit: z.record(z.string(), z.number()).meta({ description: "US dollars a year by what for." }),
  effectiveShare: share("Share of all GPU-hours that trains at full pace."),
  purchaseUsd: number("US dollars for the network."),
  powerW: number("Watts of the network without cooling."),
  healthyGbpsPerGpu: number("Gbps of each GPU with nothing failed."),
};
const seconds = (description: string) =>
  z
    .number()
    .nullable()
    .meta({ description: `Seconds. ${description}` });
const months = z.number().nullable().meta({ description: "Months; null: never." });
const baseline = z.strictObject({
  name: text("Name of the baseline."),
  ...priceFields,
  ...priceDetails,
  comparisonOf: z.enum(["this fabric", "baseline"]).meta({
    description:
      "Whose extra purchase and savings the next fields are. The baseline's where it has the second link and this fabric has not.",
  }),
  extraPurchaseUsd: number("US dollars that it costs more to buy than the other."),
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
  baseline: z
    .strictObject({ ...priceFields, paysBackMonths: months })
    .optional()
    .meta({ description: "The same of the baseline." }),
});
const incidentCost = z.strictObject({
  name: text("Name of the fabric."),
  linksPerNic: z.int().min(1).max(2).meta({ description: "1 or 2." }),
  stage: text("Stage of the failed part in this fabric; absent when it has no such part.").optional(),
  verdict: verdict.optional(),
  gpusTouched: number("GPUs of the jobs that the failure touches."),
  gpuHoursLost: number("GPU-hours."),
  split: z.record(z.string(), z.number()).meta({ description: "GPU-hours by why." }),
  penaltyUsd: number("Contractual penalty, US dollars."),
  costUsd: number("Lost GPU-hours at their price, and the penalty, US dollars."),
});
const priceSchema = z.strictObject({
  ...priceFields,
  ...priceDetails,
  baseline: baseline.nullable().meta({ description: "What this fabric is compared with; null: nothing." }),
  checkpointIntervalS: seconds("Interval in force; null when nothing ever interrupts."),
  bestCheckpointIntervalS: seconds("sqrt(2 w / (N r_f))."),
  exactCheckpointIntervalS: seconds("The exact optimum of the same formula."),
  sensitivity: z.array(sensitivity).meta({ description: "The answer when rates and prices are half or double." }),
  incident: z
    .strictObject({
      description: text("What happened."),
      kind: text("Kind of part that failed."),
      stage: text("Its stage."),
      standstillS: number("Seconds out of service."),
      subject: incidentCost.meta({ description: "What it cost this cluster." }),
      counterpart: incidentCost.nullable().meta({
        description: "What it would have cost with the other number of links; null where that cannot be designed.",
      }),
      savedUsd: z.number().nullable().meta({ description: "US dollars that two links save over one." }),
    })
    .nullable()
    .meta({ description: "economics.incident of the cluster file, priced." }),
  failures: z
    .array(z.record(z.string(), z.unknown()))
    .meta({ description: "Every class of failure, its rate and effect." }),
  assumptions: z
    .array(
      z.strictObject({
        text: text("The assumption."),
        source: z
          .strictObject({ grade, text: text("Document, or why it is reasonable.") })
          .meta({ description: "Where it comes from." }),
      }),
    )
    .meta({ description: "What the price rests on." }),
  diagnostics: z.array(diagnostic).meta({ description: "Findings in words." }),
});

const takeover = z.strictObject({
  pairs: count("Pairs of links that took over in the same way at the same moment."),
  trigger: text("What told the switching core."),
  detectUs: number("Microseconds from the last sign of life until the failure was noticed."),
  decideUs: number("Microseconds until it was decided."),
  switchUs: number("Microseconds until the first frame on the other link."),
  replayUs: number("Microseconds until all that the failed link owed had arrived on the other."),
  totalUs: number("The sum of the four."),
});
const feltFailure = z.strictObject({
  part: text("Name of the part that fails."),
  kind,
  stage,
  count: count("Parts that fail alike."),
  failuresPerYear: number("Failures of all of them in a year."),
  verdict: z.enum(feltVerdicts as [string, ...string[]]).meta({
    description: "What the simulation gave; stalled: cut off until the repair, without being given up.",
  }),
  repairHours: number("Hours until the part is repaired."),
  takeover: takeover.nullable().meta({ description: "The longest takeover; null: the switching core decided none." }),
  stoodStillS: number("Seconds in which the job did not train: pauses, timeouts, restarts, waiting."),
  jobsLost: count("How often the job was given up and restarted."),
  stepTimeBeforeS: number("Seconds of a training step before the failure."),
  stepTimeAfterS: seconds("Of a step until the repair; null: the job does not train before it."),
  bandwidthKept: share("Gradient bandwidth after over before; 0 when the job is lost."),
  gpuHoursLost: number("GPU-hours that one failure costs, without what checkpoints cost anyway."),
  costUsd: number("US dollars: these GPU-hours at their price, and contractual penalties."),
});
const trainingSchema = z.strictObject({
  gpus: count("GPUs of the job; 0 when nothing was simulated."),
  mode: text("Switching mode in force."),
  failsAtS: number("When each part fails: seconds of training since the last checkpoint."),
  failures: z.array(feltFailure).meta({ description: "Up to three, each by itself, worst first." }),
  omitted: z.string().nullable().meta({ description: "Why nothing was simulated; null when it was." }),
});

export const assessmentSchema = z
  .strictObject({
    twinspine: z.strictObject({ version: text("Version that made this.") }).meta({ description: "The program." }),
    cluster: z
      .strictObject({
        name: text("Name of the cluster."),
        servers: count("GPU servers."),
        gpus: count("GPUs of all servers."),
      })
      .meta({ description: "The cluster." }),
    design: designSchema.optional().meta({ description: "Absent from the verbs audit and price." }),
    audit: auditSchema
      .optional()
      .meta({ description: "Absent from the verbs design and price, and when the design was rejected." }),
    price: priceSchema
      .optional()
      .meta({ description: "Absent from the verbs design and audit, and when the design was rejected." }),
    training: trainingSchema.optional().meta({
      description: "The worst failures of the audit, simulated. Absent from the verbs design, audit and price.",
    }),
  })
  .meta({ title: "twinspine assessment", description: "What twinspine assess --json prints." });

export type AssessmentJson = z.output<typeof assessmentSchema>;

/** The JSON Schema of `--json`, draft 2020-12. */
export function assessmentJsonSchema(): object {
  return z.toJSONSchema(assessmentSchema, { target: "draft-2020-12" });
}
