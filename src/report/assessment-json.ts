/** From an assessment to the JSON document of `--json`. */

import { type FabricPlane, noModel } from "../fabric/index.ts";
import type { Assessment, Rejected } from "./assessment.ts";
import type { AssessmentJson } from "./assessment-schema.ts";

/** The whole assessment; `audit`, `price` and `training` are absent where they were not asked for. */
export function assessmentJson(assessment: Assessment): AssessmentJson {
  return {
    ...headOf(assessment),
    design: designOf(assessment),
    ...auditOf(assessment),
    ...priceOf(assessment),
    ...trainingOf(assessment),
  };
}

/** The design alone, under the same keys. */
export function designJson(assessment: Assessment): AssessmentJson {
  return { ...headOf(assessment), design: designOf(assessment) };
}

/** The audit alone, under the same keys. */
export function auditJson(assessment: Assessment): AssessmentJson {
  return { ...headOf(assessment), ...auditOf(assessment) };
}

/** The price alone, under the same keys. */
export function priceJson(assessment: Assessment): AssessmentJson {
  return { ...headOf(assessment), ...priceOf(assessment) };
}

/** A design that cannot be built: its rejections and no numbers. */
export function rejectedJson(rejected: Rejected): AssessmentJson {
  return { ...headOf(rejected), design: rejectedDesign(rejected) };
}

type DesignJson = NonNullable<AssessmentJson["design"]>;

function headOf({ cluster, version }: Assessment | Rejected): Pick<AssessmentJson, "twinspine" | "cluster"> {
  const { name, servers } = cluster;
  return { twinspine: { version }, cluster: { name, servers: servers.count, gpus: servers.count * servers.gpus } };
}

function auditOf({ audit }: Assessment): Pick<AssessmentJson, "audit"> {
  return audit === undefined ? {} : { audit: plain<NonNullable<AssessmentJson["audit"]>>(audit) };
}

function priceOf({ price }: Assessment): Pick<AssessmentJson, "price"> {
  return price === undefined ? {} : { price: plain<NonNullable<AssessmentJson["price"]>>(price) };
}

function trainingOf({ training }: Assessment): Pick<AssessmentJson, "training"> {
  return training === undefined ? {} : { training: plain<NonNullable<AssessmentJson["training"]>>(training) };
}

/** Plain data of the program's own result types, whose fields are the contract's: assessment-json.test.ts checks it. */
function plain<Json>(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

function rejectedDesign({ cluster, design }: Rejected): DesignJson {
  return {
    switches: null,
    links: null,
    oversubscription: null,
    attachment: cluster.attachment,
    planes: [],
    parts: [],
    totals: { priceUsd: 0, powerW: 0, unpriced: [] },
    warnings: [...design.warnings],
    rejections: [...design.rejections],
  };
}

function designOf(assessment: Assessment): DesignJson {
  const { cluster, design, fabric, bill } = assessment;
  const { planes } = fabric;
  const sum = (of: (plane: FabricPlane) => number) => planes.reduce((total, plane) => total + of(plane), 0);
  return {
    switches: {
      leaf: sum((plane) => plane.switchCounts[0]),
      spine: sum((plane) => plane.switchCounts[1]),
      core: sum((plane) => plane.switchCounts[2]),
    },
    links: {
      access: sum((plane) => plane.linkCounts[0]),
      leafSpine: sum((plane) => plane.linkCounts[1]),
      spineCore: sum((plane) => plane.linkCounts[2]),
    },
    oversubscription: Math.max(...planes.map((plane) => plane.oversubscription[0])),
    attachment: cluster.attachment,
    planes: planes.map((plane, index) => planeOf(assessment, plane, index)),
    parts: bill.rows.map((row) => ({ ...row })),
    totals: { ...bill.totals, unpriced: [...bill.totals.unpriced] },
    warnings: [...design.warnings],
    rejections: [...design.rejections],
  };
}

function planeOf(assessment: Assessment, plane: FabricPlane, index: number): DesignJson["planes"][number] {
  const [leaf, spine, core] = plane.switchCounts;
  const [access, leafSpine, spineCore] = plane.linkCounts;
  return {
    name: plane.name,
    network: plane.network,
    topology: plane.topology,
    railOptimized: plane.railOptimized,
    pods: plane.pods,
    switches: { leaf, spine, core },
    links: { access, leafSpine, spineCore },
    models: modelsOf(assessment, index),
    linksPerPair: { leafSpine: plane.linksPerPair[0], spineCore: plane.linksPerPair[1] },
    oversubscription: { leaf: plane.oversubscription[0], spine: plane.oversubscription[1] },
  };
}

const tierKeys = ["leaf", "spine", "core"] as const;

function modelsOf({ fabric }: Assessment, plane: number): Partial<Record<(typeof tierKeys)[number], string>> {
  const models: Partial<Record<(typeof tierKeys)[number], string>> = {};
  const { switches, parts } = fabric;
  for (let index = 0; index < switches.count; index++) {
    const model = parts.model[switches.part[index]!]!;
    const tier = tierKeys[switches.tier[index]!]!;
    if (switches.plane[index] === plane && model !== noModel) models[tier] ??= fabric.models[model]!.model;
  }
  return models;
}
